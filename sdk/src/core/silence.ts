import type { ConfirmLimits } from "./config.ts";
import type { SilenceEvidence } from "./end.ts";

/** What the judgement of silence depends on besides the octets: E, P and slack, in ms. */
export interface SilenceLimits {
  /** E; undefined while passive: then there is no deadline [PW-LIV-10]. */
  readonly own: number | undefined;
  /** P; undefined before the peer's first promise. */
  readonly promised: number | undefined;
  readonly slack: number;
  /** Before the verdict the application is asked [PW-LIV-11]; undefined: it is not. */
  readonly confirm?: ConfirmLimits | undefined;
}

/** What {@link SilenceClock.judge} found. */
export type SilenceVerdict =
  | { readonly verdict: "alive" }
  | { readonly verdict: "suspect"; readonly silentForMs: number }
  | { readonly verdict: "pardoned"; readonly lateByMs: number }
  | {
      readonly verdict: "confirm";
      readonly extension: number;
      readonly evidence: SilenceEvidence;
    }
  | { readonly verdict: "down"; readonly evidence: SilenceEvidence };

const ALIVE: SilenceVerdict = { verdict: "alive" };

/** What a silence has led to. The next octet ends it all. */
class Doubt {
  isSuspect = false;
  isPardoned = false;
  probedAt: number | undefined;
  /** A deadline that overrules the rule: after a pardon or a suspend, of an answer, of an extension. */
  graceUntil: number | undefined;
  indulgedSince: number | undefined;
  /** What became of the last question. */
  question: "none" | "open" | "refused" = "none";
  extensions = 0;
}

/**
 * The receiving clock: how long the peer has been silent and what follows.
 *
 * Receiving writes one number; everything else is computed when somebody asks.
 * One *silence* lasts from an octet to the next: in it there is one suspicion
 * with its probe [PW-PRB-1], one pardon for being late ourselves [PW-CLK-3], and a
 * bounded number of extensions that the application confirms [PW-LIV-12]. All
 * times are monotonic milliseconds.
 */
export class SilenceClock {
  // Numbers all the time: V8 makes a new object of a time for a field that is at times undefined.
  #lastOctetAt: number;
  #lastHeartbeatAt = Number.NaN;
  #pausedAt: number | undefined;
  /** What has come of this silence; nothing, of most. */
  #doubt: Doubt | undefined;
  #armed: boolean;

  /** @param armed false: silence counts only after the first promise [PW-LIV-8]. */
  constructor(openedAt: number, armed: boolean) {
    this.#lastOctetAt = openedAt;
    this.#armed = armed;
  }

  get isSuspect(): boolean {
    return this.#doubt?.isSuspect === true;
  }

  /** The application has been asked and has not answered; the number of the extension it is asked for. */
  get confirming(): number | undefined {
    return this.#doubt?.question === "open" ? this.#doubt.extensions + 1 : undefined;
  }

  /** This side does not read. */
  get isPaused(): boolean {
    return this.#pausedAt !== undefined;
  }

  /** Since when the peer has had more time than the rule gives it, because the application is asked. */
  get indulgedSince(): number | undefined {
    return this.#doubt?.indulgedSince;
  }

  /** Since the last octet, in ms; pauses of our own reading are left out [PW-LIV-9]. */
  silentForMs(now: number): number {
    return (this.#pausedAt ?? now) - this.#lastOctetAt;
  }

  /**
   * The peer spoke [PW-LIV-1]. Returns the length of the silence in ms if the
   * peer was suspect, which it no longer is [PW-PRB-5].
   */
  octet(now: number): number | undefined {
    const silentForMs = now - this.#lastOctetAt;
    this.#lastOctetAt = now;
    // Octets that arrive while the deadline stands still must not be charged for the pause before them.
    if (this.#pausedAt !== undefined) this.#pausedAt = now;
    const wasSuspect = this.isSuspect;
    this.#doubt = undefined; // PW-PRB-5, PW-LIV-14
    return wasSuspect ? silentForMs : undefined;
  }

  /** A heartbeat arrived; `promises` if it carried a heartbeat-time greater than 0. */
  heartbeat(promises: boolean, now: number): void {
    this.#lastHeartbeatAt = now;
    this.#armed ||= promises; // PW-LIV-8
  }

  /** A probe went out. */
  probed(now: number): void {
    this.#doubting().probedAt = now;
  }

  /** This side stops reading: silence is not charged until {@link resume} [PW-LIV-9]. */
  pause(now: number): void {
    this.#pausedAt ??= now;
  }

  /** This side reads again: everything moves by the length of the pause, which is returned in ms. */
  resume(now: number): number {
    if (this.#pausedAt === undefined) return 0;
    const pausedForMs = now - this.#pausedAt;
    this.#pausedAt = undefined;
    this.#lastOctetAt += pausedForMs;
    if (this.#doubt?.graceUntil !== undefined) this.#doubt.graceUntil += pausedForMs;
    return pausedForMs;
  }

  /** The machine slept: the peer gets slack from now on, and no more [PW-CLK-5]. */
  suspended(limits: SilenceLimits, now: number): void {
    // An open question keeps its time: it is the application that was asked, and it slept as well.
    if (this.confirming !== undefined) return;
    const deadline = this.#deadline(limits);
    if (deadline === Number.POSITIVE_INFINITY) return;
    this.#doubting().graceUntil = Math.min(deadline, now + limits.slack);
  }

  /**
   * The application answers. True: the peer has more time from now on, and is
   * to be probed [PW-LIV-12]. False: it has not, or nobody asked.
   */
  answer(reachable: boolean, limits: SilenceLimits, now: number): boolean {
    const doubt = this.#doubt;
    if (doubt?.question !== "open") return false;
    const from = this.#pausedAt ?? now; // what a pause adds is added at its end
    if (reachable) {
      doubt.question = "none";
      doubt.extensions += 1;
      doubt.graceUntil = from + patience(limits);
      return true;
    }
    // Judged in the next turn and not here: what the transport holds is read first [PW-CLK-2].
    doubt.question = "refused";
    doubt.graceUntil = Math.min(from, doubt.graceUntil ?? from);
    return false;
  }

  /** When to judge next; infinity if there is nothing to judge. */
  nextAt(limits: SilenceLimits): number {
    const deadline = this.#deadline(limits);
    if (deadline === Number.POSITIVE_INFINITY || this.isSuspect) return deadline;
    return Math.min(deadline, this.#suspectAt(limits));
  }

  /**
   * Judges the silence at `now`, after the transport has been read [PW-CLK-2].
   *
   * @param asked false: the peer only speaks when it is asked, and has not been asked in time. That
   *   is this side's delay, like its lateness.
   */
  judge(limits: SilenceLimits, now: number, asked = true): SilenceVerdict {
    const deadline = this.#deadline(limits);
    if (deadline === Number.POSITIVE_INFINITY) return ALIVE;
    const silentForMs = now - this.#lastOctetAt;
    if (now >= deadline) {
      const doubt = this.#doubting();
      const lateByMs = now - deadline;
      // PW-CLK-3: we were away so long that the peer deserves to be asked; PW-CLK-4: but only once.
      if ((lateByMs > limits.slack || !asked) && !doubt.isPardoned) {
        doubt.isPardoned = true;
        doubt.isSuspect = true;
        doubt.graceUntil = now + limits.slack;
        return { verdict: "pardoned", lateByMs };
      }
      const { confirm } = limits;
      const mayAsk = confirm !== undefined && doubt.extensions < confirm.maxExtensions;
      if (mayAsk && doubt.question === "none") {
        doubt.question = "open"; // PW-LIV-11
        doubt.isSuspect = true;
        doubt.indulgedSince ??= now;
        doubt.graceUntil = now + confirm.timeoutMs;
        const evidence = this.#evidence(limits, now, silentForMs, lateByMs);
        return { verdict: "confirm", extension: doubt.extensions + 1, evidence };
      }
      // Refused, not answered in time, or extended as often as may be [PW-LIV-13].
      return { verdict: "down", evidence: this.#evidence(limits, now, silentForMs, lateByMs) };
    }
    if (!this.isSuspect && now >= this.#suspectAt(limits)) {
      this.#doubting().isSuspect = true; // PW-PRB-1
      return { verdict: "suspect", silentForMs };
    }
    return ALIVE;
  }

  /** PW-LIV-3, unless {@link Doubt.graceUntil} is set; infinity while silence is not charged. */
  #deadline(limits: SilenceLimits): number {
    if (limits.own === undefined || !this.#armed || this.#pausedAt !== undefined) {
      return Number.POSITIVE_INFINITY;
    }
    return this.#doubt?.graceUntil ?? this.#lastOctetAt + patience(limits);
  }

  #doubting(): Doubt {
    this.#doubt ??= new Doubt();
    return this.#doubt;
  }

  #suspectAt(limits: SilenceLimits): number {
    return this.#lastOctetAt + longest(limits) + limits.slack / 2;
  }

  #evidence(
    limits: SilenceLimits,
    now: number,
    silentForMs: number,
    lateByMs: number,
  ): SilenceEvidence {
    const { probedAt, isPardoned = false, extensions = 0 } = this.#doubt ?? {};
    const heard = !Number.isNaN(this.#lastHeartbeatAt);
    return {
      silentForMs,
      lastHeartbeatAgoMs: heard ? now - this.#lastHeartbeatAt : undefined,
      heartbeatTimeMs: limits.own ?? 0,
      peerHeartbeatTimeMs: limits.promised,
      heartbeatSlackTimeMs: limits.slack,
      lateByMs,
      probedAgoMs: probedAt === undefined ? undefined : now - probedAt,
      pardoned: isPardoned,
      extensions,
    };
  }
}

/** max(E, P), or the one that is defined, or 0. */
export function longest(limits: Pick<SilenceLimits, "own" | "promised">): number {
  return Math.max(limits.own ?? 0, limits.promised ?? 0);
}

/** max(E, P) + slack: what is allowed to pass before anything is judged dead. */
export function patience(limits: SilenceLimits): number {
  return longest(limits) + limits.slack;
}
