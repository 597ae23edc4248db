/** What is missing by no more than this is an error of rounding: times have fractions. */
const ROUNDING = 1e-6;
/** Heartbeats of so many seconds may come at once. */
const BURST_SECONDS = 15;

/**
 * A token bucket for received heartbeats [PW-LIM-3]: those of 15 seconds at
 * once, `perSecond` a second after that. Bursts are legal: while this side was
 * stopped, or did not read, what a lawful peer sent has waited.
 */
export class HeartbeatRateLimit {
  readonly #perSecond: number;
  #tokens: number;
  #at = Number.NaN;

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond * BURST_SECONDS;
  }

  /** Counts one heartbeat at `now` (monotonic ms). False: it was one too many. */
  take(now: number): boolean {
    const elapsed = Number.isNaN(this.#at) ? 0 : now - this.#at;
    this.#at = now;
    // Never less than there is: what a pause has added may be above the burst.
    const burst = this.#perSecond * BURST_SECONDS;
    const filled = Math.min(burst, this.#tokens + (elapsed * this.#perSecond) / 1000);
    this.#tokens = Math.max(this.#tokens, filled);
    if (this.#tokens < 1 - ROUNDING) return false;
    this.#tokens -= 1;
    return true;
  }

  /** This side did not read for `pausedForMs`: what came meanwhile came at its own pace. */
  paused(pausedForMs: number): void {
    this.#tokens += (pausedForMs * this.#perSecond) / 1000;
  }
}
