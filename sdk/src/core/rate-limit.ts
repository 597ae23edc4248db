/** What is missing by no more than this is an error of rounding: times have fractions. */
const ROUNDING = 1e-6;

/**
 * A token bucket for received heartbeats [PW-LIM-3]: `2 * perSecond` at once,
 * `perSecond` a second after that. Bursts are legal: a peer that was stopped,
 * or a network that was, delivers what it held all at one moment.
 */
export class HeartbeatRateLimit {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number | undefined;

  constructor(perSecond: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = perSecond * 2;
    this.#tokens = this.#burst;
  }

  /** Counts one heartbeat at `now` (monotonic ms). False: it was one too many. */
  take(now: number): boolean {
    const elapsed = now - (this.#at ?? now);
    this.#at = now;
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perMs);
    if (this.#tokens < 1 - ROUNDING) return false;
    this.#tokens -= 1;
    return true;
  }
}
