import type { Clock } from "./clock.ts";

/** Something that has to be called at times that it decides itself. */
export interface Scheduled {
  /** When it wants to be called: monotonic ms; undefined for never. Asked often, so cheap. */
  nextAt(): number | undefined;
  /** The time has come, and the transports have been read [PW-CLK-2]. */
  run(now: number): void;
  /** The machine was suspended [PW-CLK-5]. */
  suspended(now: number): void;
}

/** A place in the schedule. */
interface Entry {
  readonly task: Scheduled;
  /** When the schedule looks at the task again; never later than the task wants. */
  at: number;
  /** Where the entry is in the heap; -1 while it is not. */
  index: number;
}

/** How far the wall clock has to run ahead of the monotonic one to mean that the machine slept. */
const SUSPEND_MS = 1000;

/**
 * A timer that is later than this is a stall: what the protocol wants done "at
 * once" is to be done within 100 ms, and that was not possible.
 */
const STALL_MS = 100;

/**
 * One timer for all sessions of a process.
 *
 * A heap of the times at which tasks asked to be looked at. What a session
 * receives moves its deadline later, and that touches nothing here: when the
 * old time comes, the task is asked again and put back. Only a task that wants
 * to be called *earlier* tells ({@link ScheduledTask.touch}).
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #onStall: ((lateByMs: number) => void) | undefined;
  readonly #heap: Entry[] = [];
  #cancel: (() => void) | undefined;
  #armedAt = Number.POSITIVE_INFINITY;
  #turning = false;
  #monotonic: number;
  #wall: number;

  /** @param onStall told when the timer fired late, by more than {@link STALL_MS}. */
  constructor(clock: Clock, onStall?: (lateByMs: number) => void) {
    this.#clock = clock;
    this.#onStall = onStall;
    this.#monotonic = clock.now();
    this.#wall = clock.wallNow();
  }

  /** Takes a task on. It is not looked at before {@link ScheduledTask.touch}. */
  add(task: Scheduled): ScheduledTask {
    const entry: Entry = { task, at: Number.POSITIVE_INFINITY, index: -1 };
    return {
      touch: () => {
        const at = task.nextAt();
        if (at === undefined || (entry.index >= 0 && at >= entry.at)) return;
        this.#place(entry, at);
        this.#arm();
      },
      remove: () => {
        if (entry.index >= 0) this.#take(entry);
        this.#arm();
      },
    };
  }

  #arm(): void {
    if (this.#turning) return;
    const at = this.#heap[0]?.at ?? Number.POSITIVE_INFINITY;
    // A timer that is too early costs one look; only one that is too late has to be replaced.
    if (at >= this.#armedAt && at !== Number.POSITIVE_INFINITY) return;
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.#cancel = this.#clock.schedule(at, () => {
      // The turn that follows sets the next timer; until then none must come beside it.
      this.#turning = true;
      // PW-CLK-2: a timer that fires says what time it is, not that nothing came. First read.
      this.#clock.afterRead(() => this.#turn());
    });
  }

  #turn(): void {
    const now = this.#clock.now();
    const lateByMs = now - this.#armedAt;
    this.#cancel = undefined;
    this.#armedAt = Number.POSITIVE_INFINITY;
    this.#turning = true;
    if (lateByMs > STALL_MS) this.#onStall?.(lateByMs);
    this.#noticeSuspend(now);
    try {
      for (
        let entry = this.#heap[0];
        entry !== undefined && entry.at <= now;
        entry = this.#heap[0]
      ) {
        const due = entry.task.nextAt();
        if (due !== undefined && due <= now) entry.task.run(now);
        this.#again(entry, now);
      }
    } finally {
      this.#turning = false;
      this.#arm();
    }
  }

  /** Puts a task where it wants to be next. */
  #again(entry: Entry, now: number): void {
    if (entry.index < 0) return; // it removed itself
    const next = entry.task.nextAt();
    if (next === undefined) this.#take(entry);
    // One that still wants what is past would hold the loop: it is called in the next turn.
    else this.#place(entry, next > now ? next : now + 1);
  }

  #noticeSuspend(now: number): void {
    const wall = this.#clock.wallNow();
    const slept = wall - this.#wall - (now - this.#monotonic);
    this.#wall = wall;
    this.#monotonic = now;
    if (slept < SUSPEND_MS) return;
    for (const entry of [...this.#heap]) {
      entry.task.suspended(now);
      this.#again(entry, now);
    }
  }

  // --- the heap --------------------------------------------------------------

  #place(entry: Entry, at: number): void {
    entry.at = at;
    if (entry.index < 0) {
      entry.index = this.#heap.length;
      this.#heap.push(entry);
    }
    this.#up(entry);
    this.#down(entry);
  }

  #take(entry: Entry): void {
    const last = this.#heap.pop();
    if (last !== undefined && last !== entry) {
      last.index = entry.index;
      this.#heap[last.index] = last;
      this.#up(last);
      this.#down(last);
    }
    entry.index = -1;
  }

  #up(entry: Entry): void {
    while (entry.index > 0) {
      const parent = this.#heap[(entry.index - 1) >> 1];
      if (parent === undefined || parent.at <= entry.at) return;
      this.#swap(entry, parent);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.index + 1];
      const right = this.#heap[2 * entry.index + 2];
      const child = right !== undefined && left !== undefined && right.at < left.at ? right : left;
      if (child === undefined || child.at >= entry.at) return;
      this.#swap(entry, child);
    }
  }

  #swap(a: Entry, b: Entry): void {
    [a.index, b.index] = [b.index, a.index];
    this.#heap[a.index] = a;
    this.#heap[b.index] = b;
  }
}

/** What a task holds of its place in the schedule. */
export interface ScheduledTask {
  /** The task may want to be called earlier than it said. Cheap if it does not. */
  touch(): void;
  /** Forgets the task; it is never called again. */
  remove(): void;
}
