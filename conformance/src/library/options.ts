/** Reads the options of a suite; what is wrong with one is said before anything is started. */
import type { CaseSpec } from "../cases/model.ts";
import type { Role, TransportName } from "../model.ts";
import { idlePatterns, planJobs } from "../runner/plan.ts";
import type { Job } from "../runner/run-case.ts";
import type { RequirementSet, RequirementsName } from "../scoring/requirements.ts";
import type { ConformanceOptions } from "./suite.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];
const REQUIREMENTS: readonly RequirementsName[] = ["1", "latest"];
const MIN_UNIT_MS = 100;
const MAX_UNIT_MS = 10_000;
const MAX_CONCURRENCY = 256;

export const DEFAULT_UNIT_MS = 200;
export const DEFAULT_CONCURRENCY = 28;

/** The jobs that are asked for; throws RangeError or TypeError if that is nothing, or nonsense. */
export function selectJobs(
  catalogue: readonly CaseSpec[],
  required: RequirementSet,
  { testee, cases, transports, roles, unitMs, concurrency, requirements }: ConformanceOptions,
): readonly Job[] {
  if (typeof testee !== "string" || testee.trim() === "")
    throw new TypeError("testee: give the command line that starts the peer");
  requireKnown("transports", transports, TRANSPORTS);
  requireKnown("roles", roles, ROLES);
  requireKnown("requirements", requirements === undefined ? [] : [requirements], REQUIREMENTS);
  requireWhole("unitMs", unitMs, MIN_UNIT_MS, MAX_UNIT_MS);
  requireWhole("concurrency", concurrency, 1, MAX_CONCURRENCY);
  const [idle] = idlePatterns(catalogue, cases ?? []);
  if (idle !== undefined) throw new RangeError(`cases: no case fits "${idle}"`);
  const jobs = planJobs(catalogue, {
    ...(cases === undefined ? {} : { cases }),
    ...(transports === undefined ? {} : { transports }),
    ...(roles === undefined ? {} : { roles }),
  });
  if (jobs.length === 0) throw new RangeError("no case is for these transports and roles");
  const scored = jobs.filter(({ spec }) => required.has(spec.id));
  if (scored.length === 0)
    throw new RangeError('none of these cases is in the frozen set: choose requirements: "latest"');
  return scored;
}

function requireKnown(
  name: string,
  given: readonly string[] | undefined,
  known: readonly string[],
): void {
  const strange = given?.find((value) => !known.includes(value));
  if (strange !== undefined)
    throw new RangeError(`${name}: there is no "${strange}", choose from ${known.join(", ")}`);
}

function requireWhole(name: string, value: number | undefined, least: number, most: number): void {
  if (value !== undefined && (!Number.isInteger(value) || value < least || value > most))
    throw new RangeError(`${name}: give a whole number from ${least} to ${most}`);
}
