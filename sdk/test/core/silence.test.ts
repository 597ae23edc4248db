import { expect, test } from "vitest";
import { longest, SilenceClock, type SilenceLimits } from "../../src/core/silence.ts";

const limits: SilenceLimits = { own: 5000, promised: undefined, slack: 2000 };

test.each([
  [undefined, undefined, 0],
  [5000, undefined, 5000],
  [undefined, 6000, 6000],
  [5000, 6000, 6000],
  [6000, 5000, 6000],
])("max(E, P) of %s and %s is %s", (own, promised, expected) => {
  expect(longest({ own, promised })).toBe(expected);
});

test("PW-LIV-3, PW-LIV-4, PW-LIV-5: alive, suspect at E + slack/2, down at E + slack", () => {
  const silence = new SilenceClock(100, true);
  expect(silence.nextAt(limits)).toBe(6100);
  expect(silence.judge(limits, 6099.999)).toEqual({ verdict: "alive" });
  expect(silence.isSuspect).toBe(false);
  expect(silence.judge(limits, 6100)).toEqual({ verdict: "suspect", silentForMs: 6000 });
  expect(silence.isSuspect).toBe(true);
  silence.probed(6101);
  expect(silence.nextAt(limits)).toBe(7100);
  expect(silence.judge(limits, 7099.999)).toEqual({ verdict: "alive" });
  expect(silence.judge(limits, 7100)).toEqual({
    verdict: "down",
    evidence: {
      silentForMs: 7000,
      lastHeartbeatAgoMs: undefined,
      heartbeatTimeMs: 5000,
      peerHeartbeatTimeMs: undefined,
      heartbeatSlackTimeMs: 2000,
      lateByMs: 0,
      probedAgoMs: 999,
      pardoned: false,
      extensions: 0,
    },
  });
});

test("PW-LIV-3: the deadline is by the greater of E and P", () => {
  const silence = new SilenceClock(0, true);
  expect(silence.nextAt({ own: 5000, promised: 60_000, slack: 2000 })).toBe(61_000);
  expect(silence.nextAt({ own: 5000, promised: 1000, slack: 2000 })).toBe(6000);
});

test("PW-LIV-10: without E there is nothing to judge", () => {
  const silence = new SilenceClock(0, true);
  const passive = { own: undefined, promised: 5000, slack: 2000 };
  expect(silence.nextAt(passive)).toBe(Number.POSITIVE_INFINITY);
  expect(silence.judge(passive, 1e9)).toEqual({ verdict: "alive" });
});

test("PW-LIV-8: unarmed, silence counts only after a promise", () => {
  const silence = new SilenceClock(0, false);
  expect(silence.nextAt(limits)).toBe(Number.POSITIVE_INFINITY);
  silence.octet(50);
  silence.heartbeat(false, 50);
  expect(silence.nextAt(limits)).toBe(Number.POSITIVE_INFINITY);
  silence.octet(100);
  silence.heartbeat(true, 100);
  expect(silence.nextAt(limits)).toBe(6100);
  silence.octet(200);
  silence.heartbeat(false, 200);
  expect(silence.nextAt(limits)).toBe(6200);
});

test("PW-PRB-5: an octet ends the suspicion and says how long the silence was", () => {
  const silence = new SilenceClock(0, true);
  expect(silence.octet(10)).toBeUndefined();
  silence.judge(limits, 6010);
  expect(silence.octet(6500)).toBe(6490);
  expect(silence.isSuspect).toBe(false);
  expect(silence.nextAt(limits)).toBe(12_500);
  // The probe of the old silence is not evidence in the next one.
  silence.heartbeat(true, 6500);
  expect(silence.judge(limits, 13_500)).toMatchObject({
    evidence: { probedAgoMs: undefined, lastHeartbeatAgoMs: 7000 },
  });
});

test("PW-CLK-3, PW-CLK-4: more than slack late is pardoned, once in a silence", () => {
  const silence = new SilenceClock(0, true);
  expect(silence.judge(limits, 9000.5)).toEqual({ verdict: "pardoned", lateByMs: 2000.5 });
  expect(silence.isSuspect).toBe(true);
  expect(silence.nextAt(limits)).toBe(11_000.5);
  expect(silence.judge(limits, 11_000)).toEqual({ verdict: "alive" });
  expect(silence.judge(limits, 99_000)).toMatchObject({
    verdict: "down",
    evidence: { pardoned: true, silentForMs: 99_000, lateByMs: 99_000 - 11_000.5 },
  });
});

test("PW-CLK-3: exactly slack late is not pardoned", () => {
  const silence = new SilenceClock(0, true);
  expect(silence.judge(limits, 9000)).toMatchObject({ verdict: "down" });
});

test("the next silence has a pardon of its own, and no grace of the last one", () => {
  const silence = new SilenceClock(0, true);
  silence.judge(limits, 20_000);
  expect(silence.octet(20_100)).toBe(20_100);
  expect(silence.nextAt(limits)).toBe(26_100);
  expect(silence.judge(limits, 60_000)).toMatchObject({ verdict: "pardoned" });
});

test("PW-LIV-9: a pause moves everything by its length", () => {
  const silence = new SilenceClock(0, true);
  silence.pause(1000);
  silence.pause(1500); // the first one counts
  expect(silence.nextAt(limits)).toBe(Number.POSITIVE_INFINITY);
  expect(silence.judge(limits, 50_000)).toEqual({ verdict: "alive" });
  silence.resume(51_000);
  expect(silence.nextAt(limits)).toBe(56_000);
  silence.resume(55_000); // not paused: nothing happens
  expect(silence.judge(limits, 57_000)).toMatchObject({ evidence: { silentForMs: 7000 } });
});

test("PW-LIV-9: what arrives in a pause starts a silence that is not charged either", () => {
  const silence = new SilenceClock(0, true);
  silence.pause(1000);
  silence.octet(2000);
  silence.resume(9000);
  expect(silence.nextAt(limits)).toBe(15_000);
});

test("PW-LIV-9: the grace of a pardon stands still in a pause too", () => {
  const silence = new SilenceClock(0, true);
  silence.judge(limits, 10_000); // until 12000
  silence.pause(10_500);
  silence.resume(20_500);
  expect(silence.nextAt(limits)).toBe(22_000);
});

test("PW-CLK-5: after a suspend the peer has slack from now on, and never more than before", () => {
  const early = new SilenceClock(0, true);
  early.suspended(limits, 1000);
  expect(early.judge(limits, 2999)).toEqual({ verdict: "alive" });
  expect(early.judge(limits, 3000)).toMatchObject({ verdict: "down" });
  const late = new SilenceClock(0, true);
  late.suspended(limits, 6500);
  expect(late.judge(limits, 7000)).toMatchObject({ verdict: "down" });
  const spoke = new SilenceClock(0, true);
  spoke.suspended(limits, 1000);
  spoke.octet(1500);
  expect(spoke.nextAt(limits)).toBe(7500);
  const passive = new SilenceClock(0, true);
  passive.suspended({ ...limits, own: undefined }, 1000);
  expect(passive.nextAt(limits)).toBe(6000);
});

test("a slack of 0 leaves no time for suspicion", () => {
  const silence = new SilenceClock(0, true);
  expect(silence.judge({ ...limits, slack: 0 }, 5000)).toMatchObject({ verdict: "down" });
});
