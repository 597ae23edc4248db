/**
 * Time as the harness and the reference peer see it.
 *
 * Nothing in either of them asks the process for the time or for a timer: so a
 * case can run in virtual time, where a minute takes milliseconds and every run
 * is the same.
 */
export interface Time {
  /** Monotonic nanoseconds since a moment that means nothing. */
  now(): bigint;
  /** Calls `act` once, after so many milliseconds; the function it returns prevents that. */
  after(ms: number, act: () => void): () => void;
  /** Calls `act` once all that the transports hold at this moment has been read. */
  turn(act: () => void): void;
}

/** The time in milliseconds. */
export function millis(time: Time): number {
  return Number(time.now()) / 1e6;
}

/**
 * Calls `act` again and again, each time so many milliseconds after the last,
 * until the function it returns is called.
 */
export function every(time: Time, ms: number, act: () => void): () => void {
  let stopped = false;
  let cancel: () => void = () => undefined;
  const arm = (): void => {
    cancel = time.after(ms, () => {
      act();
      if (!stopped) arm();
    });
  };
  arm();
  return () => {
    stopped = true;
    cancel();
  };
}
