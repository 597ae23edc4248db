import type { Session, SessionEvent } from "./session.ts";

/**
 * Watches everything that runs on one runtime, for logs and metrics.
 *
 * It is called in the midst of a session's work, so it has to be quick. What it
 * throws is an uncaught exception, as with `onEvent`, and the session goes on.
 */
export interface SessionObserver {
  /**
   * Everything that happens to a session, in order: "open" comes first and
   * "ended" last, each exactly once. Before the session's own `onEvent`.
   */
  event(session: Session, event: SessionEvent): void;
  /**
   * The timer of all sessions fired more than 100 ms after its time: something
   * held up the loop of this process, and nothing could be sent or judged.
   *
   * @param lateByMs how late; the stall itself was longer by the time from its
   *   beginning to that at which the timer was due.
   */
  stalled(lateByMs: number): void;
}
