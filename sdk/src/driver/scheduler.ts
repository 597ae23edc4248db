import { Agenda, type Moment, type Placed } from "./agenda.ts";
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

/** What a task holds of its place in the schedule. */
export interface ScheduledTask {
  /** The task may want to be called earlier than it said. Cheap if it does not. */
  touch(): void;
  /** Forgets the task; it is never called again. */
  remove(): void;
}

/** How far the wall clock has to run ahead of the monotonic one to mean that the machine slept. */
const SUSPEND_MS = 1000;

/**
 * A timer that is later than this is a stall: what the protocol wants done "at
 * once" is to be done within 100 ms, and that was not possible.
 */
const STALL_MS = 100;

/**
 * What is far off is looked at on multiples of this first, in ms, and then
 * placed exactly. Most deadlines are those of peers that speak before them:
 * then nothing has been placed but at times that many share. Of a heartbeat it
 * takes a third.
 */
const LOOK_MS = 100;

/**
 * One timer for all sessions of a process.
 *
 * An {@link Agenda} of the times at which tasks asked to be looked at. What a
 * session receives moves its deadline later, and that touches nothing here:
 * when the old time comes, the task is asked again and put back. Only a task
 * that wants to be called *earlier* tells ({@link ScheduledTask.touch}).
 */
export class Scheduler {
  readonly #clock: Clock;
  readonly #onStall: ((lateByMs: number) => void) | undefined;
  readonly #agenda = new Agenda<Entry>();
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
    return new Entry(task, this.#place, this.#take);
  }

  readonly #place = (entry: Entry, at: number): void => {
    this.#agenda.place(entry, firstLook(at, this.#clock.now()));
    this.#arm();
  };

  readonly #take = (entry: Entry): void => {
    this.#agenda.take(entry);
    this.#arm();
  };

  #arm(): void {
    if (this.#turning) return;
    const at = this.#agenda.firstAt;
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
      for (let entry = this.#agenda.due(now); entry !== undefined; entry = this.#agenda.due(now)) {
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
    if (entry.moment === undefined) return; // it removed itself
    const next = entry.task.nextAt();
    if (next === undefined) this.#agenda.take(entry);
    // One that still wants what is past would hold the loop: it is called in the next turn.
    else this.#agenda.place(entry, next > now ? firstLook(next, now) : now + 1);
  }

  #noticeSuspend(now: number): void {
    const wall = this.#clock.wallNow();
    const slept = wall - this.#wall - (now - this.#monotonic);
    this.#wall = wall;
    this.#monotonic = now;
    if (slept < SUSPEND_MS) return;
    for (const entry of this.#agenda.all()) {
      entry.task.suspended(now);
      this.#again(entry, now);
    }
  }
}

/** A task and its place. */
class Entry implements Placed<Entry>, ScheduledTask {
  readonly task: Scheduled;
  moment: Moment<Entry> | undefined;
  slot = 0;
  readonly #place: (entry: Entry, at: number) => void;
  readonly #take: (entry: Entry) => void;

  constructor(
    task: Scheduled,
    place: (entry: Entry, at: number) => void,
    take: (entry: Entry) => void,
  ) {
    this.task = task;
    this.#place = place;
    this.#take = take;
  }

  touch(): void {
    const at = this.task.nextAt();
    if (at === undefined || (this.moment !== undefined && at >= this.moment.at)) return;
    this.#place(this, at);
  }

  remove(): void {
    this.#take(this);
  }
}

/** When to look at a task that wants to be called at `at`: early by {@link LOOK_MS} at most. */
function firstLook(at: number, now: number): number {
  const early = Math.floor(at / LOOK_MS) * LOOK_MS;
  return early > now ? early : at;
}
