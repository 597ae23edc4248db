/** The deadline of the peer: sections 6 to 8 of the protocol. */
import type { Leak } from "./leak.ts";
import type { ReferenceOptions } from "./options.ts";

export type Judgement = "wait" | "probe" | "down";

export class Liveness {
  readonly #options: ReferenceOptions;
  readonly #leak: Leak;
  #lastLifeAt: number;
  #promise: number | undefined;
  #largestPromise = 0;
  #armed: boolean;
  #probed = false;
  #probesEver = 0;
  #pardonedUntil: number | undefined;
  #smallestPromise = Number.POSITIVE_INFINITY;
  #everPardoned = false;
  /** What a mutant adds to the deadline, and what it takes from the time of the suspicion. */
  #stretchMs = 0;
  #pausedMs = 0;
  #pausedAt: number | undefined;

  constructor(options: ReferenceOptions, now: number, leak: Leak) {
    this.#options = options;
    this.#leak = leak;
    if (options.mutant === "promise-leaks") this.#promise = leak.promise;
    if (options.mutant === "suspicion-leaks") this.#probed = leak.probed === true;
    this.#lastLifeAt = now;
    const mayWait = options.optionalPeer && options.mutant !== "optional-ignored";
    this.#armed = !mayWait && options.mutant !== "waits-for-first-frame";
  }

  /** Octets arrived [PW-LIV-1], which ends any suspicion [PW-PRB-5]. */
  life(now: number): void {
    this.#lastLifeAt = now;
    this.#pardonedUntil = undefined;
    if (this.#options.mutant !== "probes-once") this.#probed = false;
  }

  frameSeen(): void {
    const { mutant } = this.#options;
    if (mutant === "waits-for-first-frame" || mutant === "optional-armed-by-any")
      this.#armed = true;
  }

  promised(time: number, now: number): void {
    this.#promise = time;
    this.#leak.promise = time;
    this.#smallestPromise = Math.min(this.#smallestPromise, time);
    this.#largestPromise = Math.max(this.#largestPromise, time);
    if (this.#armed || this.#options.mutant === "optional-never-arms") return;
    this.#armed = true;
    this.#lastLifeAt = now;
  }

  forgetPromise(): void {
    this.#promise = undefined;
  }

  stretch(ms: number): void {
    this.#stretchMs = Math.max(this.#stretchMs, ms);
  }

  /** The application stopped reading, and so do we [PW-LIV-9]. */
  paused(now: number): void {
    if (this.#options.mutant !== "charges-while-paused") this.#pausedAt ??= now;
  }

  resumed(now: number): void {
    if (this.#pausedAt !== undefined) {
      this.#lastLifeAt += now - this.#pausedAt;
      if (this.#options.mutant === "suspicion-not-moved") this.#pausedMs = now - this.#pausedAt;
    }
    this.#pausedAt = undefined;
  }

  /** What a wall clock says of a suspend: so much silence more. */
  skip(ms: number): void {
    this.#lastLifeAt -= ms;
  }

  /** The peer has slack from now on, and no more than it had [PW-CLK-5]. */
  suspended(effective: number | undefined, now: number): void {
    const times = this.#times(effective);
    if (times === undefined) return;
    const { mutant, slackMs } = this.#options;
    const grace = mutant === "suspend-kills" ? 0 : slackMs;
    this.#pardonedUntil = Math.min(times.deadline, now + grace);
  }

  /** max(E, P), or undefined while there is no deadline at all. */
  patience(effective: number | undefined): number | undefined {
    const { mutant } = this.#options;
    if (effective === undefined) return mutant === "passive-times-out" ? 400 : undefined;
    if (mutant === "ignores-promise") return effective;
    let promise = this.#promise;
    if (mutant === "keeps-largest-promise") promise = this.#largestPromise;
    if (mutant === "keeps-smallest-promise" && promise !== undefined)
      promise = this.#smallestPromise;
    return Math.max(effective, promise ?? 0);
  }

  /** When {@link judge} has something to say next. */
  nextAt(effective: number | undefined): number | undefined {
    const times = this.#times(effective);
    if (times === undefined) return undefined;
    return this.#mayProbe() ? Math.min(times.suspectAt, times.deadline) : times.deadline;
  }

  /** What to do about the silence so far; the reading of what waited comes before [PW-CLK-2]. */
  judge(effective: number | undefined, now: number): Judgement {
    const times = this.#times(effective);
    if (times === undefined) return "wait";
    const { mutant, slackMs } = this.#options;
    if (now >= times.deadline) {
      const lateness = now - times.deadline;
      const asked =
        this.#pardonedUntil !== undefined ||
        (mutant === "one-pardon-ever" && this.#everPardoned) ||
        (mutant === "pardon-leaks" && this.#leak.pardoned === true);
      const mayPardon = !asked || mutant === "endless-pardon";
      const isLate = lateness > (mutant === "always-pardons" ? 50 : slackMs);
      if (isLate && mayPardon && mutant !== "no-pardon" && mutant !== "naive-timer") {
        this.#pardonedUntil = now + slackMs;
        this.#everPardoned = true;
        this.#leak.pardoned = true;
        this.#probed = true;
        return "probe";
      }
      return "down";
    }
    if (now >= times.suspectAt && this.#mayProbe()) {
      this.#probed = mutant !== "probes-often";
      this.#probesEver += 1;
      this.#leak.probed = true;
      return "probe";
    }
    return "wait";
  }

  #mayProbe(): boolean {
    const { mutant } = this.#options;
    if (mutant === "no-probe" || this.#probed) return false;
    return mutant !== "probes-often" || this.#probesEver < 5;
  }

  #times(
    effective: number | undefined,
  ): { readonly suspectAt: number; readonly deadline: number } | undefined {
    const patience = this.patience(effective);
    if (patience === undefined || this.#pausedAt !== undefined) return undefined;
    if (!this.#armed && this.#options.mutant !== "optional-probes") return undefined;
    const { mutant, slackMs } = this.#options;
    const slack = mutant === "kills-early" ? 0 : slackMs;
    const factor =
      mutant === "never-kills" ? Number.POSITIVE_INFINITY : mutant === "kills-late" ? 2 : 1;
    let suspectAfter = mutant === "probes-early" ? patience : patience + slack / 2;
    if (mutant === "fixed-suspicion") suspectAfter = 600;
    if (mutant === "suspicion-by-share") suspectAfter = (patience + slack) * 0.6;
    let deadAfter = (patience + slack) * factor + this.#stretchMs;
    if (mutant === "fixed-deadline") deadAfter = 600;
    if (mutant === "triple-deadline") deadAfter = 3 * patience;
    if (mutant === "overflows-microseconds") deadAfter = ((deadAfter * 1e3) | 0) / 1e3;
    if (!this.#armed) deadAfter = Number.POSITIVE_INFINITY;
    if (mutant === "overflows-timer" && deadAfter > 2 ** 31 - 1) deadAfter = 1;
    const again = mutant === "probes-often" ? this.#probesEver * 60 : 0;
    return {
      suspectAt: this.#lastLifeAt - this.#pausedMs + suspectAfter + again,
      deadline: this.#pardonedUntil ?? this.#lastLifeAt + deadAfter,
    };
  }
}
