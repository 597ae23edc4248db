/** From checks to a case, from cases to an exit code. */
import { FINISH } from "../judge/view.ts";
import type { CaseResult, CheckResult, Ending, Report, Trace, Verdict } from "../model.ts";

/** The worst first. A failure is a finding; an error only says that there is none. */
const WORST_FIRST: readonly Verdict[] = [
  "fail",
  "untestable",
  "error",
  "inconclusive",
  "warn",
  "pass",
  "info",
  "na",
];

/** The verdict of a case: the worst of its checks. A case without checks is an error. */
export function mergeVerdicts(checks: readonly Pick<CheckResult, "verdict">[]): Verdict {
  const found = new Set(checks.map((check) => check.verdict));
  return WORST_FIRST.find((verdict) => found.has(verdict)) ?? "error";
}

/** How the first connection ended, apart from the verdict. */
export function endingOf(trace: Trace): Ending {
  const finish = trace.events.findIndex((event) => event.kind === "step" && event.step === FINISH);
  // What comes after the steps is the farewell of the harness.
  const until = finish < 0 ? trace.events.length : finish;
  const events = trace.events.slice(0, until).filter((event) => event.conn === 0);
  if (!events.some((event) => event.kind === "open")) return "none";
  for (const event of events) {
    if (event.kind === "frame" && event.direction === "received" && event.frame.body === "close")
      return "coded";
    if (event.kind !== "end") continue;
    if (event.by === "harness") return "harness";
    if (event.how === "reset" || event.detail !== undefined) return "abrupt";
    if (event.how === "close-code" && (event.code ?? 0) >= 4000) return "coded";
    return "clean";
  }
  return "open";
}

/** The greatest lag of the harness in a trace, in milliseconds. */
export function maxLagMs(trace: {
  readonly events: readonly { readonly kind: string; readonly lagNs?: number }[];
}): number {
  let greatest = 0;
  for (const { kind, lagNs = 0 } of trace.events)
    if (kind === "lag") greatest = Math.max(greatest, lagNs);
  return Math.round(greatest / 1e5) / 10;
}

/** What went wrong beside the results. */
export interface Trouble {
  readonly testeeBroke: boolean;
  readonly harnessBug: boolean;
  /** This machine could not be trusted to judge by time. */
  readonly unfit?: boolean;
  /** An entry of the baseline no longer holds. */
  readonly baselineBroke?: boolean;
}

/** What the process exits with: see docs/conformance.md. */
export function exitCodeOf(
  results: readonly Pick<CaseResult, "verdict" | "scored" | "expectation">[],
  trouble: Trouble,
): Report["exitCode"] {
  // Nothing that a broken harness says is to be trusted.
  if (trouble.harnessBug) return 70;
  const scored = results.filter((result) => result.scored !== false);
  const judged = new Set(scored.map((result) => result.verdict));
  const news = new Set(
    scored.filter((result) => result.expectation === undefined).map((result) => result.verdict),
  );
  if (news.has("fail") || news.has("untestable") || trouble.baselineBroke === true) return 1;
  if (trouble.testeeBroke || news.has("error")) return 4;
  if (trouble.unfit === true || news.has("inconclusive")) return 2;
  // What was expected to be bad was judged as well.
  const isJudged = (["pass", "warn", "fail", "untestable", "error"] as const).some((verdict) =>
    judged.has(verdict),
  );
  return isJudged ? 0 : 3;
}
