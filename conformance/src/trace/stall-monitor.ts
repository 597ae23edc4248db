/**
 * Notices when this process was late itself.
 *
 * A frame that arrives during a stall is seen after it, so a peer may look late
 * because the harness was. What is measured here lets the judge tell the two
 * apart.
 */

/** How often the event loop is looked at, in milliseconds. */
const PERIOD_MS = 5;
/** Lateness below this is the ordinary grain of a timer, in milliseconds. */
const THRESHOLD_MS = 10;

/**
 * What may be seen this much late, in milliseconds, and no stall is noticed: it came as a turn of
 * the event loop began that took just less than a stall, and was read at the end of another.
 */
export const UNNOTICED_MS: number = 2 * (PERIOD_MS + THRESHOLD_MS);

export class StallMonitor {
  readonly #observers = new Set<(lagNs: number) => void>();
  #timer: NodeJS.Timeout | undefined;
  #last = 0n;

  /** Tells an observer of every stall from now on, in nanoseconds; returns how to stop that. */
  observe(observer: (lagNs: number) => void): () => void {
    this.#observers.add(observer);
    this.#run();
    return () => {
      // What holds this process up right now has not been measured yet.
      const lagNs = Number(process.hrtime.bigint() - this.#last) - PERIOD_MS * 1e6;
      if (this.#observers.delete(observer) && lagNs >= THRESHOLD_MS * 1e6) observer(lagNs);
      if (this.#observers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #run(): void {
    if (this.#timer !== undefined) return;
    this.#last = process.hrtime.bigint();
    this.#timer = setInterval(() => {
      const now = process.hrtime.bigint();
      const lagNs = Number(now - this.#last) - PERIOD_MS * 1e6;
      this.#last = now;
      if (lagNs >= THRESHOLD_MS * 1e6) for (const observer of this.#observers) observer(lagNs);
    }, PERIOD_MS);
    this.#timer.unref();
  }
}
