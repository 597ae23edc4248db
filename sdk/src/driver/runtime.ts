import { FrameCodec } from "../core/index.ts";
import { callUser } from "./callback.ts";
import type { Clock } from "./clock.ts";
import type { SessionObserver } from "./observer.ts";
import { Scheduler } from "./scheduler.ts";

/** What sessions share: a clock, the one timer that runs on it, a codec, chance, and who watches. */
export interface Runtime {
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  /** Used by one session at a time, and empty-handed in between. */
  readonly codec: FrameCodec;
  /** Uniform in [0, 1), for the jitter of heartbeats [PW-SND-5]. Not for secrets. */
  random(): number;
  /** Told of everything that happens to the sessions of this runtime. */
  readonly observer?: SessionObserver | undefined;
}

/** A runtime on `clock`. Tests pass a `random` of their own. */
export function createRuntime(
  clock: Clock,
  random: () => number = Math.random,
  observer?: SessionObserver,
): Runtime {
  const scheduler = new Scheduler(clock, (lateByMs) => {
    callUser(() => observer?.stalled(lateByMs));
  });
  return { clock, scheduler, codec: new FrameCodec(), random, observer };
}
