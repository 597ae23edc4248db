import fc from "fast-check";
import {
  endedByHeartbeat,
  Liveness,
  type LivenessEvent,
  PulsewireError,
  type SilenceEvidence,
} from "pulsewire/core";
import { describe, expect, test } from "vitest";

/** E 5000, slack 2000, chance 0.5: a no-op is due 4200 ms after the last transmission. */
class Peerless {
  readonly liveness: Liveness;
  now = 0;
  sent: string[] = [];
  withheld: number[] = [];
  events: LivenessEvent[] = [];
  /** Whether the peer answers no-ops, at once. */
  answers = false;
  /** No-ops are withheld, because the transport takes nothing. */
  blocked = false;

  constructor(heartbeatSlackTimeMs = 2000, random = 0.5) {
    const config = { heartbeatTimeMs: 5000, heartbeatSlackTimeMs };
    this.liveness = new Liveness(config, () => random, 0);
  }

  act(input: (liveness: Liveness, now: number) => void): this {
    input(this.liveness, this.now);
    for (;;) {
      const noOp = this.liveness.pollNoOp(this.now);
      if (noOp !== undefined) {
        if (this.blocked) {
          this.withheld.push(this.now);
          this.liveness.handleWithheld(this.now);
          continue;
        }
        this.liveness.handleProgress(this.now);
        this.sent.push(`${this.now} ${noOp}`);
        if (this.answers) this.liveness.handleOctets(this.now);
        continue;
      }
      const event = this.liveness.pollEvent();
      if (event === undefined) return this;
      this.events.push(event);
    }
  }

  /** Calls each timeout at its time, up to and including `time`. */
  until(time: number): this {
    for (
      let at = this.liveness.pollTimeout();
      at !== undefined && at <= time;
      at = this.liveness.pollTimeout()
    ) {
      this.now = Math.max(this.now, at);
      this.act((liveness, now) => liveness.handleTimeout(now));
    }
    return this.at(time);
  }

  /** Time passes and nobody calls. */
  at(time: number): this {
    this.now = time;
    return this;
  }

  timeout(): this {
    return this.act((liveness, now) => liveness.handleTimeout(now));
  }

  octets(): this {
    return this.act((liveness, now) => liveness.handleOctets(now));
  }

  /** Of the end for silence. */
  get evidence(): SilenceEvidence | undefined {
    const { end } = this.liveness;
    return end?.kind === "peer-silent" ? end.evidence : undefined;
  }

  types(): string[] {
    return this.events.map(({ type }) => type);
  }
}

describe("cadence", () => {
  test("PW-SND-3, PW-SND-4: a no-op between 0.75 E and E after the last, and none at the opening", () => {
    for (const [random, gap] of [
      [0, 3800],
      [0.5, 4200],
      [1 - Number.EPSILON, 4700],
    ] as const) {
      const world = new Peerless(2000, random);
      world.answers = true;
      world.until(20_000);
      expect(world.sent.map((line) => Math.round(Number.parseFloat(line)))).toEqual(
        [1, 2, 3, 4, 5].map((beat) => beat * gap).filter((at) => at <= 20_000),
      );
      expect(world.events).toEqual([]);
      expect(world.liveness.state).toBe("open");
    }
  });

  test("PW-SND-6: what is sent takes the place of a no-op", () => {
    const world = new Peerless().at(3000).act((liveness, now) => liveness.handleTransmitted(now));
    world.octets().until(7199);
    expect(world.sent).toEqual([]);
    expect(world.until(7200).sent).toEqual(["7200 beat"]);
  });

  test("PW-SND-7: what is received postpones no no-op", () => {
    const world = new Peerless().at(4000).octets().until(4200);
    expect(world.sent).toEqual(["4200 beat"]);
  });

  test("PW-SND-8: one no-op waits, however late", () => {
    const world = new Peerless().at(4300);
    world.liveness.handleTimeout(4300);
    world.liveness.handleTimeout(20_000);
    expect(world.at(20_000).act(() => {}).sent).toEqual(["20000 probe"]);
  });
});

describe("silence", () => {
  test("PW-LIV-3, PW-PRB-1: suspect and probed at E + slack/2, down at E + slack", () => {
    const world = new Peerless().until(5999);
    expect(world.types()).toEqual([]);
    world.until(6000);
    expect(world.liveness.state).toBe("suspect");
    expect(world.sent).toEqual(["4200 beat", "6000 probe"]);
    world.until(6999);
    expect(world.liveness.end).toBeUndefined();
    world.until(100_000);
    expect(world.types()).toEqual(["suspect", "ended"]);
    expect(world.liveness.end).toEqual({
      kind: "peer-silent",
      evidence: {
        silentForMs: 7000,
        lastHeartbeatAgoMs: undefined,
        heartbeatTimeMs: 5000,
        peerHeartbeatTimeMs: undefined,
        heartbeatSlackTimeMs: 2000,
        lateByMs: 0,
        probedAgoMs: 1000,
        pardoned: false,
        extensions: 0,
      },
    });
    expect(world.events.at(-1)).toEqual({ type: "ended", end: world.liveness.end });
    expect(world.liveness.end && endedByHeartbeat(world.liveness.end)).toBe(true);
    expect(world.sent).toHaveLength(2);
  });

  test("PW-LIV-1: any octet begins a new silence", () => {
    const world = new Peerless().until(4600).octets().until(11_599);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(11_600).evidence?.silentForMs).toBe(7000);
  });

  test("PW-PRB-5: the next octet ends the suspicion", () => {
    const world = new Peerless().until(6500).octets();
    expect(world.liveness.state).toBe("open");
    expect(world.events).toEqual([
      { type: "suspect", silentForMs: 6000 },
      { type: "recovered", silentForMs: 6500 },
    ]);
    expect(world.until(13_499).liveness.end).toBeUndefined();
    expect(world.until(13_500).liveness.end).toBeDefined();
  });

  test("PW-LIV-9: a pause is not charged, and no-ops go on in it", () => {
    const world = new Peerless().until(4500);
    world.act((liveness, now) => liveness.handlePause(now)).until(60_000);
    expect(world.sent.length).toBeGreaterThan(10);
    expect(world.types()).toEqual([]);
    world.act((liveness, now) => liveness.handleResume(now)).until(62_499);
    expect(world.liveness.end).toBeUndefined();
    // 4500 before the pause, 2500 after it.
    expect(world.until(62_500).evidence?.silentForMs).toBe(7000);
  });

  test("after the verdict nothing happens any more", () => {
    const world = new Peerless().until(7000);
    world.sent = [];
    world.events = [];
    world.octets();
    world.act((liveness, now) => liveness.handleTransmitted(now));
    world.act((liveness, now) => liveness.handleSuspend(now));
    world.timeout().until(50_000).timeout();
    expect([world.sent, world.events]).toEqual([[], []]);
    expect(world.liveness.state).toBe("ended");
    expect(world.liveness.pollTimeout()).toBeUndefined();
  });

  test("stop() is an end without a verdict", () => {
    const world = new Peerless().until(6000);
    world.events = [];
    world
      .act((liveness) => liveness.stop())
      .until(50_000)
      .timeout()
      .octets();
    expect(world.liveness.state).toBe("ended");
    expect(world.liveness.end).toBeUndefined();
    expect(world.events).toEqual([]);
  });
});

describe("one's own delays", () => {
  test("PW-CLK-3: later than slack, the peer is asked once more and has slack", () => {
    const world = new Peerless().until(4200).at(9500).timeout();
    expect(world.events).toEqual([{ type: "pardoned", lateByMs: 2500 }]);
    expect(world.sent).toEqual(["4200 beat", "9500 probe"]);
    world.until(11_499);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(11_500).evidence).toMatchObject({
      pardoned: true,
      silentForMs: 11_500,
      probedAgoMs: 2000,
    });
  });

  test("PW-CLK-4: a second delay in the same silence gives no more time", () => {
    const world = new Peerless().until(4200).at(9500).timeout().at(60_000).timeout();
    expect(world.types()).toEqual(["pardoned", "ended"]);
  });

  test("late by no more than slack, and asked in time: down", () => {
    const world = new Peerless().until(4200).at(8500).timeout();
    expect(world.evidence).toMatchObject({ lateByMs: 1500, pardoned: false });
  });

  test("nobody is down who has not been asked: this side stood still when it was to ask", () => {
    // Late by less than slack: a peer that beats by itself would be down, rightly.
    const world = new Peerless().at(8500).timeout();
    expect(world.events).toEqual([{ type: "pardoned", lateByMs: 1500 }]);
    expect(world.sent).toEqual(["8500 probe"]);
    expect(world.at(8600).octets().liveness.state).toBe("open");
  });

  test("nor who was asked a moment ago, and once in a silence only", () => {
    // The no-op went out at 6100, 900 before the deadline: less than half the slack.
    const world = new Peerless().at(6100).timeout();
    expect(world.sent).toEqual(["6100 probe"]);
    world.until(7000);
    expect(world.types()).toEqual(["suspect", "pardoned"]);
    world.until(8999);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(9000).evidence?.pardoned).toBe(true);
  });

  test("what was sent in place of a no-op has asked as well", () => {
    const world = new Peerless().at(4000).act((liveness, now) => liveness.handleTransmitted(now));
    expect(world.at(7000).timeout().evidence?.pardoned).toBe(false);
  });

  test("an octet ends the asking: the next silence needs a question of its own", () => {
    const world = new Peerless().until(4200).at(4300).octets().at(11_800).timeout();
    expect(world.types()).toEqual(["pardoned"]);
  });

  test("PW-CLK-5: after a suspend one probe, and slack from then on", () => {
    const world = new Peerless().until(1000);
    world.act((liveness, now) => liveness.handleSuspend(now));
    expect(world.sent).toEqual(["1000 probe"]);
    expect(world.until(2999).liveness.end).toBeUndefined();
    expect(world.until(3000).liveness.end).toBeDefined();
    expect(world.types()).toEqual(["suspended", "ended"]);
  });

  test("PW-CLK-5: an answer after a suspend is life", () => {
    const world = new Peerless().until(1000);
    world
      .act((liveness, now) => liveness.handleSuspend(now))
      .at(1500)
      .octets();
    expect(world.until(8499).liveness.end).toBeUndefined();
  });
});

describe("while no no-op can be sent", () => {
  /** The peer spoke at 1000, and from then on octets of this side wait. */
  const blocked = () => {
    const world = new Peerless().at(1000).octets();
    world.blocked = true;
    return world;
  };

  test("PW-OUT-2: who takes something now and then is alive, though it was never asked", () => {
    const world = blocked();
    for (let time = 2000; time < 100_000; time += 6000) {
      world.until(time).act((liveness, now) => liveness.handleProgress(now));
    }
    expect(world.sent).toEqual([]);
    expect(world.events).toEqual([]);
    expect(world.liveness.state).toBe("open");
  });

  test("PW-OUT-1: who takes nothing for E + slack is down, and not for silence", () => {
    const world = blocked().until(11_199);
    expect(world.withheld[0]).toBe(4200);
    expect(world.liveness.end).toBeUndefined();
    world.until(100_000);
    const { end } = world.liveness;
    if (end?.kind !== "outbound-blocked") throw new Error(`${end?.kind}`);
    // It is looked at four times in E.
    expect(end.blockedForMs).toBeGreaterThanOrEqual(7000);
    expect(end.blockedForMs).toBeLessThanOrEqual(7000 + 1250);
    expect(endedByHeartbeat(end)).toBe(true);
    expect(world.events).toEqual([{ type: "ended", end }]);
    expect(world.liveness.pollTimeout()).toBeUndefined();
  });

  test("the time starts anew with what it takes", () => {
    const world = blocked().until(10_000);
    world.act((liveness, now) => liveness.handleProgress(now)).until(16_999);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(10_000 + 14_000).liveness.end?.kind).toBe("outbound-blocked");
  });

  test("PW-LIV-1: a peer that speaks is alive, whatever it takes", () => {
    const world = blocked();
    for (let time = 2000; time < 100_000; time += 6000) world.until(time).octets();
    expect(world.events).toEqual([]);
  });

  test("a no-op that goes out at last asks, and begins a new silence", () => {
    const world = blocked().until(9000);
    world.blocked = false;
    world.until(9650);
    expect(world.sent).toEqual(["9650 beat"]);
    world.until(100_000);
    expect(world.types()).toEqual(["suspect", "ended"]);
    expect(world.evidence).toMatchObject({ silentForMs: 7000, pardoned: false });
  });

  test("a suspect that takes something has recovered", () => {
    const world = new Peerless().until(4200);
    world.blocked = true;
    world.until(6000);
    expect(world.liveness.state).toBe("suspect");
    world.act((liveness, now) => liveness.handleProgress(now));
    expect(world.types()).toEqual(["suspect", "recovered"]);
    expect(world.until(12_999).liveness.end).toBeUndefined();
  });

  test("PW-LIV-9: nothing is charged in a pause, nor what came before it forgotten", () => {
    const world = blocked().until(5250);
    world.act((liveness, now) => liveness.handlePause(now)).until(60_250);
    expect(world.events).toEqual([]);
    world.act((liveness, now) => liveness.handleResume(now)).until(66_249);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(66_250 + 1250).liveness.end?.kind).toBe("outbound-blocked");
  });

  test("PW-CLK-5: nor is the sleep of the machine", () => {
    const world = blocked().until(5000).at(90_000);
    world.act((liveness, now) => liveness.handleSuspend(now)).until(96_999);
    expect(world.liveness.end).toBeUndefined();
    expect(world.until(97_000 + 1250).liveness.end?.kind).toBe("outbound-blocked");
  });

  test("PW-CLK-2: after a stall it is looked at first, and judged then", () => {
    const world = blocked().until(5000).at(90_000);
    world.liveness.handleTimeout(90_000);
    expect(world.liveness.end).toBeUndefined();
    world.blocked = false;
    world.timeout();
    expect([world.sent, world.events]).toEqual([["90000 beat"], []]);
  });
});

test("whatever the stalls of this side: who answers in half the slack is never down", () => {
  const stalls = fc.array(fc.record({ after: fc.nat(9000), lasts: fc.nat(30_000) }), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(stalls, fc.integer({ min: 1, max: 999 }), fc.nat(99), (list, answerMs, chance) => {
      const liveness = new Liveness({ heartbeatTimeMs: 5000 }, () => chance / 100, 0);
      const answersAt: number[] = [];
      let awake = 0;
      for (const { after, lasts } of [...list, { after: 40_000, lasts: 0 }]) {
        const until = awake + after;
        for (let now = awake; ; ) {
          // A turn reads first, and judges then [PW-CLK-2].
          while ((answersAt[0] ?? Number.POSITIVE_INFINITY) <= now) {
            answersAt.shift();
            liveness.handleOctets(now);
          }
          liveness.handleTimeout(now);
          while (liveness.pollNoOp(now)) answersAt.push(now + answerMs);
          const next = Math.min(liveness.pollTimeout() ?? now + 1, answersAt[0] ?? now + 1e9);
          if (liveness.end !== undefined || next > until) break;
          now = Math.max(now, next);
        }
        expect(liveness.end).toBeUndefined();
        awake = until + lasts;
      }
    }),
  );
});

describe("a slack of 0", () => {
  test("leaves no time for a probe, and the deadline is E", () => {
    const world = new Peerless(0).until(5000);
    expect(world.sent).toEqual(["4200 beat"]);
    expect(world.types()).toEqual(["ended"]);
  });
});

describe("configuration", () => {
  test.each([
    [{}, "heartbeatTimeMs must be given"],
    [{ heartbeatTimeMs: 99 }, "heartbeatTimeMs must be a whole number of milliseconds from 100"],
    [{ heartbeatTimeMs: "5s" }, 'got "5s"'],
    [{ heartbeatTimeMs: 5000, heartbeatSlackTimeMs: -1 }, "heartbeatSlackTimeMs must be"],
    [{ heartbeatTime: 5000 }, 'there is no option "heartbeatTime"'],
    [undefined, "heartbeatTimeMs must be given"],
  ])("%o is refused", (config, message) => {
    const make = () => new Liveness(config as never, Math.random, 0);
    expect(make).toThrow(PulsewireError);
    expect(make).toThrow(message);
  });
});
