import { describe, expect, test } from "vitest";
import { Cadence } from "../../src/core/cadence.ts";

const plain = { alwaysBeat: false, heartbeatPhase: undefined };
const cadence = (random = 0.5, alwaysBeat = false) =>
  new Cadence(() => random, { ...plain, alwaysBeat });

test("PW-SND-9: a passive side has nothing to send, ever", () => {
  const passive = cadence();
  expect(passive.nextAt()).toBe(Number.POSITIVE_INFINITY);
  passive.advance(1e9);
  expect(passive.take(1e9)).toBeUndefined();
  expect(passive.waitingSince).toBeUndefined();
});

test.each([
  [0, 3800],
  [0.5, 4200],
  [1 - Number.EPSILON, 4700],
])("PW-SND-3, PW-SND-4: with chance at %s the next beat is at %s of 5000", (random, expected) => {
  const beats = cadence(random);
  beats.announce("opening", 5000, 0);
  expect(beats.take(0)).toEqual({ cause: "opening", replyRequested: false });
  expect(beats.nextAt()).toBeCloseTo(expected, 6);
  beats.advance(expected - 0.01);
  expect(beats.take(expected - 0.01)).toBeUndefined();
  beats.advance(expected);
  expect(beats.take(expected)).toEqual({ cause: "cadence", replyRequested: false });
  expect(beats.nextAt()).toBeCloseTo(2 * expected, 6);
});

test("PW-SND-5: the moment is drawn anew for each heartbeat", () => {
  const chances = [0, 0.25, 0.75, 0.5];
  const beats = new Cadence(() => chances.shift() ?? 0, plain);
  beats.announce("opening", 1000, 0);
  const gaps: number[] = [];
  for (let now = 0; chances.length > 0; ) {
    beats.take(now);
    const next = beats.nextAt();
    gaps.push(next - now);
    now = next;
    beats.advance(now);
  }
  expect(gaps.map((gap) => Math.round(gap))).toEqual([800, 900, 840]);
});

test("PW-SND-6: data takes the place of a heartbeat, unless told otherwise", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.take(0);
  beats.dataTransmitted(500);
  expect(beats.nextAt()).toBe(1340);
  const always = cadence(0.5, true);
  always.announce("opening", 1000, 0);
  always.take(0);
  always.dataTransmitted(500);
  expect(always.nextAt()).toBe(840);
});

test("PW-SND-8: one heartbeat waits, however much is due, and nothing else wakes anybody", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.advance(5000);
  beats.announce("announcement", 500, 5000);
  beats.advance(9000);
  expect(beats.waitingSince).toBe(0);
  expect(beats.nextAt()).toBe(Number.POSITIVE_INFINITY);
  expect(beats.take(9000)).toEqual({ cause: "opening", replyRequested: false });
  expect(beats.waitingSince).toBeUndefined();
  expect(beats.take(9000)).toBeUndefined();
  expect(beats.nextAt()).toBe(9420);
});

test("an announcement replaces a plain heartbeat that waits", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.take(0);
  beats.advance(850);
  beats.announce("announcement", 500, 860);
  expect(beats.waitingSince).toBe(850);
  expect(beats.take(900)?.cause).toBe("announcement");
});

test("a probe goes with the heartbeat that waits", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.wantProbe(0);
  expect(beats.take(0)).toEqual({ cause: "opening", replyRequested: true });
  expect(beats.take(0)).toBeUndefined();
  beats.advance(850);
  beats.wantProbe(850);
  expect(beats.take(850)).toEqual({ cause: "probe", replyRequested: true });
  beats.wantProbe(900);
  expect(beats.take(900)).toEqual({ cause: "probe", replyRequested: true });
  expect(beats.take(900)).toBeUndefined();
});

test("PW-PRB-4: an answer does not ask; the probe that waits too goes after it", () => {
  const beats = cadence();
  beats.wantProbe(10);
  beats.wantAnswer(20);
  expect(beats.take(30)).toEqual({ cause: "answer", replyRequested: false });
  expect(beats.waitingSince).toBe(10);
  expect(beats.take(30)).toEqual({ cause: "probe", replyRequested: true });
  expect(beats.waitingSince).toBeUndefined();
  expect(beats.take(30)).toBeUndefined();
});

test("an answer replaces what waits, and an announcement does not replace it", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.wantAnswer(0);
  beats.announce("announcement", 500, 0);
  expect(beats.take(0)).toEqual({ cause: "answer", replyRequested: false });
  expect(beats.take(0)).toBeUndefined();
});

test("PW-PRB-3: answers are 100 ms apart, and probes that come sooner share one", () => {
  const beats = cadence();
  beats.wantAnswer(1000);
  expect(beats.take(1000)?.cause).toBe("answer");
  beats.wantAnswer(1001);
  beats.wantAnswer(1099);
  expect(beats.take(1099)).toBeUndefined();
  expect(beats.nextAt()).toBe(1100);
  beats.advance(1099.9);
  expect(beats.take(1099.9)).toBeUndefined();
  beats.advance(1100);
  expect(beats.take(1100)?.cause).toBe("answer");
  expect(beats.nextAt()).toBe(Number.POSITIVE_INFINITY);
  beats.advance(5000);
  expect(beats.take(5000)).toBeUndefined();
  beats.wantAnswer(5000);
  expect(beats.take(5000)?.cause).toBe("answer");
});

test("the earlier of the next beat and the next answer wakes", () => {
  const beats = cadence();
  beats.announce("opening", 1000, 0);
  beats.take(0);
  beats.wantAnswer(800);
  beats.take(800);
  beats.wantAnswer(801);
  expect(beats.nextAt()).toBe(900);
  beats.advance(900);
  beats.take(900);
  expect(beats.nextAt()).toBe(1740);
});

describe("heartbeatPhase", () => {
  // A round of 0.85 of 10000: 8500.
  const aimed = (at: number, spread: number, random: () => number, openedAt = 0) => {
    const beats = new Cadence(random, { ...plain, heartbeatPhase: { at, spread } });
    beats.announce("opening", 10_000, openedAt);
    beats.take(openedAt);
    return beats;
  };
  const next = (beats: Cadence): number => {
    const at = beats.nextAt();
    beats.advance(at);
    beats.take(at);
    return at;
  };

  test.each([0, 0.25, 0.5, 0.75, 1])("%s is met within five heartbeats, and kept", (at) => {
    for (let openedAt = 0; openedAt < 8500; openedAt += 500) {
      const beats = aimed(at, 0, () => 0.5, openedAt);
      for (let left = 5; left > 0; left -= 1) next(beats);
      for (let left = 20; left > 0; left -= 1) {
        const offset = (next(beats) / 8500 - at + 1000) % 1;
        expect(Math.min(offset, 1 - offset)).toBeLessThan(1e-6);
      }
    }
  });

  test("PW-SND-4: never leaves what the clauses allow, wherever it is and data goes out", () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    for (let run = 0; run < 50; run += 1) {
      const beats = aimed(random(), random(), random, random() * 8500);
      let last = beats.nextAt();
      next(beats);
      for (let left = 30; left > 0; left -= 1) {
        if (random() < 0.3) {
          last += 5000 * random();
          beats.dataTransmitted(last);
        }
        const at = next(beats);
        expect(at - last).toBeGreaterThanOrEqual(7500 - 1e-6);
        expect(at - last).toBeLessThanOrEqual(9500 + 1e-6);
        last = at;
      }
    }
  });

  test("data moves it no further than it must", () => {
    const beats = aimed(0.5, 0, () => 0.5);
    for (let left = 5; left > 0; left -= 1) next(beats);
    const at = next(beats);
    expect(at % 8500).toBeCloseTo(4250, 6);
    beats.dataTransmitted(at + 1000);
    expect(beats.nextAt()).toBeCloseTo(at + 8500, 6);
    beats.dataTransmitted(at + 2000); // 6500 after it would be too soon
    expect(beats.nextAt()).toBeCloseTo(at + 9500, 6);
  });

  test("PW-SND-5: within its spread it is drawn anew", () => {
    const chances = [0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0, 1, 0.5];
    const beats = aimed(0.5, 0.1, () => chances.shift() ?? 0.5);
    const offsets = Array.from({ length: 9 }, () => next(beats) % 8500);
    const settled = offsets.slice(4).map((offset) => Math.round(offset));
    expect(new Set(settled)).toEqual(new Set([4250, 3825, 4675]));
  });
});

describe("coarse sends", () => {
  /** Chance that a test can repeat. */
  const seeded = () => {
    let seed = 1;
    return () => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
  };
  /** When 500 sides with the same E, opened at any time, beat in five rounds; each transmits `lateMs` late. */
  const moments = (period: number, lateMs = 0) => {
    const random = seeded();
    return Array.from({ length: 500 }, () => {
      let now = random() * period;
      const beats = new Cadence(random, plain);
      beats.announce("opening", period, now);
      beats.take(now);
      return Array.from({ length: 5 }, () => {
        const at = beats.nextAt();
        const gap = at - now;
        now = at + lateMs;
        beats.advance(now);
        beats.take(now);
        return { at, gap };
      });
    }).flat();
  };

  test.each([
    [100, 2],
    [1000, 20],
    [1234, 24.68],
    [5000, 100],
    [60_000, 100],
    [3_600_000, 100],
  ])("with E = %s all beat on multiples of %s ms", (period, grain) => {
    for (const { at } of moments(period, 0.7)) {
      expect(at / grain).toBeCloseTo(Math.round(at / grain), 6);
    }
    // The very same number, and not one that differs in its last bit: it is what schedules share.
    const distinct = new Set(moments(period).map(({ at }) => at));
    expect(distinct.size).toBeLessThanOrEqual((6 * period) / grain);
  });

  test.each([100, 1000, 1234, 5000, 60_000])(
    "PW-SND-3, PW-SND-4: with E = %s neither early nor late",
    (period) => {
      for (const { gap } of moments(period, 0.7)) {
        expect(gap).toBeGreaterThanOrEqual(0.75 * period - 1e-6);
        expect(gap).toBeLessThanOrEqual(0.95 * period + 1e-6);
      }
    },
  );

  test.each([100, 1000, 5000, 60_000])(
    "PW-SND-5: with E = %s they are spread over the window",
    (period) => {
      const parts = [0, 0, 0, 0];
      const all = moments(period);
      for (const { gap } of all) {
        const part = Math.min(3, Math.floor((gap / period - 0.75) / 0.05 + 1e-6));
        parts[part] = (parts[part] ?? 0) + 1;
      }
      // Rounding down takes a little from the last part; no part has less than half of its share.
      for (const count of parts) expect(count).toBeGreaterThan(all.length / 8);
    },
  );
});
