import type { CaseResult, Report } from "../model.ts";
import { needsAttention } from "./verdicts.ts";

/**
 * What a result weighs: it counts, or a baseline expects it to be as bad as it is, or its case came
 * after the set of requirements was frozen.
 */
export type Standing = "counts" | "expected" | "unscored";

export function standingOf(result: CaseResult): Standing {
  if (result.scored === false) return "unscored";
  // A flaky case that passed this time is no expected failure: it passed.
  return result.expectation !== undefined && needsAttention(result.verdict) ? "expected" : "counts";
}

/** The results that the verdict on the run rests on. */
export function resultsThatCount(report: Report): readonly CaseResult[] {
  return report.results.filter((result) => standingOf(result) === "counts");
}

/** Whether somebody has to look at a result. */
export function isFinding(result: CaseResult): boolean {
  return needsAttention(result.verdict) && standingOf(result) === "counts";
}
