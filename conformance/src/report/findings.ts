import type { CaseResult, CheckResult, Report, Verdict } from "../model.ts";
import { badChecks, checkName } from "./evidence.ts";
import { groupBy } from "./group.ts";
import { bindingKey } from "./layout.ts";
import { isFinding } from "./standing.ts";
import { VERDICTS } from "./verdicts.ts";

/**
 * One thing that somebody has to look at: a case that went wrong in the same way in one place or
 * in several. A peer that is broken is broken on every transport, and is told of once.
 */
export interface Finding {
  readonly verdict: Verdict;
  readonly caseId: string;
  readonly title: string;
  /** Every place, in the order in which they were run; the first is shown in full. */
  readonly results: readonly [CaseResult, ...CaseResult[]];
  /** The checks that made it so, worst first; none if the case did not come to a check. */
  readonly checks: readonly CheckResult[];
  /** A command that repeats all of it. */
  readonly again: string;
}

/** What has to be looked at, the worst first. */
export function findingsOf(report: Pick<Report, "results">): readonly Finding[] {
  const groups = groupBy(report.results.filter(isFinding), (result) =>
    JSON.stringify([result.verdict, result.caseId, causeOf(result)]),
  );
  const rank = new Map(VERDICTS.map(({ verdict }, index) => [verdict, index]));
  return [...groups.values()]
    .map((results) => {
      const [{ verdict, caseId, title }] = results;
      const checks = badChecks(results[0]);
      return { verdict, caseId, title, results, checks, again: againOf(results) };
    })
    .sort((a, b) => (rank.get(a.verdict) ?? 0) - (rank.get(b.verdict) ?? 0));
}

/** What two results have in common if they failed for the same cause, as far as a machine can tell. */
function causeOf(result: CaseResult): readonly string[] {
  const ids = badChecks(result).map(checkName);
  return ids.length > 0 ? ids.sort() : [result.reason ?? ""];
}

/**
 * One command for all of it, if the places are so many transports times so many roles; otherwise
 * the command of the first. What is everything is left out.
 */
function againOf(results: readonly [CaseResult, ...CaseResult[]]): string {
  const [first] = results;
  const transports = [...new Set(results.map(({ transport }) => transport))];
  const roles = [...new Set(results.map(({ role }) => role))];
  if (transports.length * roles.length !== results.length) return first.repro;
  // The last of each is ours: the command line of the testee, which stands before, may have its own.
  const everywhere = replaceLast(
    first.repro,
    ` --transport ${first.transport}`,
    choice("--transport", transports, 3),
  );
  return replaceLast(everywhere, ` --role ${first.role}`, choice("--role", roles, 2));
}

function replaceLast(text: string, old: string, replacement: string): string {
  const at = text.lastIndexOf(old);
  return at < 0 ? text : text.slice(0, at) + replacement + text.slice(at + old.length);
}

function choice(option: string, chosen: readonly string[], all: number): string {
  return chosen.length === all ? "" : ` ${option} ${chosen.join(",")}`;
}

/** The places of some results: "tcp dial/listen, ws dial". */
export function placesOf(results: readonly CaseResult[]): string {
  return [...groupBy(results, ({ transport }) => transport)]
    .map(([transport, each]) => `${transport} ${each.map(({ role }) => role).join("/")}`)
    .join(", ");
}

/** A sentence that was broken, and by how many cases. */
export interface BrokenSentence {
  readonly clause: string;
  readonly cases: number;
}

/** The sentences that were broken, the one that most cases found so first: a common cause shows here. */
export function brokenSentences(findings: readonly Finding[]): readonly BrokenSentence[] {
  const cases = new Map<string, Set<string>>();
  for (const { caseId, checks } of findings) {
    // The first of the checks alone: what else went wrong mostly follows from that.
    const [first] = checks;
    if (first?.notReached === true) continue;
    for (const clause of first?.clauses ?? [])
      cases.set(clause, (cases.get(clause) ?? new Set()).add(caseId));
  }
  return [...cases]
    .map(([clause, ids]) => ({ clause, cases: ids.size }))
    .sort((a, b) => b.cases - a.cases);
}

/** How many cases did well in every place in which they were judged, and how many were judged. */
export function caseScore(report: Report): { readonly good: number; readonly judged: number } {
  const judged = new Map<string, boolean>();
  for (const result of report.results) {
    if (result.scored === false || result.verdict === "na" || result.verdict === "info") continue;
    const isGood = result.verdict === "pass" || result.verdict === "warn";
    judged.set(result.caseId, isGood && (judged.get(result.caseId) ?? true));
  }
  return { good: [...judged.values()].filter(Boolean).length, judged: judged.size };
}

/** The address of a result in the page, as in `index.html#case=ADP-001/tcp/dial`. */
export function addressOf(result: CaseResult): string {
  return `#case=${encodeURIComponent(result.caseId)}/${bindingKey(result)}`;
}
