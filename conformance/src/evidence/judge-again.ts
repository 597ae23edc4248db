/** Judges saved traces with the catalogue of today. No socket is opened, and no clock is asked. */
import { judge } from "../judge/judge.ts";
import type { CaseResult, CheckResult, Verdict } from "../model.ts";
import { endingOf, maxLagMs, mergeVerdicts } from "../runner/verdicts.ts";
import type { SavedCase } from "./load.ts";

/** One check, or the case as a whole, that is not judged as it was. */
export interface Change {
  readonly id: string;
  /** Absent: it is new. */
  readonly before?: Verdict;
  /** Absent: it is no more. */
  readonly after?: Verdict;
}

export interface JudgedAgain {
  readonly result: CaseResult;
  /** Absent where no verdict was saved to compare with. */
  readonly changes?: readonly Change[];
}

export function judgeAgain(saved: SavedCase): JudgedAgain {
  const { spec, trace, verdict: before } = saved;
  const { caseId, transport, role } = trace;
  // What a trace does not show stays as it was said: a testee that died, or that refused.
  const isOfTrace = before?.reason === undefined;
  const checks = isOfTrace ? judge(spec, trace) : before.checks;
  const { expectation: _, evidence: __, scored: ___, ...kept } = before ?? {};
  const result: CaseResult = {
    durationMs: Math.round((trace.events.at(-1)?.atNs ?? 0) / 1e6),
    attempts: 1,
    repro: `npx pulsewire-conformance judge ${saved.file}`,
    ...kept,
    caseId,
    title: spec.title,
    family: spec.family,
    transport,
    role,
    verdict: isOfTrace ? mergeVerdicts(checks) : before.verdict,
    ending: endingOf(trace),
    checks,
    maxLagMs: maxLagMs(trace),
    trace,
    stderr: saved.stderr,
  };
  return { result, ...(before === undefined ? {} : { changes: changesOf(before.checks, checks) }) };
}

function changesOf(before: readonly CheckResult[], after: readonly CheckResult[]): Change[] {
  const old = new Map(before.map((check) => [check.id, check.verdict]));
  const now = new Map(after.map((check) => [check.id, check.verdict]));
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((id) => {
    const was = old.get(id);
    const is = now.get(id);
    if (was === is) return [];
    return [
      {
        id,
        ...(was === undefined ? {} : { before: was }),
        ...(is === undefined ? {} : { after: is }),
      },
    ];
  });
}
