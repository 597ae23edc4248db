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
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | undefined;

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = perSecond * BURST_SECONDS;
    this.#tokens = this.#burst;
  }

  /** Counts one heartbeat at `now` (monotonic ms). False: it was one too many. */
  take(now: number): boolean {
    const elapsed = now - (this.#at ?? now);
    this.#at = now;
    // Never less than there is: what a pause has added may be above the burst.
    const filled = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs);
    this.#tokens = Math.max(this.#tokens, filled);
    if (this.#tokens < 1 - ROUNDING) return false;
    this.#tokens -= 1;
    return true;
  }

  /** This side did not read for `pausedForMs`: what came meanwhile came at its own pace. */
  paused(pausedForMs: number): void {
    this.#tokens += pausedForMs * this.#perMs;
  }
}
