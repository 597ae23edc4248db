import { expect, test } from "vitest";
import { adopt, readHeartbeatTime } from "../../src/core/adoption.ts";

test.each([
  // own, received, floor, E afterwards
  [undefined, undefined, 1000, undefined],
  [undefined, 5000, 1000, 5000],
  [undefined, 1000, 1000, 1000],
  [undefined, 999, 1000, 1000],
  [undefined, 1, 1000, 1000],
  [undefined, 1, 100, 100],
  [5000, undefined, 1000, 5000],
  [5000, 5000, 1000, 5000],
  [5000, 5001, 1000, 5000],
  [5000, 4999, 1000, 4999],
  [5000, 1000, 1000, 1000],
  [5000, 1, 1000, 1000],
  [300, 1, 300, 300],
  [300, 200, 100, 200],
])("PW-ADP-2, PW-ADP-3: own %s, received %s, floor %s: %s", (own, received, floor, expected) => {
  expect(adopt(own, received, floor)).toBe(expected);
});

test.each([
  [undefined, undefined],
  [0, undefined],
  [1, 1],
  [3_600_000, 3_600_000],
  [3_600_001, 3_600_000],
  [2 ** 32 - 1, 3_600_000],
])("PW-HBT-3: a received %s counts for %s", (received, expected) => {
  expect(readHeartbeatTime(received)).toBe(expected);
});
