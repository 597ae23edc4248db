/** The trace of a pair as the checks look at it: what each side did, had heard, and had to do. */
import { frameProblem } from "../../judge/always.ts";
import { Lateness } from "../../judge/lateness.ts";
import { ns } from "../../judge/view.ts";
import { SUBPROTOCOL } from "../../peers/peer.ts";
import { UNNOTICED_MS } from "../../trace/stall-monitor.ts";
import {
  disturbanceOf,
  otherSide,
  type PairEvent,
  type PairSetup,
  type PairTrace,
  type Side,
} from "../model.ts";
import { FRAME_PART } from "../tap/recorder.ts";

export type PairFrame = Extract<PairEvent, { kind: "frame" }>;
export type PairEnd = Extract<PairEvent, { kind: "end" }>;
/** What reached the other side. */
export type Delivered<T> = T & { readonly deliveredNs: number };

/** "At once", in milliseconds. */
export const AT_ONCE_MS = 100;
/** The default of the protocol, in milliseconds [PW-LIV-7]. */
const DEFAULT_SLACK_MS = 2_000;
const DEFAULT_FLOOR_MS = 1_000;
/** What was delivered so shortly before we saw a side act may not have been read when it did. */
const TRANSIT_NS = UNNOTICED_MS * 1e6;

/** A value of E, in milliseconds, and since when; undefined while passive. */
interface Effective {
  readonly atNs: number;
  readonly ms: number | undefined;
}

export class PairView extends Lateness {
  readonly setup: PairSetup;
  readonly trace: PairTrace;
  readonly #sides: Readonly<Record<Side, SideView>>;

  constructor(setup: PairSetup, trace: PairTrace) {
    super(trace.events, setup.unitMs);
    this.setup = setup;
    this.trace = trace;
    this.#sides = {
      dialer: new SideView(this, "dialer"),
      listener: new SideView(this, "listener"),
    };
  }

  side(side: Side): SideView {
    return this.#sides[side];
  }

  /** When the harness first did something, if it did. */
  faultNs(what: Extract<PairEvent, { kind: "fault" }>["what"]): number | undefined {
    return this.trace.events.find((event) => event.kind === "fault" && event.what === what)?.atNs;
  }

  /**
   * A whole unit, and not half of one: nobody waits for anything of ours, and when each side had
   * what was passed on is known. Beyond that the machine is too busy for anybody.
   */
  override wasStopped(byNs: number): boolean {
    return this.delay(0, byNs) >= this.unitNs;
  }

  /** When what we saw at a moment may have happened: before it, if we were late to look. */
  happened(atNs: number): number {
    return atNs - this.seenLate(atNs);
  }

  /** By when what is due at once must have been seen. */
  atOnce(fromNs: number): number {
    const due = fromNs + ns(AT_ONCE_MS);
    return due + this.late(fromNs, due);
  }
}

export class SideView {
  readonly side: Side;
  readonly pair: PairView;
  readonly openNs: number | undefined;
  /** Frames that were read from it, in order. */
  readonly sent: readonly PairFrame[];
  /** Frames that were written to it, in order of that. */
  readonly heard: readonly Delivered<PairFrame>[];
  /** How it ended its direction: a close code comes before the FIN. */
  readonly ends: readonly PairEnd[];
  /** Its Close, if it sent one. */
  readonly close: PairFrame | undefined;
  /** When it ended the connection: with its Close, or without one. */
  readonly endedNs: number | undefined;
  /** When it was told that the connection is over: by a Close, or by the end of the transport. */
  readonly toldNs: number | undefined;
  /** When its application was told to close. */
  readonly commandedNs: number | undefined;
  /** When its connection was cut, or its life: of what it did after that the wire shows nothing. */
  readonly cutNs: number | undefined;
  /** When something from outside gave it a reason to end. */
  readonly reasonNs: number | undefined;
  /** Until when it had to keep the rules of an open connection. */
  readonly dutyNs: number;
  readonly slackMs: number;
  /** Values of its E, the configured one first. */
  readonly #effective: readonly Effective[];
  /** When life reached it for certain, and when it may have; the opening first. */
  readonly #life: { readonly certain: readonly number[]; readonly possible: readonly number[] };
  /** When the harness kept its process from running, and when it ran again. */
  readonly #disturbed: { readonly fromNs: number; readonly toNs: number } | undefined;

  constructor(pair: PairView, side: Side) {
    const { setup, trace } = pair;
    const { events } = trace;
    this.side = side;
    this.pair = pair;
    this.openNs = events.find((event) => event.kind === "open" && event.side === side)?.atNs;
    this.sent = events.filter(
      (event): event is PairFrame => event.kind === "frame" && event.from === side,
    );
    this.heard = events
      .filter(
        (event): event is Delivered<PairFrame> =>
          event.kind === "frame" && isDeliveredTo(side, event),
      )
      .sort((a, b) => a.deliveredNs - b.deliveredNs);
    this.ends = events.filter(
      (event): event is PairEnd => event.kind === "end" && event.from === side,
    );
    this.close = this.sent.find(({ frame }) => frame.body === "close");
    this.endedNs = earliest(this.close?.atNs, this.ends[0]?.atNs);
    this.toldNs = earliest(
      this.heard.find(({ frame }) => frame.body === "close")?.deliveredNs,
      events.find((event): event is PairEnd => event.kind === "end" && isDeliveredTo(side, event))
        ?.deliveredNs,
    );
    this.commandedNs = events.find(
      (event) => event.kind === "command" && event.command === "close" && event.side === side,
    )?.atNs;
    const isVictim = disturbanceOf(setup.fault)?.victim === side;
    this.cutNs = earliest(
      pair.faultNs("reset"),
      isVictim ? pair.faultNs("kill") : undefined,
      // A reset of the other side goes on as a reset.
      events.find(
        (event): event is PairEnd =>
          event.kind === "end" && event.how === "reset" && isDeliveredTo(side, event),
      )?.deliveredNs,
    );
    this.reasonNs = earliest(this.toldNs, this.commandedNs, this.cutNs, this.#provokedNs(events));
    this.dutyNs = earliest(this.endedNs, this.reasonNs) ?? pair.lastAt;
    this.slackMs = setup.sides[side].slack_ms ?? DEFAULT_SLACK_MS;
    this.#effective = this.#follow();
    this.#life = this.#lifeOf(events);
    this.#disturbed = this.#disturbance();
  }

  get config(): PairSetup["sides"][Side] {
    return this.pair.setup.sides[this.side];
  }

  get isLegacy(): boolean {
    return this.config.legacy === true;
  }

  get other(): SideView {
    return this.pair.side(otherSide(this.side));
  }

  get heartbeats(): PairFrame[] {
    return this.sent.filter(({ frame }) => frame.body === "heartbeat");
  }

  /** Its transmissions: heartbeats and data [PW-SND-3]. */
  get transmissions(): PairFrame[] {
    return this.sent.filter(({ frame }) => frame.body === "heartbeat" || frame.body === "data");
  }

  /** The changes of its E by what it heard. */
  get adoptions(): readonly Effective[] {
    return this.#effective.slice(1);
  }

  /** Its E at a moment, if it takes in at once what it hears; undefined while passive. */
  effectiveMs(atNs: number): number | undefined {
    return this.#effective.findLast((value) => value.atNs <= atNs)?.ms;
  }

  /** Every E that it may have used in [from, to]. */
  effectiveIn(fromNs: number, toNs: number): (number | undefined)[] {
    const changes = this.#effective.filter(({ atNs }) => atNs > fromNs && atNs <= toNs);
    return [this.effectiveMs(fromNs), ...changes.map(({ ms }) => ms)];
  }

  /** P at a moment, in milliseconds. */
  promiseMs(atNs: number): number | undefined {
    return this.heard.findLast(
      ({ deliveredNs, frame }) =>
        deliveredNs <= atNs && (frame.heartbeat?.heartbeatTimeMs ?? 0) > 0,
    )?.frame.heartbeat?.heartbeatTimeMs;
  }

  /** max(E, P), after which silence begins to count, if it ever does [PW-LIV-3, PW-LIV-8]. */
  patienceMs(atNs: number): number | undefined {
    const effective = this.effectiveMs(atNs);
    const promise = this.promiseMs(atNs);
    if (effective === undefined || this.isLegacy) return undefined;
    if (this.config.peer_heartbeats === "optional" && promise === undefined) return undefined;
    return Math.max(effective, promise ?? 0);
  }

  /**
   * What may have been the last life that it had taken in when it did what we saw at a moment: one,
   * or several if we may have been late to look. The earliest first; none if it never opened.
   */
  lastLives(atNs: number): readonly number[] {
    const { certain } = this.#life;
    const lastBy = (by: number): number => {
      const index = certain.findLastIndex((at) => at <= by - TRANSIT_NS);
      // The opening at the least.
      return Math.max(0, index);
    };
    return certain.slice(lastBy(this.pair.happened(atNs)), lastBy(atNs) + 1);
  }

  /** The stretches in which nothing reached it, each from the last that may have been life. */
  get silences(): { readonly fromNs: number; readonly toNs: number }[] {
    const stops = [...this.#life.possible, this.pair.lastAt];
    return stops.slice(1).map((toNs, index) => ({ fromNs: stops[index] as number, toNs }));
  }

  /** The allowance for being early after life: the opening we may have seen late, all else we wrote ourselves. */
  earlyAfter(lifeNs: number): number {
    return lifeNs === this.openNs ? this.pair.earlyAfterSeen(lifeNs) : this.pair.early;
  }

  /** When it could act on what was due at a moment: later if its process was stopped then. */
  awakeNs(atNs: number): number {
    const stop = this.#disturbed;
    return stop !== undefined && atNs >= stop.fromNs && atNs < stop.toNs ? stop.toNs : atNs;
  }

  /** Whether its process was kept from running in [from, to], or had only just come back. */
  isDisturbed(fromNs: number, toNs: number): boolean {
    const stop = this.#disturbed;
    if (stop === undefined) return false;
    return fromNs <= this.pair.atOnce(stop.toNs) && toNs >= stop.fromNs;
  }

  /**
   * When it was sent what no side has to bear: an unlawful frame, a handshake of something else, or
   * word that all of the connection has failed.
   */
  #provokedNs(events: readonly PairEvent[]): number | undefined {
    const frame = this.heard.find((each) => frameProblem(each) !== undefined);
    const octets = events.find(
      (event) =>
        event.kind === "octets" && isDeliveredTo(this.side, event) && isProvocation(event.what),
    );
    const failed = events.find(
      (event) =>
        event.kind === "octets" && isDeliveredTo(this.side, event) && FAILURE.test(event.what),
    );
    return earliest(
      frame?.deliveredNs,
      octets?.atNs,
      failed?.kind === "octets" ? failed.deliveredNs : undefined,
    );
  }

  #follow(): Effective[] {
    const { heartbeat_time_ms: configured, floor_ms = DEFAULT_FLOOR_MS } = this.config;
    // At least as low as one's own value: applying it never raises E [PW-ADP-4].
    const floor = Math.min(floor_ms, configured ?? floor_ms);
    const values: Effective[] = [{ atNs: Number.NEGATIVE_INFINITY, ms: configured }];
    if (this.isLegacy) return [{ atNs: Number.NEGATIVE_INFINITY, ms: undefined }];
    for (const { deliveredNs, frame } of this.heard) {
      const time = frame.heartbeat?.heartbeatTimeMs ?? 0;
      const own = values.at(-1)?.ms;
      if (time === 0 || (own !== undefined && time >= own)) continue;
      values.push({ atNs: deliveredNs, ms: Math.max(time, floor) });
    }
    return values;
  }

  #lifeOf(events: readonly PairEvent[]): { certain: number[]; possible: number[] } {
    const opening = this.openNs === undefined ? [] : [this.openNs];
    const frames = this.heard.map(({ deliveredNs }) => deliveredNs);
    const parts = events.flatMap((event) =>
      event.kind === "octets" && event.what === FRAME_PART && isDeliveredTo(this.side, event)
        ? [event.deliveredNs]
        : [],
    );
    const sorted = (...moments: readonly number[][]): number[] =>
      [...opening, ...moments.flat()].sort((a, b) => a - b);
    // Over WebSocket a part is life for who can see it [PW-WS-7], over gRPC for nobody.
    const { transport } = this.pair.setup;
    const whole = sorted(frames);
    const all = sorted(frames, parts);
    return {
      certain: transport === "tcp" ? all : whole,
      possible: transport === "grpc" ? whole : all,
    };
  }

  #disturbance(): { fromNs: number; toNs: number } | undefined {
    const { pair } = this;
    if (disturbanceOf(pair.setup.fault)?.victim !== this.side) return undefined;
    const fromNs = earliest(pair.faultNs("stop"), pair.faultNs("collect"), pair.faultNs("kill"));
    if (fromNs === undefined) return undefined;
    const toNs = earliest(pair.faultNs("continue"), pair.faultNs("collected")) ?? pair.lastAt;
    return { fromNs, toNs };
  }
}

/** What a side said in the handshake of WebSocket, if it said anything. */
export function handshakeOf({ pair, side }: SideView): string | undefined {
  const event = pair.trace.events.find(
    (each) =>
      each.kind === "octets" && each.from === side && each.what.startsWith("websocket handshake"),
  );
  return event?.kind === "octets" ? event.what : undefined;
}

/** Whether something that passed the tap was written to a side. */
function isDeliveredTo<T extends { readonly from: Side; readonly deliveredNs?: number }>(
  side: Side,
  event: T,
): event is Delivered<T> {
  return event.from !== side && event.deliveredNs !== undefined;
}

/** HTTP/2 goes away with a code that is not NO_ERROR. */
const FAILURE = /^http2 GOAWAY [1-9]/;

/** What passes by beside frames, if all is well. */
const LAWFUL_OCTETS: readonly RegExp[] = [
  new RegExp(`^websocket handshake: .*; subprotocol [^;]*${SUBPROTOCOL}`),
  /^websocket (ping|pong)/,
  /^http2 /,
  new RegExp(`^${FRAME_PART}$`),
];

/** Whether what is no frame has no business on the wire. */
export function isProvocation(what: string): boolean {
  return !LAWFUL_OCTETS.some((lawful) => lawful.test(what));
}

export function earliest(...moments: readonly (number | undefined)[]): number | undefined {
  const known = moments.filter((moment) => moment !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}
