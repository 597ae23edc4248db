import { type Clock, timerDelay } from "../driver/index.ts";

/**
 * The platform's own time, as browsers and Node both have it.
 *
 * Deliveries in memory are timers too, and those run in the order of their
 * times. So what has arrived by now has been delivered once a timer that is set
 * now fires.
 */
export const platformClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  schedule(at, run) {
    const timer = setTimeout(run, timerDelay(at, performance.now()));
    return () => clearTimeout(timer);
  },
  afterRead: (run) => void setTimeout(run, 0),
  endOfTurn: (run) => queueMicrotask(run),
};
