/** What a run comes to: results as they are scored, what was expected of them, and an exit code. */
import type { CaseSpec } from "../cases/model.ts";
import type { CaseResult, Report } from "../model.ts";
import { exitCodeOf, type Trouble } from "../runner/verdicts.ts";
import { applyBaseline } from "./apply-baseline.ts";
import type { Baseline } from "./baseline.ts";
import {
  completeSet,
  describeSet,
  loadFrozenSet,
  type RequirementsName,
  scoreResults,
} from "./requirements.ts";

export interface Scoring {
  readonly catalogue: readonly CaseSpec[];
  readonly requirements: RequirementsName;
  readonly baseline?: Baseline;
  /** As 2027-01-31: entries of a baseline expire. */
  readonly today: string;
}

export type Conclusion = Pick<
  Report,
  "results" | "exitCode" | "requirements" | "baseline" | "problem"
>;

export function conclude(
  results: readonly CaseResult[],
  trouble: Trouble,
  scoring: Scoring,
): Conclusion {
  const { catalogue, requirements, baseline, today } = scoring;
  const required = requirements === "1" ? loadFrozenSet() : completeSet(catalogue);
  const scored = requirements === "latest" ? results : scoreResults(results, required);
  const laid =
    baseline === undefined ? undefined : applyBaseline(baseline, scored, catalogue, today);
  const final = laid?.results ?? scored;
  const nothingScored = final.length > 0 && final.every((result) => result.scored === false);
  return {
    results: final,
    requirements: describeSet(requirements, required),
    ...(laid === undefined ? {} : { baseline: laid.outcome }),
    ...(nothingScored
      ? {
          problem: `none of these cases is in the frozen set ${requirements}, so nothing was scored: add --requirements latest`,
        }
      : {}),
    exitCode: exitCodeOf(final, {
      ...trouble,
      baselineBroke: (laid?.outcome.problems.length ?? 0) > 0,
    }),
  };
}
