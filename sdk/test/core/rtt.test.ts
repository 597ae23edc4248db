import { expect, test } from "vitest";
import { ABSENT } from "../../src/core/heartbeat-codec.ts";
import { RttEstimator } from "../../src/core/rtt.ts";

test("PW-RTT-2: nothing was heard, nothing is echoed", () => {
  expect(new RttEstimator().heldUs(10)).toBe(ABSENT);
  expect(new RttEstimator().heardTimestamp).toBe(ABSENT);
});

test("the round trip is the age of one's own timestamp less what the peer held", () => {
  const us = new RttEstimator();
  const peer = new RttEstimator();
  const timestamp = us.timestamp(1000);
  peer.heard(timestamp, 77_010);
  expect(peer.heardTimestamp).toBe(timestamp);
  expect(peer.heldUs(77_310.5)).toBe(300_500);
  expect(us.smoothedMs).toBeUndefined();
  expect(us.sample(timestamp, 300_500, 1320.5, 7000)).toBe(20);
  expect(us.smoothedMs).toBe(20);
});

test("later samples weigh an eighth", () => {
  const us = new RttEstimator();
  us.sample(us.timestamp(0), 0, 80, 7000);
  us.sample(us.timestamp(100), 0, 260, 7000);
  expect(us.smoothedMs).toBe(80 + (160 - 80) / 8);
});

test("timestamps are microseconds modulo 2^32, and differences are right across the wrap", () => {
  const us = new RttEstimator();
  const wrapsAt = 2 ** 32 / 1000;
  expect(us.timestamp(wrapsAt - 0.001)).toBe(2 ** 32 - 1);
  expect(us.timestamp(wrapsAt)).toBe(0);
  expect(us.sample(us.timestamp(wrapsAt - 5), 2000, wrapsAt + 5, 7000)).toBe(8);
});

test("a clock may be before its origin", () => {
  const us = new RttEstimator();
  expect(us.timestamp(-0.001)).toBe(2 ** 32 - 1);
  expect(us.sample(us.timestamp(-5), 2000, 5, 7000)).toBe(8);
});

test("PW-RTT-3: a negative one and one above the limit are not used", () => {
  const us = new RttEstimator();
  expect(us.sample(us.timestamp(100), 1001, 101, 7000)).toBeUndefined();
  expect(us.sample(us.timestamp(0), 0, 7000.001, 7000)).toBeUndefined();
  expect(us.smoothedMs).toBeUndefined();
  expect(us.sample(us.timestamp(100), 1000, 101, 7000)).toBe(0);
  expect(us.sample(us.timestamp(0), 0, 7000, 7000)).toBe(7000);
});

test("what was held longer than 32 bits can say is not echoed", () => {
  const peer = new RttEstimator();
  peer.heard(7, 0);
  const longest = (2 ** 32 - 1) / 1000;
  expect(peer.heldUs(longest)).toBe(2 ** 32 - 1);
  expect(peer.heldUs(longest + 0.001)).toBe(ABSENT);
});

test("the last timestamp heard is the one that is echoed", () => {
  const peer = new RttEstimator();
  peer.heard(7, 0);
  peer.heard(8, 1);
  expect(peer.heardTimestamp).toBe(8);
  expect(peer.heldUs(1)).toBe(0);
});
