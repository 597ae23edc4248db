/**
 * Time that passes only when nothing is left to do.
 *
 * A clock is shared by the sides of one world, such as a harness and its
 * testee. What is to happen waits in one queue, in the order of its time; at
 * one time the timers come first, then what the network brings, then what
 * waits for both, as the event loop of a process has it.
 */
import type { Time } from "./time.ts";

/** In which order things happen that happen at the same time. */
const Phase = { timer: 0, read: 1, turn: 2 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** No timer of Node fires sooner. */
const LEAST_DELAY_NS = 1e6;
/** Nothing that comes to an end has so much to do at one moment. */
const MAX_AT_ONE_TIME = 100_000;

interface Entry {
  /** When it happens: later than `dueNs` if its side was stopped then. */
  atNs: number;
  readonly dueNs: number;
  readonly phase: Phase;
  readonly order: number;
  readonly side: VirtualSide;
  act: (() => void) | undefined;
}

export class VirtualClock {
  readonly #queue: Entry[] = [];
  #nowNs = 0;
  #order = 0;
  #atThisTime = 0;

  /** A program on this clock, which can be stopped by itself. */
  side(): VirtualSide {
    return new VirtualSide(this);
  }

  get nowNs(): number {
    return this.#nowNs;
  }

  /** Looks at the clock, which takes a nanosecond: no two things are seen at the same time. */
  read(): number {
    this.#nowNs += 1;
    return this.#nowNs;
  }

  /**
   * Does the next thing, at its time; false if there is none. Whoever calls
   * this must see to it that all that the last one set off has come to rest.
   */
  step(): boolean {
    for (;;) {
      const entry = pop(this.#queue);
      if (entry === undefined) return false;
      const { act, side } = entry;
      if (act === undefined) continue;
      if (side.stoppedUntilNs > entry.atNs) {
        entry.atNs = side.stoppedUntilNs;
        push(this.#queue, entry);
        continue;
      }
      this.#atThisTime = entry.atNs <= this.#nowNs ? this.#atThisTime + 1 : 0;
      if (this.#atThisTime > MAX_AT_ONE_TIME)
        throw new Error(`time stands still at ${this.#nowNs / 1e6} ms`);
      this.#nowNs = Math.max(this.#nowNs, entry.atNs);
      entry.act = undefined;
      act();
      return true;
    }
  }

  /** For {@link VirtualSide}: returns how to prevent it. */
  schedule(side: VirtualSide, delayNs: number, phase: Phase, act: () => void): () => void {
    const dueNs = this.#nowNs + delayNs;
    const entry: Entry = { atNs: dueNs, dueNs, phase, order: this.#order++, side, act };
    push(this.#queue, entry);
    return () => {
      entry.act = undefined;
    };
  }
}

/** One program: its timers, its reads. */
export class VirtualSide implements Time {
  readonly #clock: VirtualClock;
  #stoppedUntilNs = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  get stoppedUntilNs(): number {
    return this.#stoppedUntilNs;
  }

  now(): bigint {
    return BigInt(this.#clock.read());
  }

  after(ms: number, act: () => void): () => void {
    // Upwards: a timer that fires before its time would be set again for ever.
    const delayNs = Math.max(LEAST_DELAY_NS, Math.ceil(ms * 1e6));
    return this.#clock.schedule(this, delayNs, Phase.timer, act);
  }

  turn(act: () => void): void {
    this.#clock.schedule(this, 0, Phase.turn, act);
  }

  /** The network has something for this side after so many nanoseconds. */
  read(delayNs: number, act: () => void): void {
    this.#clock.schedule(this, delayNs, Phase.read, act);
  }

  /**
   * Stops this side: what is due meanwhile happens afterwards, its timers
   * first and then what the network has kept for it, as in a stopped process.
   */
  stall(ms: number): void {
    const untilNs = this.#clock.nowNs + Math.ceil(ms * 1e6);
    this.#stoppedUntilNs = Math.max(this.#stoppedUntilNs, untilNs);
  }
}

/** True if `a` happens before `b`. */
function precedes(a: Entry, b: Entry): boolean {
  if (a.atNs !== b.atNs) return a.atNs < b.atNs;
  if (a.phase !== b.phase) return a.phase < b.phase;
  if (a.dueNs !== b.dueNs) return a.dueNs < b.dueNs;
  return a.order < b.order;
}

/** A binary heap, the first to happen on top. */
function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above] as Entry;
    if (!precedes(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let below = 2 * at + 1;
    const right = heap[below + 1];
    if (right !== undefined && precedes(right, heap[below] as Entry)) below += 1;
    const child = heap[below];
    if (child === undefined || !precedes(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
  return first;
}
