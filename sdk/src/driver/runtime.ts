import type { Clock } from "./clock.ts";
import { Scheduler } from "./scheduler.ts";

/** What sessions share: a clock, the one timer that runs on it, and chance. */
export interface Runtime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Uniform in [0, 1), for the jitter of heartbeats [PW-SND-5]. Not for secrets. */
  random(): number;
}

/** A runtime on `clock`. Tests pass a `random` of their own. */
export function createRuntime(clock: Clock, random: () => number = Math.random): Runtime {
  return { clock, scheduler: new Scheduler(clock), random };
}
