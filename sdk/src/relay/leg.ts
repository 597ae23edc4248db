import type { ConnectionEnd } from "../core/index.ts";

/** How a leg ended. */
export interface LegEnd {
  /**
   * Whoever is there said all it had to say, so that the other leg is closed
   * in good order too. Never so between two legs of messages [PW-GWY-4].
   */
  readonly orderly: boolean;
  /** In words without an address: it is told to the other leg as well. */
  readonly why: string;
  /** Of a leg that speaks Pulsewire. */
  readonly end?: ConnectionEnd;
}

/** Why this side lets go of a leg whose other leg is gone. */
export interface Loss {
  /** A close code. */
  readonly code: number;
  readonly reason: string;
  /** What the other leg asked for [PW-CLS-7]. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * One of the two connections that a relay joins. A stream of octets and a
 * sequence of messages look alike here: pieces, one after the other, in each
 * direction, and an end of each direction where there is one. Nothing throws.
 */
export interface Leg {
  /** Who is there, for people and logs. */
  readonly remote: string;
  /** How it ended; undefined while it has not. */
  readonly end: LegEnd | undefined;
  /** Resolves when it has ended and nothing of it is left to be closed. */
  readonly ended: Promise<LegEnd>;
  /** The peer has ended its direction, and all of that has been read: half-close. */
  readonly isFinished: boolean;
  /**
   * Once it has ended: that was no loss, and something of what came before has
   * not been read, so that it is worth having a second leg for.
   */
  leavesSomething(): Promise<boolean>;
  /** The next piece; undefined when the peer has ended its direction or the leg is gone. One call at a time. */
  read(): Promise<Uint8Array | undefined>;
  /** Sends a piece. Resolves when the next one may come: the back-pressure of this leg, or its end. */
  write(piece: Uint8Array): Promise<void>;
  /** Ends this side's direction and leaves the other one open. */
  finish(): void;
  /** Closes in good order: all there was to say in either direction has been said. */
  close(): void;
  /** Closes so that the peer sees that something was lost. What was written before goes first, for a bounded time. */
  fail(loss: Loss): void;
  /** Fails because the relay goes, and waits for nobody: what is left after `withinMs` is thrown away. */
  stop(loss: Loss, withinMs: number): void;
}
