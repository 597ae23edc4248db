import type { ResolvedConfig } from "./config.ts";
import type { HeartbeatCause } from "./events.ts";

/** Answers to probes are at least this far apart, in ms [PW-PRB-3]. */
const ANSWER_SPACING_MS = 100;

/** No heartbeat of one's own clock comes before this part of E [PW-SND-4]. */
const SOONEST = 0.75;
/** Nor is one aimed after this part: the last twentieth is left to timers, which are never early [PW-SND-3]. */
const LATEST = 0.95;

/**
 * Heartbeats fall on multiples of this, in ms, or of a fiftieth of E if that is
 * less: on a grid of the clock that all sessions share, so that those of many
 * leave in one turn of the loop, while ten moments at least are left to chance
 * [PW-SND-5]. What it buys is in docs/decisions/0025.
 */
const GRAIN_MS = 100;
const GRAINS_IN_PERIOD = 50;

/** The heartbeat to send next, and why. */
export interface DueHeartbeat {
  readonly cause: HeartbeatCause;
  readonly replyRequested: boolean;
}

/**
 * The sending clock: which heartbeat is due, and when the next one will be.
 *
 * Nothing that arrives moves it, except a probe, which asks for an answer, and
 * an adoption, which asks for an announcement [PW-SND-7, PW-SND-10]. What is due
 * waits here until the transport takes it, merged into one heartbeat [PW-SND-8];
 * only an answer and a probe cannot be one, because an answer asks for nothing
 * [PW-PRB-4]. All times are monotonic milliseconds.
 */
export class Cadence {
  readonly #random: () => number;
  readonly #config: Pick<ResolvedConfig, "alwaysBeat" | "heartbeatPhase">;
  #period: number | undefined;
  /** What chance says of the next heartbeat, drawn anew for each [PW-SND-5]. */
  #drawn: number;
  /** When that is due; infinity while passive. */
  #beatAt = Number.POSITIVE_INFINITY;
  #plain: Exclude<HeartbeatCause, "probe"> | undefined;
  #probe = false;
  #answerAt: number | undefined;
  #answeredAt: number | undefined;
  /** NaN while none waits: see the fields of SilenceClock. */
  #waitingSince = Number.NaN;

  /**
   * @param random uniform in [0, 1).
   * @param config `alwaysBeat`: beat whatever else is sent [PW-SND-6]; `heartbeatPhase`.
   */
  constructor(random: () => number, config: Pick<ResolvedConfig, "alwaysBeat" | "heartbeatPhase">) {
    this.#random = random;
    this.#config = config;
    this.#drawn = random();
  }

  /** Since when a heartbeat has been due and not been taken; undefined if none is. */
  get waitingSince(): number | undefined {
    return this.isWaiting ? this.#waitingSince : undefined;
  }

  /** A heartbeat is due and has not been taken. */
  get isWaiting(): boolean {
    return !Number.isNaN(this.#waitingSince);
  }

  /** E is `period` now, and a heartbeat has to say so [PW-SND-1, PW-SND-2]. */
  announce(cause: "opening" | "announcement", period: number, now: number): void {
    this.#period = period;
    this.#want(cause, now);
  }

  /** E is `period` from now on, and nobody has to be told: this peer could not read it. */
  keep(period: number, now: number): void {
    this.#period = period;
    this.#plan(now);
  }

  /** Ask the peer for a sign of life. */
  wantProbe(now: number): void {
    this.#probe = true;
    if (!this.isWaiting) this.#waitingSince = now;
  }

  /** The peer asked; answers keep their distance [PW-PRB-2, PW-PRB-3]. */
  wantAnswer(now: number): void {
    const at = this.#answeredAt === undefined ? now : this.#answeredAt + ANSWER_SPACING_MS;
    if (now >= at) this.#want("answer", now);
    else this.#answerAt = at;
  }

  /** When something becomes due by itself; infinity if nothing will. */
  nextAt(): number {
    const beatAt = this.isWaiting ? Number.POSITIVE_INFINITY : this.#beatAt;
    return this.#answerAt === undefined ? beatAt : Math.min(beatAt, this.#answerAt);
  }

  /** Makes due what `now` makes due. */
  advance(now: number): void {
    if (this.#answerAt !== undefined && now >= this.#answerAt) {
      this.#answerAt = undefined;
      this.#want("answer", now);
    }
    if (now >= this.#beatAt && !this.isWaiting) this.#want("cadence", now);
  }

  /** Takes the heartbeat that is due; the caller transmits it at `now`. */
  take(now: number): DueHeartbeat | undefined {
    if (this.#plain === undefined && !this.#probe) return undefined;
    const probe = this.#probe && this.#plain !== "answer";
    const cause: HeartbeatCause =
      probe && this.#plain !== "opening" ? "probe" : (this.#plain ?? "probe");
    if (this.#plain === "answer") this.#answeredAt = now;
    this.#plain = undefined;
    if (probe) this.#probe = false;
    if (!this.#probe) this.#waitingSince = Number.NaN;
    this.#transmitted(now);
    return { cause, replyRequested: probe };
  }

  /** Data went out in place of a heartbeat [PW-SND-6]. */
  dataTransmitted(now: number): void {
    if (this.#config.alwaysBeat) return;
    this.#plan(now);
  }

  #want(cause: Exclude<HeartbeatCause, "probe">, now: number): void {
    // An answer is the strictest: it must not ask. Announcements lose nothing by being answers,
    // and the opening is only ever the first.
    if (this.#plain === undefined || this.#plain === "cadence" || cause === "answer") {
      this.#plain = cause;
    }
    if (!this.isWaiting) this.#waitingSince = now;
  }

  #transmitted(now: number): void {
    this.#drawn = this.#random();
    this.#plan(now);
  }

  /** Finds the moment of the next heartbeat, after a transmission at `lastAt`. */
  #plan(lastAt: number): void {
    const period = this.#period;
    if (period === undefined) return;
    const aim = this.#config.heartbeatPhase;
    this.#beatAt =
      aim === undefined ? this.#onGrid(period, lastAt) : this.#aimed(period, aim, lastAt);
  }

  /** Early by the grain at most, and never too early. */
  #onGrid(period: number, lastAt: number): number {
    const grain = Math.min(GRAIN_MS, period / GRAINS_IN_PERIOD);
    const soonest = lastAt + SOONEST * period;
    const wanted = soonest + (LATEST - SOONEST) * this.#drawn * period;
    return Math.max(Math.floor(wanted / grain), Math.ceil(soonest / grain)) * grain;
  }

  /** Not on the grid: an aim is there to keep heartbeats apart. */
  #aimed(
    period: number,
    { at, spread }: NonNullable<ResolvedConfig["heartbeatPhase"]>,
    lastAt: number,
  ): number {
    const round = 0.85 * period;
    // In each round there is one moment that the aim allows; the one nearest to the middle is wanted.
    const moment = (at + spread * (this.#drawn - 0.5)) * round;
    const middle = lastAt + round;
    const wanted = moment + Math.round((middle - moment) / round) * round;
    const soonest = lastAt + SOONEST * period;
    return Math.min(lastAt + LATEST * period, Math.max(soonest, wanted));
  }
}
