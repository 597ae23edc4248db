import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test("reconnect: from a server that stands still to a second one", async () => {
  const { output, code } = await runExample("reconnect.js");
  expect(output).toMatch(
    /connected to the first server\n.*stands still\n.*silent for \d+ ms.*\n.*peer-silent: attempt 1, at the second server, in \d+ ms\n.*connected to the second server\n$/,
  );
  // Heartbeat-time 500, slack 300; the first delay is 1 to 3 heartbeat-times.
  const [, silentForMs] = /silent for (\d+) ms/.exec(output) ?? [];
  expect(Number(silentForMs)).toBeGreaterThanOrEqual(800);
  const [, delayMs] = /in (\d+) ms$/m.exec(output) ?? [];
  expect(Number(delayMs)).toBeGreaterThan(400); // less what has passed since the end
  expect(Number(delayMs)).toBeLessThanOrEqual(1500);
  expect(code).toBe(0);
});
