/**
 * Time as a session needs it. `sdk/src/node/runtime.ts` and
 * `sdk/src/browser/runtime.ts` have the real ones, `pulsewire/testing` a
 * virtual one.
 */
export interface Clock {
  /** Monotonic milliseconds from any origin, with fractions [PW-CLK-1]. */
  now(): number;
  /** Wall-clock milliseconds. Read for one thing alone: to notice that the machine slept [PW-CLK-5]. */
  wallNow(): number;
  /**
   * Calls `run` once, at or after the monotonic time `at`. Returns its cancel.
   * Any `at` is allowed, the past and the distant future too.
   *
   * @param staysFor the process must not end before, where an idle one would:
   *   somebody waits for nothing but this. Default false.
   */
  schedule(at: number, run: () => void, staysFor?: boolean): () => void;
  /** Calls `run` once the transports have delivered what they already hold [PW-CLK-2]. */
  afterRead(run: () => void): void;
  /**
   * Calls `run` when the code that runs now has come to its end, and before
   * anything else happens: what it sent leaves together then.
   */
  endOfTurn(run: () => void): void;
}

/**
 * The longest delay a timer of JavaScript takes. A longer one fires at once: a
 * heartbeat-time of a month would become a flood of heartbeats.
 */
const MAX_DELAY_MS = 2 ** 31 - 1;

/**
 * The delay for a timer that is due at `at`: whole milliseconds, never negative,
 * never more than a timer takes. Whoever is called early asks again.
 */
export function timerDelay(at: number, now: number): number {
  return Math.min(MAX_DELAY_MS, Math.max(0, Math.ceil(at - now)));
}
