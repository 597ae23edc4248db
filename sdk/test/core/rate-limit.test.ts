import { expect, test } from "vitest";
import { HeartbeatRateLimit } from "../../src/core/rate-limit.ts";

test("PW-LIM-3: 40 at once are accepted, the 41st is not", () => {
  const limit = new HeartbeatRateLimit(20);
  for (let beat = 1; beat <= 40; beat += 1) expect(limit.take(5)).toBe(true);
  expect(limit.take(5)).toBe(false);
});

test.each([0, 0.1, 1234.567, 987_654.321, 1e9 / 3])(
  "PW-LIM-3: after the burst, 20 a second are accepted for as long as they come, from %s ms",
  (from) => {
    const limit = new HeartbeatRateLimit(20);
    for (let beat = 1; beat <= 40; beat += 1) limit.take(from);
    for (let beat = 1; beat <= 2000; beat += 1) {
      expect(limit.take(from + beat * 50), `beat ${beat}`).toBe(true);
    }
  },
);

test("PW-LIM-3: after the burst, 21 a second are not", () => {
  const limit = new HeartbeatRateLimit(20);
  for (let beat = 1; beat <= 40; beat += 1) limit.take(0);
  let taken = 0;
  while (limit.take((taken + 1) * (1000 / 21)) && taken < 1000) taken += 1;
  expect(taken).toBeLessThan(21);
});

test("a pause gives the whole burst back and no more", () => {
  const limit = new HeartbeatRateLimit(20);
  for (let beat = 1; beat <= 40; beat += 1) limit.take(0);
  for (let beat = 1; beat <= 40; beat += 1) expect(limit.take(3_600_000)).toBe(true);
  expect(limit.take(3_600_000)).toBe(false);
});

test("another rate has another burst", () => {
  const limit = new HeartbeatRateLimit(100);
  for (let beat = 1; beat <= 200; beat += 1) expect(limit.take(0)).toBe(true);
  expect(limit.take(0)).toBe(false);
  expect(limit.take(10)).toBe(true);
});
