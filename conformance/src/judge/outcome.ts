/** What a check found, and how it becomes a verdict. */
import type { Level, Verdict, Window } from "../model.ts";
import type { Lateness } from "./lateness.ts";

/** The finding of one check. */
export interface Finding {
  /** `undefined`: there was nothing to judge, and `seen` says why. */
  readonly ok: boolean | undefined;
  readonly expected: string;
  readonly seen: string;
  readonly windows?: readonly Window[];
  /**
   * Of a failure: how far beyond its bound it was, in nanoseconds. A wrong value
   * is infinitely far; what nothing is known of is not far at all.
   */
  readonly missNs?: number;
  /** What was seen is wrong in itself, whenever it came: no lateness of ours makes a peer say it. */
  readonly wrongValue?: true;
  /** The case never came to what this speaks of. */
  readonly notReached?: true;
  /** A lag since this moment may be the cause, where that is before the windows. */
  readonly causeFromNs?: number;
  /** Of what came too early: only a lag before this moment can be the cause of it. */
  readonly causeBeforeNs?: number;
}

/** The miss of what no lag can explain. */
export const INEXCUSABLE: number = Number.POSITIVE_INFINITY;

/** Beyond so many times our own lag, the lag is no explanation. */
const LAG_EXPLAINS = 2;

/** A finding for a case that never came to the moment a check speaks of. */
export function notReached(anchor: string, expected: string): Finding {
  return { ok: false, expected, seen: `the case never came to "${anchor}"`, notReached: true };
}

/**
 * The verdict on a finding.
 *
 * Only a failure can be excused by our own lag: what was seen in time was seen
 * in time. It is excused if the harness lagged by more than half of what it
 * allows the testee, and if the miss is small enough for that lag to be the
 * cause. No lag turns one heartbeat-time into another.
 *
 * A lag of half a unit or more, at any time before, is another matter: what we
 * had to send came late by so much that the testee may have been right to do
 * what it did, however far that is from what the case expects.
 *
 * A testee that the machine kept from running is excused like ourselves; but
 * nothing is added to what it is allowed, so that it never passes by that.
 */
export function verdictOf(finding: Finding, level: Level, view: Lateness): Verdict {
  if (finding.ok === undefined) return "na";
  if (level === "info") return "info";
  if (finding.ok) return "pass";
  return isExcused(finding, view) ? "inconclusive" : level === "must" ? "fail" : "warn";
}

function isExcused(finding: Finding, view: Lateness): boolean {
  const { windows = [], missNs = 0, causeBeforeNs } = finding;
  if (missNs === INEXCUSABLE) return false;
  const begins = windows.map((window) => window.fromNs);
  const from =
    windows.length === 0 ? 0 : Math.min(...begins, finding.causeFromNs ?? begins[0] ?? 0);
  const to = windows.length === 0 ? view.lastAt : Math.max(...windows.map((window) => window.toNs));
  const isStopped = finding.wrongValue !== true && view.wasStopped(causeBeforeNs ?? to);
  if (causeBeforeNs !== undefined || isStopped) return isStopped;
  const delayed = view.delay(from, to);
  return delayed > (view.tolerance.lateMs / 2) * 1e6 && missNs <= LAG_EXPLAINS * delayed;
}
