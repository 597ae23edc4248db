import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

test.skipIf(process.platform === "win32")(
  "stopped for less than the bound it goes on, for more it is down within it",
  async () => {
    const { output, code } = await runExample("paused.js");
    expect(code, output).toBe(0);
    expect(output).toMatch(/it does: 1500 ms more.*recovered, after \d+ ms/s);
    expect(output).toContain('on the same session: "are you still there?"');
    const bound = Number(/for good; bound (\d+) ms/.exec(output)?.[1]);
    const [, silentForMs, extensions] =
      /peer-silent: silent for (\d+) ms, (\d+) times extended/.exec(output) ?? [];
    expect(bound).toBe(1500 + 2 * (500 + 1500));
    expect(Number(extensions)).toBe(2);
    expect(Number(silentForMs)).toBeGreaterThanOrEqual(3 * 1500 - 1);
    // Five judgements, and one pardon if this machine stands still for a while.
    expect(Number(silentForMs)).toBeLessThanOrEqual(bound + 5 * 250 + 1000);
  },
  60_000,
);
