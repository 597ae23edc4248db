/** How late this machine was while a trace was made, and what is allowed for it. */
import { UNNOTICED_MS } from "../trace/stall-monitor.ts";
import { type Tolerance, toleranceFor } from "./tolerance.ts";

const NS_PER_MS = 1e6;

/** Stalls that are no further apart are one: between them our process did not come to read. */
const CONTIGUOUS_NS = 7 * NS_PER_MS;
/** What is read so soon after a stall may have waited for the end of it. */
const AFTER_STALL_NS = 15 * NS_PER_MS;

/** A stretch in which our process may have had something to read, and did not. */
interface Stall {
  readonly fromNs: number;
  readonly toNs: number;
}

/** What of the events of a trace is of use here, whatever else they are. */
interface LatenessEvent {
  readonly kind: string;
  readonly atNs: number;
  readonly lagNs?: number;
  readonly waitNs?: number;
}

export class Lateness {
  readonly tolerance: Tolerance;
  readonly #unitMs: number;
  readonly #events: readonly LatenessEvent[];
  readonly #stalls: readonly Stall[];

  constructor(events: readonly LatenessEvent[], unitMs: number) {
    this.tolerance = toleranceFor(unitMs);
    this.#unitMs = unitMs;
    this.#events = events;
    this.#stalls = stallsOf(events);
  }

  /** When the last thing was recorded. */
  get lastAt(): number {
    return this.#events.at(-1)?.atNs ?? 0;
  }

  /** The greatest lag of the harness that touches [from, to], in nanoseconds. */
  lag(from: number, to: number): number {
    let greatest = 0;
    for (const { fromNs, toNs } of this.#stalls)
      if (toNs >= from && fromNs <= to) greatest = Math.max(greatest, toNs - fromNs);
    return greatest;
  }

  /** The longest that the machine kept the testee waiting in [from, to], in nanoseconds. */
  starved(from: number, to: number): number {
    let longest = 0;
    for (const { kind, atNs, waitNs = 0 } of this.#events)
      if (kind === "starved" && atNs >= from && atNs - waitNs <= to)
        longest = Math.max(longest, waitNs);
    return longest;
  }

  /**
   * By how much what we saw at a moment may have happened before it, in nanoseconds. What comes
   * after it in its own time then looks early.
   */
  seenLate(at: number): number {
    let greatest = 0;
    for (const { fromNs, toNs } of this.#stalls)
      if (fromNs <= at && at <= toNs + AFTER_STALL_NS) greatest = Math.max(greatest, at - fromNs);
    return greatest;
  }

  /**
   * The allowance for lateness in [from, to], in nanoseconds: the tolerance, and our own lag. A lag
   * in what is tolerated counts too: what came in it came in time, and was seen at the end of it.
   */
  late(from: number, to: number): number {
    const tolerated = this.tolerance.lateMs * NS_PER_MS;
    return tolerated + this.lag(from, to + tolerated);
  }

  /** How long this machine kept us, or the testee, from what was due in [from, to], in nanoseconds. */
  delay(from: number, to: number): number {
    return Math.max(this.lag(from, to), this.starved(from, to));
  }

  /** Whether either was kept for so long, by a moment, that what came of it may lie anywhere after. */
  wasStopped(byNs: number): boolean {
    return this.delay(0, byNs) >= this.unitNs / 2;
  }

  /** One unit, in nanoseconds. */
  get unitNs(): number {
    return this.#unitMs * NS_PER_MS;
  }

  /** The allowance for being early, in nanoseconds. */
  get early(): number {
    return this.tolerance.earlyMs * NS_PER_MS;
  }

  /** The allowance for being early after what we saw at a moment, and not did ourselves. */
  earlyAfterSeen(at: number): number {
    return Math.max(this.early + this.seenLate(at), UNNOTICED_MS * NS_PER_MS);
  }
}

/**
 * What was measured of our own lag. A turn of the event loop reads what was there when it began, so
 * what comes while one long turn goes on is read in the course of the next: a stall counts together
 * with those it follows at once, however many they are.
 */
function stallsOf(events: readonly LatenessEvent[]): Stall[] {
  const single = events.flatMap(({ kind, atNs, lagNs = 0 }) =>
    kind === "lag" ? [{ fromNs: atNs - lagNs, toNs: atNs }] : [],
  );
  const stalls: Stall[] = [];
  for (const { fromNs, toNs } of single.sort((a, b) => a.toNs - b.toNs)) {
    let begin = fromNs;
    for (let at = stalls.length - 1; at >= 0; at -= 1) {
      const before = stalls[at] as Stall;
      if (before.toNs < begin - CONTIGUOUS_NS) break;
      begin = Math.min(begin, before.fromNs);
    }
    stalls.push({ fromNs: begin, toNs });
  }
  return stalls;
}
