import type { CaseResult, CheckResult, Clause, Level, Report } from "../model.ts";
import { CLOSE_CODES } from "../wire/close-codes.ts";
import { needsAttention } from "./verdicts.ts";

/**
 * The checks that made a result what it is: those that need attention, worst first, and last those
 * that are not scored or that a baseline expects. Where the case stopped at a step, that step is
 * the cause of all it did not come to, and leads.
 */
export function badChecks(result: CaseResult): readonly CheckResult[] {
  const bad = result.checks.filter((check) => needsAttention(check.verdict));
  const own = bad.filter((check) => check.verdict === result.verdict);
  const others = bad.filter((check) => check.verdict !== result.verdict);
  const sorted = [...own, ...others].sort((a, b) => placeOf(a) - placeOf(b));
  return [...sorted.filter(counts), ...sorted.filter((check) => !counts(check))];
}

function placeOf({ id, notReached }: CheckResult): number {
  if (notReached === true) return 2;
  return id.endsWith("/steps") ? 0 : 1;
}

/** The checks beside the first that came to something, and the names of those the case never came to. */
export function besideFirst(checks: readonly CheckResult[]): {
  readonly others: readonly CheckResult[];
  readonly notReached: string | undefined;
} {
  const rest = checks.slice(1);
  const missed = rest.filter(({ notReached }) => notReached === true);
  const names = missed.map((check) => checkName(check).replace(/^[^/]*\//, ""));
  return {
    others: rest.filter(({ notReached }) => notReached !== true),
    notReached: missed.length === 0 ? undefined : `not reached: ${names.join(", ")}`,
  };
}

/** Whether a check makes a result bad. */
function counts({ scored, expectation }: CheckResult): boolean {
  return scored !== false && expectation === undefined;
}

/** The name of a check, and why it does not count if it does not. */
export function checkName({ id, scored, expectation }: CheckResult): string {
  if (scored === false) return `${id} (not scored)`;
  return expectation === undefined ? id : `${id} (expected)`;
}

/** The clauses of a report by id. */
export function clausesById(report: Pick<Report, "clauses">): ReadonlyMap<string, Clause> {
  return new Map(report.clauses.map((clause) => [clause.id, clause]));
}

/**
 * How the first connection ended, as it crossed the wire: "the testee closed with
 * HEARTBEAT_TIMEOUT after 391 ms".
 */
export function endingWords({ ending, trace }: CaseResult): string {
  for (const event of trace.events) {
    if (event.conn !== 0) continue;
    const after = `after ${Math.round(event.atNs / 1e6)} ms`;
    if (event.kind === "frame" && event.frame.body === "close") {
      const code = event.frame.close?.code ?? 0;
      const name = CLOSE_CODES.find((row) => row.code === code)?.name ?? `code ${code}`;
      const who = event.direction === "received" ? "testee" : "harness";
      return `the ${who} closed with ${name} ${after}`;
    }
    if (event.kind === "end") return `the ${event.by} ended it (${event.how}) ${after}`;
  }
  return ending === "none" ? "there was no connection" : "the connection stayed open";
}

/** How much a sentence asks for, in its own word; that of the check which judges it if it has none. */
export function levelWord(sentence: string | undefined, level: Level): string {
  return sentence?.match(/\b(MUST|SHOULD|MAY)\b/)?.[0] ?? level.toUpperCase();
}

/** Milliseconds as people read them: "840 ms", "12.3 s", "2 min 05 s". */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}
