/**
 * The time that may pass without a message, sent or received [PW-CLS-13].
 * Heartbeats are none: they keep a connection known to be alive, not in use.
 */
export class IdleLimit {
  readonly #timeoutMs: number;
  #messageAt = 0;
  /** Since the transport last had room, part of a message was given to it. */
  #given = false;
  /** ... and it is full: who knows how much of it is still there. */
  #waiting = false;
  /** When octets of a frame came that is not whole yet. */
  #partAt: number | undefined;
  #pausedAt: number | undefined;

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** When the connection has been idle for too long: monotonic ms; undefined for never, as things are. */
  get deadline(): number | undefined {
    const busy = this.#waiting || this.#pausedAt !== undefined;
    if (busy) return undefined;
    return Math.max(this.#messageAt, this.#partAt ?? this.#messageAt) + this.#timeoutMs;
  }

  /** Since the last message, in ms. */
  idleForMs(now: number): number {
    return now - this.#messageAt;
  }

  /** The connection opened, or a message went or came, in whole or in part. */
  message(now: number): void {
    this.#messageAt = now;
  }

  /** A message, or a part of one, was given to the transport. */
  given(now: number): void {
    this.#given = true;
    this.message(now);
  }

  /** The transport is full. Heartbeats alone may have filled it, and they are no messages. */
  full(): void {
    this.#waiting = this.#given;
  }

  /** The transport has room again. */
  drained(now: number): void {
    if (this.#waiting) this.message(now);
    this.#given = false;
    this.#waiting = false;
  }

  /**
   * Octets came that are no whole frame yet. They may be those of a message, so
   * the connection is not idle until {@link frame} tells that they were none.
   */
  part(now: number): void {
    this.#partAt = now;
  }

  /** A frame is whole: whatever it is, no part of one is under way. */
  frame(): void {
    this.#partAt = undefined;
  }

  /** This side stops reading: nobody knows what would have come. */
  pause(now: number): void {
    this.#pausedAt ??= now;
  }

  /** It reads again. A message that went or came in the pause is the last, and not one to come. */
  resume(now: number): void {
    if (this.#pausedAt === undefined) return;
    const pausedForMs = now - this.#pausedAt;
    this.#messageAt = Math.min(now, this.#messageAt + pausedForMs);
    if (this.#partAt !== undefined) this.#partAt = Math.min(now, this.#partAt + pausedForMs);
    this.#pausedAt = undefined;
  }
}
