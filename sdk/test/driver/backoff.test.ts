import { describe, expect, test } from "vitest";
import { type ConnectionEnd, PulsewireError } from "../../src/core/index.ts";
import { retryAfterMs, retryBoundMs, retryDelayMs } from "../../src/driver/backoff.ts";

const limits = { retryBaseMs: 1000, retryCapMs: 30_000 };
const silent: ConnectionEnd = { kind: "outbound-blocked", blockedForMs: 1 };
const lost: ConnectionEnd = { kind: "link-lost", cause: new Error("reset") };
const refused = new PulsewireError("PW_CONNECT_FAILED", "refused", { side: "remote" });
const closed = (retryAfter?: number, by: "local" | "remote" = "remote"): ConnectionEnd => ({
  kind: "closed",
  by,
  code: 2,
  reason: "",
  ...(retryAfter === undefined ? {} : { retryAfterMs: retryAfter }),
});
const chances = (...drawn: number[]) => {
  return () => drawn.shift() ?? Number.NaN;
};

test("PW-REC-2: the bound doubles with each turn, up to the cap", () => {
  const bounds = [0, 1, 2, 3, 4, 5, 6, 5000].map((turn) => retryBoundMs(turn, limits));
  expect(bounds).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
});

test.each([
  ["a refused attempt", refused],
  ["a lost link", lost],
  ["a Close", closed()],
  ["the peer's end", { kind: "peer-closed" } as const],
])("PW-REC-2: after %s anything from 0 to the bound", (_, cause) => {
  const delay = (drawn: number) =>
    retryDelayMs({ cause, heartbeatTimeMs: 5000 }, true, 8000, chances(drawn));
  expect([0, 0.25, 0.999].map(delay)).toEqual([0, 2000, 7992]);
});

describe("PW-REC-1: after an end by heartbeat", () => {
  const delay = (isFirst: boolean, heartbeatTimeMs: number, ...drawn: number[]) =>
    retryDelayMs({ cause: silent, heartbeatTimeMs }, isFirst, 30_000, chances(...drawn));

  test("one to three heartbeat-times", () => {
    expect([0, 0.5, 0.75].map((drawn) => delay(true, 5000, 0.9, drawn))).toEqual([
      5000, 10_000, 12_500,
    ]);
  });

  test("no less than after any other, where it was not the first in a row", () => {
    expect(delay(false, 5000, 0.9, 0)).toBe(27_000);
    expect(delay(false, 5000, 0.01, 0)).toBe(5000);
  });

  test("as after any other, where no heartbeat-time was defined", () => {
    expect(delay(true, 0, 0.5)).toBe(15_000);
  });
});

describe("PW-REC-4: retry_after", () => {
  const after = (cause: ConnectionEnd | PulsewireError, boundMs: number, drawn: number) =>
    retryAfterMs({ cause, heartbeatTimeMs: 0 }, boundMs, () => drawn);

  test("is the least, and half as much again is added at random", () => {
    expect([0, 0.5, 1].map((drawn) => after(closed(60_000), 1000, drawn))).toEqual([
      60_000, 75_000, 90_000,
    ]);
  });

  test("or the bound, if that is more", () => {
    expect(after(closed(100), 1000, 0.5)).toBe(600);
    expect(after(closed(0), 1000, 0.5)).toBe(500);
  });

  test("is believed up to an hour", () => {
    expect(after(closed(2 ** 32 - 1), 1000, 0)).toBe(3_600_000);
    expect(after(closed(2 ** 32 - 1), 1000, 1)).toBe(5_400_000);
  });

  test("counts also where it ended an attempt", () => {
    const end = closed(60_000);
    const error = new PulsewireError("PW_CONNECT_FAILED", "closed", { side: "remote", end });
    expect(after(error, 1000, 0)).toBe(60_000);
  });

  test.each([
    ["a Close without it", closed()],
    ["this side's own", closed(60_000, "local")],
    ["another end", lost],
    ["an error", refused],
  ])("is 0 for %s", (_, cause) => {
    expect(after(cause, 1000, 0.5)).toBe(0);
  });
});
