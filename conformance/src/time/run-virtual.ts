/**
 * Runs many worlds of virtual time side by side.
 *
 * Each has a clock of its own, so none of them can tell who runs beside it.
 * They go in step only to share the waiting: after a round in which each did
 * its next thing, a few turns of the real event loop let all of them come to
 * rest. Over TCP and WebSocket one turn is enough: such a world holds no handle
 * of the operating system and no real timer, so what it sets off are microtasks
 * and `process.nextTick`, and Node empties both before it goes on. HTTP/2 flushes
 * what it has to write from immediates, and needs up to four. Tests watch that nothing
 * else comes to be, and that more turns change nothing (test/virtual.test.ts).
 */
import { VirtualClock } from "./virtual.ts";

/** Turns of the event loop until all is at rest: twice what is needed. */
const TURNS = 8;

/** Work that is waiting for what will never happen. */
export class StuckError extends Error {
  override readonly name = "StuckError";
}

/**
 * Does all jobs, each on a clock of its own, at most `width` at a time; the
 * results are in the order of the jobs. The first job that fails fails all.
 * `turns` is there for the test that more of them change nothing.
 */
export async function runVirtual<J, T>(
  jobs: readonly J[],
  width: number,
  work: (job: J, clock: VirtualClock) => Promise<T>,
  turns: number = TURNS,
): Promise<T[]> {
  const results: T[] = new Array(jobs.length);
  const active = new Set<Lane>();
  let begun = 0;
  const begin = (): void => {
    const index = begun++;
    const clock = new VirtualClock();
    const lane: Lane = { clock, done: false, problem: undefined };
    active.add(lane);
    work(jobs[index] as J, clock).then(
      (result) => {
        results[index] = result;
        lane.done = true;
      },
      (problem: unknown) => {
        lane.problem = problem ?? new Error("a job failed without saying why");
      },
    );
  };
  for (;;) {
    while (active.size < width && begun < jobs.length) begin();
    if (active.size === 0) return results;
    for (let turn = 0; turn < turns; turn += 1)
      await new Promise((resolve) => setImmediate(resolve));
    for (const lane of active) {
      if (lane.problem !== undefined) throw lane.problem;
      if (lane.done) active.delete(lane);
      else if (!lane.clock.step())
        throw new StuckError("a job waits, and nothing will ever happen in its world");
    }
  }
}

interface Lane {
  readonly clock: VirtualClock;
  done: boolean;
  problem: unknown;
}
