import { expect, test } from "vitest";
import { type App, loadApp, readExample, timesIn, transcript, written } from "./apps.ts";
import { runExample } from "./run-example.ts";

test("what is written is counted right", () => {
  expect(written("a\nb\nc", "a\nx\nc\ny")).toEqual(["x", "y"]);
  expect(written("a\nb", "a\nb")).toEqual([]);
  expect(written("", "a\nb")).toEqual(["a", "b"]);
});

test.each(["after.js", "one-sided.js"])("%s gains heartbeats in under fifteen lines", (after) => {
  const lines = written(readExample("lines/before.js"), readExample(`lines/${after}`));
  expect(lines.join("\n")).toContain("pulsewire/tcp");
  expect(lines.length).toBeLessThan(15);
});

test("its lines are what they were, with both ends changed or one", async () => {
  const before = await loadApp("lines/before.js");
  const after = await loadApp("lines/after.js");
  const { join } = await loadApp("lines/one-sided.js");
  const say = ["who", "what is this", "ünï ☃", "who"];
  const run = (app: App) => transcript(app, (port) => port, say, 4);
  const expected = await run(before);
  expect(expected).toEqual({
    ann: ["joined ann", "joined bob", "left bob"],
    bob: ["joined bob", "here ann bob", "what? what is this", "what? ünï ☃", "here ann bob"],
  });
  expect(await run(after)).toEqual(expected);
  expect(await run({ serve: before.serve, join })).toEqual(expected);
});

test("a cut network is found by both sides, or by the one that asks; before, by neither", async () => {
  const { output, code } = await runExample("lines/main.js");
  expect(output).toMatch(/^before: +the server knows not within 6 s, the client not within 6 s$/m);
  expect(timesIn(output, "after:")).toHaveLength(2);
  expect(output).toMatch(/^the client alone: +the server knows not within 6 s, the client after/m);
  // Not before heartbeat-time and slack [PW-LIV-4], less what it had been silent before the cut.
  const times = [...timesIn(output, "after:"), ...timesIn(output, "the client alone:")];
  for (const ms of times) expect(ms).toBeGreaterThan(500);
  expect(code).toBe(0);
});
