/**
 * The time that may pass without a message, sent or received [PW-CLS-13].
 * Heartbeats are none: they keep a connection known to be alive, not in use.
 */
export class IdleLimit {
  readonly #timeoutMs: number | undefined;
  #messageAt = 0;

  /** @param timeoutMs undefined: never. */
  constructor(timeoutMs: number | undefined) {
    this.#timeoutMs = timeoutMs;
  }

  /** When the connection has been idle for too long: monotonic ms; undefined for never. */
  get deadline(): number | undefined {
    return this.#timeoutMs === undefined ? undefined : this.#messageAt + this.#timeoutMs;
  }

  /** Since the last message, in ms. */
  idleForMs(now: number): number {
    return now - this.#messageAt;
  }

  /** The connection opened, or a message went or came, in whole or in part. */
  message(now: number): void {
    this.#messageAt = now;
  }

  /** This side did not read for so long: nobody knows what would have come. */
  paused(pausedForMs: number): void {
    this.#messageAt += pausedForMs;
  }
}
