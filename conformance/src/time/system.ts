/** The clock of this process, and its timers. */
import type { Time } from "./time.ts";

export const systemTime: Time = {
  now: () => process.hrtime.bigint(),
  after(ms, act) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
  turn(act) {
    // After the timers comes the reading, and only then the immediates: the first of the two
    // may still stand before a reading, the second stands after one.
    setImmediate(() => setImmediate(act));
  },
};
