import { expect } from "vitest";
import type { ConnectionConfig } from "../../src/core/index.ts";
import {
  type ConnectionPair,
  connectionPair,
  type PairSide,
  type Told,
  type Transmission,
} from "../../src/testing/index.ts";

export type SideName = "a" | "b";

/** What an observer with a stopwatch knows of one side. */
interface Watch {
  /** Silence counts from here: the last octet, moved by pauses. */
  base: number;
  readAt: number;
  pausedAt: number | undefined;
  /** A pardon's slack counts from here, moved by pauses. */
  graceFrom: number;
  /** Pardons since the last octet. */
  pardons: number;
  /** What the confirmations of this silence gave counts from here, moved by pauses. */
  givenFrom: number;
  /** How long that is: an answer time, or one patience. */
  givenMs: number;
  /** Extensions since the last octet. */
  extensions: number;
  /** Questions in all, and when the last one was asked. */
  asked: number;
  askedAt: number;
  effective: number | undefined;
  toldSeen: number;
  sentSeen: number;
  closed: boolean;
  ended: boolean;
}

/** What the application of one side answers when it is asked, and after how long; undefined: nothing. */
export type Reply = readonly [afterMs: number, reachable: boolean] | undefined;

/** How often what happened, over a whole run: a property that never met its case says nothing. */
export interface Tally {
  sequences: number;
  steps: number;
  readonly ends: Map<string, number>;
  readonly events: Map<string, number>;
}

const newTally = (): Tally => ({ sequences: 0, steps: 0, ends: new Map(), events: new Map() });
export const tally: Tally = newTally();

const count = (map: Map<string, number>, key: string) => map.set(key, (map.get(key) ?? 0) + 1);

/** A pair of connections, watched by the rules of the protocol after every step. */
export class World {
  readonly pair: ConnectionPair;
  readonly #watches: Record<SideName, Watch>;
  /** In turn, one for each question. */
  readonly #replies: Record<SideName, readonly Reply[]> = { a: [], b: [] };

  constructor(a: ConnectionConfig, b: ConnectionConfig, latencyMs: number, chances: number[]) {
    let drawn = 0;
    const random = () => {
      drawn += 1;
      return chances[drawn % chances.length] ?? 0.5;
    };
    this.pair = connectionPair(a, b, { latencyMs, random });
    const watch = (): Watch => ({
      base: 0,
      readAt: 0,
      pausedAt: undefined,
      graceFrom: Number.NEGATIVE_INFINITY,
      pardons: 0,
      givenFrom: Number.NEGATIVE_INFINITY,
      givenMs: 0,
      extensions: 0,
      asked: 0,
      askedAt: 0,
      effective: undefined,
      toldSeen: 0,
      sentSeen: 0,
      closed: false,
      ended: false,
    });
    this.#watches = { a: watch(), b: watch() };
    tally.sequences += 1;
    this.observe();
  }

  side(name: SideName): PairSide {
    return this.pair[name];
  }

  advance(ms: number): void {
    const until = this.pair.now + ms;
    for (;;) {
      const [replyAt = Infinity, name = "a", reachable = false] = this.#nextReply() ?? [];
      const at = Math.min(replyAt, this.pair.nextAt ?? Infinity);
      if (at > until || at === Infinity) break;
      if (at < (this.pair.nextAt ?? Infinity)) {
        this.pair.advance(at - this.pair.now);
        this.confirm(name, reachable);
      } else this.pair.step();
      tally.steps += 1;
      this.observe();
    }
    this.pair.advance(until - this.pair.now);
    this.observe();
  }

  /** From now on `name` answers its questions so, in turn. */
  reply(name: SideName, replies: readonly Reply[]): void {
    this.#replies[name] = replies;
  }

  #nextReply(): [at: number, name: SideName, reachable: boolean] | undefined {
    for (const name of ["a", "b"] as const) {
      const { connection, frozen } = this.side(name);
      const { asked, askedAt } = this.#watches[name];
      const replies = this.#replies[name];
      const reply = replies[asked % (replies.length || 1)];
      if (connection.confirming === undefined || frozen || reply === undefined) continue;
      return [Math.max(this.pair.now, askedAt + reply[0]), name, reply[1]];
    }
    return undefined;
  }

  pause(name: SideName): void {
    this.#watches[name].pausedAt ??= this.pair.now;
    this.pair.pause(this.side(name));
    this.observe();
  }

  resume(name: SideName): void {
    const watch = this.#watches[name];
    const pausedFor = this.pair.now - (watch.pausedAt ?? this.pair.now);
    watch.base += pausedFor;
    watch.graceFrom += pausedFor;
    watch.givenFrom += pausedFor;
    watch.pausedAt = undefined;
    this.pair.resume(this.side(name));
    this.observe();
  }

  /** The process of one side stands still while time passes, and then is late. */
  stall(name: SideName, ms: number): void {
    const side = this.side(name);
    this.pair.freeze(side);
    this.advance(ms);
    this.pair.thaw(side);
    this.observe();
  }

  /** The application answers, whether it was asked or not. */
  confirm(name: SideName, reachable: boolean): void {
    this.pair.act(this.side(name), (connection, now) => connection.confirm(reachable, now));
    this.observe();
  }

  unblock(name: SideName): void {
    const side = this.side(name);
    const before = side.sent.length;
    this.pair.unblock(side);
    const beats = side.sent.slice(before).filter(({ frame }) => {
      return typeof frame === "object" && frame.body === "heartbeat";
    });
    // PW-SND-8: one waits; only an answer, which must not ask, has a probe behind it.
    const probes = beats.map(
      ({ frame }) =>
        typeof frame === "object" && frame.body === "heartbeat" && frame.heartbeat.replyRequested,
    );
    expect([[], [false], [true], [false, true]]).toContainEqual(probes);
    this.observe();
  }

  /** Holds what both sides did since the last look against the rules. */
  observe(): void {
    this.#observe("a");
    this.#observe("b");
  }

  #observe(name: SideName): void {
    const side = this.side(name);
    const watch = this.#watches[name];
    const { connection } = side;
    const { now } = this.pair;
    if (side.lastReadAt !== watch.readAt) {
      watch.readAt = side.lastReadAt;
      watch.base = side.lastReadAt;
      watch.pardons = 0;
      watch.givenFrom = Number.NEGATIVE_INFINITY;
      watch.extensions = 0;
    }
    this.#observeSent(side, watch);
    for (; watch.toldSeen < side.told.length; watch.toldSeen += 1) {
      const { at, event } = side.told[watch.toldSeen] as Told;
      // An end is the last that is told [PW-CLS-9].
      if (watch.ended) expect(event).toBe("nothing");
      watch.ended = event.type === "ended";
      count(tally.events, event.type);
      if (event.type === "pardoned") {
        watch.pardons += 1;
        watch.graceFrom = at;
      }
      if (event.type === "confirming") {
        // Not before the deadline, and counted [PW-LIV-11].
        expect(at).toBeGreaterThanOrEqual(watch.base + this.#patience(side) - 1e-6);
        expect(event.extension).toBe(watch.extensions + 1);
        watch.asked += 1;
        watch.askedAt = at;
        watch.givenFrom = at;
        watch.givenMs = connection.config.confirmDown?.timeoutMs ?? 0;
      }
      if (event.type === "extended") {
        watch.extensions += 1;
        watch.givenFrom = watch.pausedAt ?? at;
        watch.givenMs = event.forMs;
        expect(event.forMs).toBe(this.#patience(side));
        // So often and no more [PW-LIV-13].
        const most = connection.config.confirmDown?.maxExtensions ?? 0;
        expect(watch.extensions).toBeLessThanOrEqual(most);
      }
      if (event.type !== "ended") continue;
      count(tally.ends, event.end.kind);
      if (event.end.kind === "peer-silent") {
        // No false death [PW-LIV-4].
        expect(at).toBeGreaterThanOrEqual(watch.base + this.#patience(side) - 1e-6);
        expect(event.end.evidence.silentForMs).toBeCloseTo(at - watch.base, 3);
      }
      if (event.end.kind === "outbound-blocked") expect(side.blocked).toBe(true);
    }
    if (watch.ended !== (connection.end !== undefined)) throw new Error("an end that was not told");
    // Adoption is monotone [PW-ADP-6].
    const effective = connection.heartbeatTimeMs;
    if (watch.effective !== undefined && watch.effective !== effective) {
      expect(effective).toBeLessThan(watch.effective);
    }
    watch.effective = effective;
    // Late timers pardon once [PW-CLK-4].
    if (watch.pardons > 1) expect(watch.pardons).toBeLessThanOrEqual(1);
    // Bounded detection [PW-LIV-5, PW-CLK-3].
    const judges =
      connection.end === undefined &&
      effective !== undefined &&
      connection.config.peerHeartbeats === "required" &&
      connection.state !== "closing" &&
      !side.frozen &&
      watch.pausedAt === undefined;
    if (judges) {
      const { heartbeatSlackTimeMs } = connection.config;
      const by = watch.base + this.#patience(side);
      const pardonedUntil = watch.graceFrom + heartbeatSlackTimeMs;
      const given = watch.givenFrom + watch.givenMs; // PW-LIV-12
      const latest = Math.max(by, pardonedUntil, given) + 1e-6;
      if (now > latest) expect(now).toBeLessThanOrEqual(latest);
    }
  }

  #observeSent(side: PairSide, watch: Watch): void {
    for (; watch.sentSeen < side.sent.length; watch.sentSeen += 1) {
      const { frame } = side.sent[watch.sentSeen] as Transmission;
      // Nothing is sent after the Close [PW-CLS-2], and all of it is valid.
      if (watch.closed) expect(frame).toBe("nothing");
      if (typeof frame === "string") throw new Error(`sent what is no frame: ${frame}`);
      if (frame.body === "close") watch.closed = true;
      else if (frame.body === "heartbeat") {
        // PW-HBT-1: E as it is sent, which never rises.
        const { heartbeatTimeMs } = frame.heartbeat;
        if (heartbeatTimeMs !== undefined) {
          expect(heartbeatTimeMs).toBeGreaterThanOrEqual(100);
          expect(heartbeatTimeMs).toBeLessThanOrEqual(3_600_000);
        }
      }
    }
  }

  /** max(E, P) + slack. */
  #patience(side: PairSide): number {
    const { heartbeatTimeMs, peerHeartbeatTimeMs, config } = side.connection;
    return Math.max(heartbeatTimeMs ?? 0, peerHeartbeatTimeMs ?? 0) + config.heartbeatSlackTimeMs;
  }
}
