/**
 * Notices when a testee was ready to run and the machine did not let it.
 *
 * Our own lag says nothing of that: on a busy machine we may have a processor
 * while the testee waits for one. The kernel of Linux counts how long each
 * thread has waited; elsewhere nobody says, and nothing is noticed.
 */
import { readdirSync, readFileSync } from "node:fs";

/** How often it is looked at, in milliseconds. */
const PERIOD_MS = 25;
/** A wait below this part of the time is how any machine with two programs on it is. */
const ORDINARY_PART = 0.2;
/** A wait of less than this explains nothing, in milliseconds. */
const THRESHOLD_MS = 20;
/** What has more threads or processes than this is not looked at in full. */
const MAX_TASKS = 256;

export class ProcessorWait {
  readonly #pid: number;
  readonly #observers = new Set<(waitNs: number) => void>();
  #timer: NodeJS.Timeout | undefined;
  #waits = new Map<string, number>();
  #lastAt = 0n;
  /** The wait that goes on, in nanoseconds. */
  #waitNs = 0;

  /** For a process and all that it starts. */
  constructor(pid: number) {
    this.#pid = pid;
  }

  /**
   * Tells an observer, from now on, how many nanoseconds it has been waiting by
   * then; the number grows while the wait goes on. Returns how to stop that.
   */
  observe(observer: (waitNs: number) => void): () => void {
    this.#observers.add(observer);
    this.#run();
    return () => {
      this.#observers.delete(observer);
      if (this.#observers.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  #run(): void {
    if (this.#timer !== undefined) return;
    this.#waits = readWaits(this.#pid);
    this.#lastAt = process.hrtime.bigint();
    this.#waitNs = 0;
    this.#timer = setInterval(() => this.#look(), PERIOD_MS);
    this.#timer.unref();
  }

  #look(): void {
    const now = process.hrtime.bigint();
    const elapsedNs = Number(now - this.#lastAt);
    const waits = readWaits(this.#pid);
    // The threads of one program wait for each other: the longest wait is that of them all.
    let longest = 0;
    for (const [task, wait] of waits)
      longest = Math.max(longest, wait - (this.#waits.get(task) ?? wait));
    this.#waits = waits;
    this.#lastAt = now;
    this.#waitNs = longest < ORDINARY_PART * elapsedNs ? 0 : this.#waitNs + longest;
    if (this.#waitNs < THRESHOLD_MS * 1e6) return;
    for (const observer of this.#observers) observer(this.#waitNs);
  }
}

/** Nanoseconds that each thread has waited for a processor so far; none where the system does not say. */
function readWaits(root: number): Map<string, number> {
  const waits = new Map<string, number>();
  const processes = [String(root)];
  for (const pid of processes) {
    const tasks = `/proc/${pid}/task`;
    for (const task of listed(tasks)) {
      if (waits.size >= MAX_TASKS || processes.length >= MAX_TASKS) return waits;
      const wait = Number(read(`${tasks}/${task}/schedstat`).split(" ")[1]);
      if (Number.isFinite(wait)) waits.set(task, wait);
      processes.push(...read(`${tasks}/${task}/children`).split(" ").filter(Boolean));
    }
  }
  return waits;
}

// What is gone meanwhile, or does not exist on this system, says nothing.

function listed(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
