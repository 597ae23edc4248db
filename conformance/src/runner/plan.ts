/** Which cases run where: the catalogue times transports times roles. */

import type { CaseSpec } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { glob } from "../glob.ts";
import type { Role, TesteeInfo, TransportName } from "../model.ts";
import type { Job } from "./run-case.ts";

/** What the user asked for; everything if a list is absent. */
export interface Selection {
  readonly cases?: readonly string[];
  readonly transports?: readonly TransportName[];
  readonly roles?: readonly Role[];
}

/** How a case is run against a peer that cannot be configured, or why it is not. */
export type Fit =
  | { readonly why: string }
  | {
      readonly unitMs: number;
      /** The peer must hear something so often, or it ends the connection; absent: no matter. */
      readonly lifeEveryMs?: number;
    };

/** True if an id or a family fits a pattern in which `*` stands for anything. */
export function fits(spec: CaseSpec, pattern: string): boolean {
  const whole = glob(pattern);
  return whole.test(spec.id) || whole.test(spec.family);
}

/** Patterns that fit no case: a typo must not look like success. */
export function idlePatterns(
  catalogue: readonly CaseSpec[],
  patterns: readonly string[],
): string[] {
  return patterns.filter((pattern) => !catalogue.some((spec) => fits(spec, pattern)));
}

/** The jobs, in the order in which they are reported. */
export function planJobs(catalogue: readonly CaseSpec[], selection: Selection): Job[] {
  const { cases, transports, roles } = selection;
  const jobs: Job[] = [];
  for (const spec of catalogue) {
    if (cases !== undefined && !cases.some((pattern) => fits(spec, pattern))) continue;
    for (const transport of spec.transports) {
      if (transports !== undefined && !transports.includes(transport)) continue;
      for (const role of spec.roles)
        if (roles === undefined || roles.includes(role)) jobs.push({ spec, transport, role });
    }
  }
  return jobs;
}

/** Why a job does not apply to this testee, if it does not. */
export function whyNotApplicable(job: Job, testee: TesteeInfo): string | undefined {
  if (!testee.transports.includes(job.transport))
    return `the testee does not claim ${job.transport}`;
  if (!testee.roles.includes(job.role)) return `the testee does not claim the role ${job.role}`;
  const missing = job.spec.features.find((feature) => !testee.features.includes(feature));
  return missing === undefined ? undefined : `the testee does not claim the feature ${missing}`;
}

/** Roughly how long a case takes, in milliseconds: the longest are started first. */
export function estimateMs(spec: CaseSpec, unitMs: number): number {
  let total = 0;
  for (const step of spec.steps) {
    if (step.verb === "wait") total += parseTime(step.args, unitMs);
    else if (step.verb === "expect" || step.verb === "expect_end")
      total += parseTime(step.args.within, unitMs);
    else if (step.verb === "repeat") total += step.args.count * parseTime(step.args.every, unitMs);
    else if (step.verb === "slice") total += step.args.pieces * parseTime(step.args.every, unitMs);
  }
  return total;
}
