import { patience, type SilenceLimits } from "./silence.ts";

/**
 * How long a transport may take nothing of what this side gives it, while a
 * heartbeat waits: max(E, P) + slack [PW-OUT-1]. All times are monotonic
 * milliseconds.
 */
export class OutboundLimit {
  #progressAt = 0;

  /** When the transport last took something of ours, or was first given it [PW-OUT-2]. */
  get progressAt(): number {
    return this.#progressAt;
  }

  progress(now: number): void {
    this.#progressAt = now;
  }

  /**
   * When it has taken nothing for too long; undefined for never, as things are.
   *
   * @param waitingSince when the heartbeat became due that waits, if one does.
   * @param indulgedSince when a silent peer was given more time to speak, if it
   *   was: then it is given it to read as well [PW-OUT-4].
   */
  deadline(
    waitingSince: number | undefined,
    indulgedSince: number | undefined,
    limits: SilenceLimits,
  ): number | undefined {
    if (waitingSince === undefined || limits.own === undefined) return undefined;
    if (indulgedSince !== undefined) return undefined;
    return Math.max(waitingSince, this.#progressAt) + patience(limits);
  }

  /**
   * The peer speaks after it was given more time: that time is not charged for
   * what it did not read either [PW-OUT-4]. Parameters as in {@link deadline}.
   */
  forgive(waitingSince: number | undefined, indulgedSince: number, now: number): void {
    if (waitingSince === undefined) return;
    const since = Math.max(waitingSince, this.#progressAt);
    this.#progressAt = Math.min(now, since + now - indulgedSince);
  }
}
