import { expect, test } from "vitest";
import { HeartbeatRateLimit } from "../../src/core/rate-limit.ts";

function spent(perSecond: number, at: number): HeartbeatRateLimit {
  const limit = new HeartbeatRateLimit(perSecond);
  for (let beat = 1; beat <= 15 * perSecond; beat += 1) limit.take(at);
  return limit;
}

test("PW-LIM-3: 600 at once are accepted, the 601st is not", () => {
  const limit = new HeartbeatRateLimit(40);
  for (let beat = 1; beat <= 600; beat += 1) expect(limit.take(5)).toBe(true);
  expect(limit.take(5)).toBe(false);
});

test.each([0, 0.1, 1234.567, 987_654.321, 1e9 / 3])(
  "PW-LIM-3: after the burst, 40 a second are accepted for as long as they come, from %s ms",
  (from) => {
    const limit = spent(40, from);
    for (let beat = 1; beat <= 2000; beat += 1) {
      expect(limit.take(from + beat * 25), `beat ${beat}`).toBe(true);
    }
  },
);

test("PW-LIM-3: after the burst, 41 a second are not", () => {
  const limit = spent(40, 0);
  let taken = 0;
  while (limit.take((taken + 1) * (1000 / 41)) && taken < 1000) taken += 1;
  expect(taken).toBeLessThan(41);
});

test("silence gives the whole burst back and no more", () => {
  const limit = spent(40, 0);
  for (let beat = 1; beat <= 600; beat += 1) expect(limit.take(3_600_000)).toBe(true);
  expect(limit.take(3_600_000)).toBe(false);
});

test("PW-LIM-3: a pause of our own reading adds what it lasted, above the burst too", () => {
  const limit = new HeartbeatRateLimit(40);
  limit.paused(100_000);
  for (let beat = 1; beat <= 4600; beat += 1) expect(limit.take(100_000)).toBe(true);
  expect(limit.take(100_000)).toBe(false);
});

test("another rate has another burst", () => {
  const limit = spent(100, 0);
  expect(limit.take(0)).toBe(false);
  expect(limit.take(10)).toBe(true);
});
