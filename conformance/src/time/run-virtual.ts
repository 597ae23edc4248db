/**
 * Runs many worlds of virtual time side by side.
 *
 * Each has a clock of its own, so none of them can tell who runs beside it.
 * They go in step only to share the waiting: after a round in which each did
 * its next thing, one turn of the real event loop lets all of them come to
 * rest. One turn is enough, because a virtual world holds no handle of the
 * operating system and no real timer: what it sets off are microtasks and
 * `process.nextTick`, and Node empties both before it goes on. A test watches
 * that nothing else comes to be (test/virtual.test.ts).
 */
import { VirtualClock } from "./virtual.ts";

/** Work that is waiting for what will never happen. */
export class StuckError extends Error {
  override readonly name = "StuckError";
}

/**
 * Does all jobs, each on a clock of its own, at most `width` at a time; the
 * results are in the order of the jobs. The first job that fails fails all.
 */
export async function runVirtual<J, T>(
  jobs: readonly J[],
  width: number,
  work: (job: J, clock: VirtualClock) => Promise<T>,
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
