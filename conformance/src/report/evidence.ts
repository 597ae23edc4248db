import type { CaseResult, CheckResult, Clause, Level, Report, Verdict } from "../model.ts";
import { needsAttention } from "./verdicts.ts";

/** The checks that made a result what it is: those that need attention, worst first. */
export function badChecks(result: CaseResult): readonly CheckResult[] {
  const own = result.checks.filter((check) => check.verdict === result.verdict);
  const others = result.checks.filter(
    (check) => check.verdict !== result.verdict && needsAttention(check.verdict),
  );
  return [...own, ...others];
}

/** The clauses of a report by id. */
export function clausesById(report: Pick<Report, "clauses">): ReadonlyMap<string, Clause> {
  return new Map(report.clauses.map((clause) => [clause.id, clause]));
}

/** How a level is written in a sentence. */
export function levelWord(level: Level): string {
  return level === "info" ? "INFO" : level.toUpperCase();
}

/** The results with a verdict that has to be told, grouped so that the worst come first. */
export function resultsWith(
  report: Pick<Report, "results">,
  verdict: Verdict,
): readonly CaseResult[] {
  return report.results.filter((result) => result.verdict === verdict);
}

/** Milliseconds as people read them: "840 ms", "12.3 s", "2 min 05 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
