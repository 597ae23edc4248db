/**
 * The cases and checks that a claim of conformance rests on.
 *
 * The catalogue grows; a set is frozen. So a new version of the suite turns no
 * claim red that was true: what was added later is run and shown, and is scored
 * only by whoever asks for the latest.
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { CaseSpec } from "../cases/model.ts";
import { FAREWELL } from "../judge/always.ts";
import type { CaseResult, Requirements } from "../model.ts";
import { mergeVerdicts } from "../runner/verdicts.ts";

export type RequirementsName = Requirements["set"];

/** Checks of every case: that it came to its end, and lawful frames. */
const ALWAYS = ["steps", "wire"];

/** Cases, each with the names of its checks. */
export type RequirementSet = ReadonlyMap<string, ReadonlySet<string>>;

/** The frozen set of protocol version 1. */
export function loadFrozenSet(): RequirementSet {
  const url = new URL("../../requirements/1.yaml", import.meta.url);
  const { cases } = parse(readFileSync(url, "utf8")) as {
    readonly cases: Readonly<Record<string, readonly string[]>>;
  };
  return new Map(Object.entries(cases).map(([id, checks]) => [id, new Set(checks)]));
}

/** All that a catalogue has: what is frozen before a release. */
export function completeSet(catalogue: readonly CaseSpec[]): RequirementSet {
  return new Map(catalogue.map((spec) => [spec.id, new Set(checkNames(spec))]));
}

/** The names of a case's checks, with those of its fences and of the goodbye after the last one. */
export function checkNames(spec: CaseSpec): string[] {
  const fences = spec.steps.filter(({ verb }) => verb === "fence");
  return [
    ...spec.checks.map(({ id }) => id),
    ...fences.map((_, index) => (index === 0 ? "fence" : `fence-${index + 1}`)),
    ...(spec.steps.at(-1)?.verb === "fence" ? [FAREWELL] : []),
    ...ALWAYS,
  ];
}

/** Says of each result, and of each check in it, whether it is scored; a case is judged by what is. */
export function scoreResults(
  results: readonly CaseResult[],
  required: RequirementSet,
): CaseResult[] {
  return results.map((result) => {
    const names = required.get(result.caseId);
    if (names === undefined) return { ...result, scored: false };
    const checks = result.checks.map((check) => {
      const name = check.id.slice(check.id.indexOf("/") + 1);
      return names.has(name) ? check : ({ ...check, scored: false } as const);
    });
    const scored = checks.filter((check) => check.scored !== false);
    if (scored.length === checks.length) return result;
    // With a reason the verdict is not that of the checks.
    const verdict = result.reason === undefined ? mergeVerdicts(scored) : result.verdict;
    return { ...result, checks, verdict };
  });
}

/** What a report says of the set. */
export function describeSet(set: RequirementsName, required: RequirementSet): Requirements {
  const checks = [...required.values()].reduce((sum, names) => sum + names.size, 0);
  return { set, cases: required.size, checks };
}
