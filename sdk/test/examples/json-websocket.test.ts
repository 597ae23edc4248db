import { expect, test } from "vitest";
import { type App, loadApp, readExample, timesIn, transcript, written } from "./apps.ts";
import { runExample } from "./run-example.ts";

test("it gains heartbeats in under fifteen lines", () => {
  const [before, after] = ["before", "after"].map((name) =>
    readExample(`json-websocket/${name}.js`),
  );
  const lines = written(before ?? "", after ?? "");
  expect(lines.join("\n")).toContain("pulsewire/ws");
  expect(lines.length).toBeLessThan(15);
});

test("its messages are what they were", async () => {
  const before = await loadApp("json-websocket/before.js");
  const after = await loadApp("json-websocket/after.js");
  const say = [{ type: "say", text: "hello ☃" }, { type: "sing" }, { type: "say", text: "" }];
  const run = (app: App) => transcript(app, (port) => `ws://127.0.0.1:${port}`, say, 3);
  const expected = await run(before);
  expect(expected.bob).toEqual([
    { type: "joined", name: "bob" },
    { type: "said", name: "bob", text: "hello ☃" },
    { type: "error", text: 'what is "sing"?' },
    { type: "said", name: "bob", text: "" },
  ]);
  expect(await run(after)).toEqual(expected);
});

test("a cut network is found by both sides; before, by neither", async () => {
  const { output, code } = await runExample("json-websocket/main.js");
  expect(output).toMatch(/^before: +the server knows not within 6 s, the client not within 6 s$/m);
  const times = timesIn(output, "after:");
  expect(times).toHaveLength(2);
  // Not before heartbeat-time and slack [PW-LIV-4], less what it had been silent before the cut.
  for (const ms of times) expect(ms).toBeGreaterThan(500);
  expect(code).toBe(0);
});
