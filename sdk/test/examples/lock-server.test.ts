import { expect, test } from "vitest";
import { runExample } from "./run-example.ts";

/** What a pardon allows beyond the bound, if this machine stands still for a while [PW-CLK-3]. */
const STALL_MS = 2000;

test("in all three directions the locks of who is cut off are free within the bound", async () => {
  const { output, code } = await runExample("lock-server/main.js");
  expect(code, output).toBe(0);
  const found = [...output.matchAll(/s {2}(.*): (\d+) ms after the cut, bound (\d+) ms/g)];
  expect(found.map(([, what]) => what).sort()).toEqual([
    "Anna has learned of it (peer-silent)",
    'the east has "orders" back',
    'the server has let Ben have "orders"',
    'the west has "invoices" back',
  ]);
  for (const [line, , took, bound] of found) {
    // heartbeat-time + slack + max(a quarter of it, 100)
    expect(Number(bound)).toBe(1000 + 1000 + 250);
    expect(Number(took), line).toBeLessThanOrEqual(Number(bound) + STALL_MS);
    // The last octet before the cut is at most a heartbeat-time old, so it cannot have been sooner.
    expect(Number(took), line).toBeGreaterThanOrEqual(1000 - 1);
  }
}, 60_000);
