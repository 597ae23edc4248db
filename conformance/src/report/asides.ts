import type { CaseResult, Report } from "../model.ts";
import { placesOf } from "./findings.ts";
import { groupBy } from "./group.ts";
import { standingOf } from "./standing.ts";
import { needsAttention, plural } from "./verdicts.ts";

/** Results that nobody has to act on now, and that must not be forgotten either: one line each. */
export interface Aside {
  readonly title: string;
  readonly lines: readonly string[];
}

/**
 * What stands beside the findings: where a baseline no longer holds, what it expects, what does not
 * count, what was run again, and what did not apply and why.
 */
export function asidesOf(report: Report): readonly Aside[] {
  const { baseline, results } = report;
  const problems = (baseline?.problems ?? []).map(
    ({ kind, entry, line, sentence }) =>
      `${baseline?.file ?? "baseline"}:${line} ${entry} (${kind}): ${sentence}`,
  );
  const expected = results.filter((result) => standingOf(result) === "expected");
  const unscored = results.filter((result) => standingOf(result) === "unscored");
  const again = results.filter((result) => result.setAside !== undefined || result.attempts > 1);
  const unclaimed = results.filter((result) => result.verdict === "na");
  return [
    { title: "The baseline no longer holds", lines: problems },
    { title: "Expected to fail", lines: tellEach(expected, expectationText) },
    { title: "Not scored", lines: tellEach(unscored, ({ verdict }) => verdict) },
    { title: "Run again, because this machine was late", lines: tellEach(again, attemptsText) },
    { title: "Not applicable", lines: tellReasons(unclaimed) },
  ].filter(({ lines }) => lines.length > 0);
}

function expectationText({ expectation }: CaseResult): string {
  return `${expectation?.status}, until ${expectation?.expires}: ${expectation?.issue}`;
}

function attemptsText({ attempts, verdict, setAside }: CaseResult): string {
  const left = new Set(setAside?.flatMap(({ checks }) => checks.map(({ id }) => id)));
  const which = left.size === 0 ? "" : `; left open before: ${[...left].join(", ")}`;
  const outcome = needsAttention(verdict) ? `${verdict} in the end` : "well in the end";
  return `${attempts} attempts, ${outcome}${which}`;
}

/** A line for each case and what is to be said of it, with all the places it is true of. */
function tellEach(
  results: readonly CaseResult[],
  say: (result: CaseResult) => string,
): readonly string[] {
  const groups = groupBy(results, (result) => `${result.caseId}\n${say(result)}`);
  return [...groups.values()].map(
    (group) => `${group[0].caseId} ${placesOf(group)}: ${say(group[0])}`,
  );
}

function tellReasons(results: readonly CaseResult[]): readonly string[] {
  const groups = groupBy(results, ({ reason }) => reason ?? "no reason was given");
  return [...groups].map(([reason, { length }]) => `${plural(length, "result")}: ${reason}`);
}
