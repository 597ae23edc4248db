import { channelObserver } from "../diagnostics/index.ts";
import { type Clock, createRuntime, type Runtime, timerDelay } from "../driver/index.ts";

const nodeClock: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  schedule(at, run, staysFor = false) {
    const timer = setTimeout(run, timerDelay(at, performance.now()));
    // What keeps a process alive is its sockets; a deadline alone does not.
    if (!staysFor) timer.unref();
    return () => clearTimeout(timer);
  },
  // libuv runs expired timers first, then reads what the sockets hold, then immediates: after a stall
  // a timer is overdue while heartbeats still wait in the kernel [PW-CLK-2].
  afterRead: (run) => void setImmediate(run),
  // Behind all microtasks that are queued, so that a loop of `for await` over what one read brought is
  // one turn.
  endOfTurn: (run) => process.nextTick(run),
};

/**
 * The runtime of every session of this process: the one piece of state that the
 * package keeps, because one timer for all of them is the point of it.
 */
export const nodeRuntime: Runtime = createRuntime(nodeClock, Math.random, channelObserver);
