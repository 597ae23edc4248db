import type { ResolvedConfig } from "./config.ts";
import type { HeartbeatCause } from "./events.ts";

/** Answers to probes are at least this far apart, in ms [PW-PRB-3]. */
const ANSWER_SPACING_MS = 100;

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
  readonly #always: boolean;
  readonly #aim: ResolvedConfig["heartbeatPhase"];
  #period: number | undefined;
  /** Where in the period the next heartbeat falls, drawn anew for each [PW-SND-5]. */
  #phase: number;
  #lastAt: number;
  #plain: Exclude<HeartbeatCause, "probe"> | undefined;
  #probe = false;
  #answerAt: number | undefined;
  #answeredAt = Number.NEGATIVE_INFINITY;
  #waitingSince: number | undefined;

  /**
   * @param random uniform in [0, 1).
   * @param config `alwaysBeat`: beat whatever else is sent [PW-SND-6]; `heartbeatPhase`.
   */
  constructor(
    random: () => number,
    { alwaysBeat, heartbeatPhase }: Pick<ResolvedConfig, "alwaysBeat" | "heartbeatPhase">,
    openedAt: number,
  ) {
    this.#random = random;
    this.#always = alwaysBeat;
    this.#aim = heartbeatPhase;
    this.#lastAt = openedAt;
    this.#phase = this.#draw();
  }

  /** Since when a heartbeat has been due and not been taken; undefined if none is. */
  get waitingSince(): number | undefined {
    return this.#waitingSince;
  }

  /** E is `period` now, and a heartbeat has to say so [PW-SND-1, PW-SND-2]. */
  announce(cause: "opening" | "announcement", period: number, now: number): void {
    this.#period = period;
    this.#want(cause, now);
  }

  /** E is `period` from now on, and nobody has to be told: this peer could not read it. */
  keep(period: number): void {
    this.#period = period;
  }

  /** Ask the peer for a sign of life. */
  wantProbe(now: number): void {
    this.#probe = true;
    this.#waitingSince ??= now;
  }

  /** The peer asked; answers keep their distance [PW-PRB-2, PW-PRB-3]. */
  wantAnswer(now: number): void {
    const at = this.#answeredAt + ANSWER_SPACING_MS;
    if (now >= at) this.#want("answer", now);
    else this.#answerAt = at;
  }

  /** When something becomes due by itself; undefined if nothing will. */
  nextAt(): number | undefined {
    const beatAt = this.#waitingSince === undefined ? this.#beatAt() : undefined;
    if (beatAt === undefined) return this.#answerAt;
    return this.#answerAt === undefined ? beatAt : Math.min(beatAt, this.#answerAt);
  }

  /** Makes due what `now` makes due. */
  advance(now: number): void {
    if (this.#answerAt !== undefined && now >= this.#answerAt) {
      this.#answerAt = undefined;
      this.#want("answer", now);
    }
    const beatAt = this.#beatAt();
    if (beatAt !== undefined && now >= beatAt && this.#waitingSince === undefined) {
      this.#want("cadence", now);
    }
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
    if (!this.#probe) this.#waitingSince = undefined;
    this.#transmitted(now);
    return { cause, replyRequested: probe };
  }

  /** Data went out in place of a heartbeat [PW-SND-6]. */
  dataTransmitted(now: number): void {
    if (this.#always) return;
    this.#lastAt = now;
    if (this.#aim !== undefined) this.#phase = this.#draw();
  }

  #want(cause: Exclude<HeartbeatCause, "probe">, now: number): void {
    // An answer is the strictest: it must not ask. Announcements lose nothing by being answers,
    // and the opening is only ever the first.
    if (this.#plain === undefined || this.#plain === "cadence" || cause === "answer") {
      this.#plain = cause;
    }
    this.#waitingSince ??= now;
  }

  #transmitted(now: number): void {
    this.#lastAt = now;
    this.#phase = this.#draw();
  }

  #beatAt(): number | undefined {
    return this.#period === undefined ? undefined : this.#lastAt + this.#period * this.#phase;
  }

  /** 0.75 to 0.95: the last twentieth is left to timers, which are never early [PW-SND-3, PW-SND-4]. */
  #draw(): number {
    const drawn = this.#random();
    if (this.#aim === undefined || this.#period === undefined) return 0.75 + 0.2 * drawn;
    const { at, spread } = this.#aim;
    const round = 0.85 * this.#period;
    // In each round there is one moment that the aim allows; the one nearest to the middle is wanted.
    const moment = (at + spread * (drawn - 0.5)) * round;
    const middle = this.#lastAt + round;
    const wanted = moment + Math.round((middle - moment) / round) * round;
    return Math.min(0.95, Math.max(0.75, (wanted - this.#lastAt) / this.#period));
  }
}
