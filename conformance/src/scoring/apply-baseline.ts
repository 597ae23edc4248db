/** Lays a baseline over results: what was expected is no news, and what is no longer true has to go. */

import type { CaseSpec } from "../cases/model.ts";
import { glob } from "../glob.ts";
import type {
  BaselineOutcome,
  BaselineProblem,
  CaseResult,
  CheckResult,
  Expectation,
} from "../model.ts";
import type { Baseline, BaselineEntry } from "./baseline.ts";
import { checkNames } from "./requirements.ts";

/** A wildcard that excuses more results than this hides what nobody has looked at. */
const MOST_BY_WILDCARD = 20;

/** What one entry says of one result. */
export type EntryState =
  /** It is bad as expected. */
  | "bad"
  /** It is bad in another way. */
  | "other"
  /** It is not bad. */
  | "good"
  /** Nothing can be said: not claimed, not judged, inconclusive. */
  | "open";

export interface BaselineResult {
  readonly results: CaseResult[];
  readonly outcome: BaselineOutcome;
}

/** @param today as 2027-01-31. */
export function applyBaseline(
  baseline: Baseline,
  results: readonly CaseResult[],
  catalogue: readonly CaseSpec[],
  today: string,
): BaselineResult {
  const problems: BaselineProblem[] = [];
  const expected = new Map<CaseResult, CaseResult>();
  for (const entry of baseline.entries) {
    const found = problemsOf(entry, results, catalogue, today);
    problems.push(...found);
    // An entry that is out of date, or too wide to have been meant, excuses nothing.
    if (found.some(({ kind }) => kind === "expired" || kind === "wide")) continue;
    for (const result of results)
      if (covers(entry, result))
        expected.set(result, expect(entry, expected.get(result) ?? result));
  }
  const { file, entries } = baseline;
  return {
    results: results.map((result) => complete(expected.get(result) ?? result)),
    outcome: { file, entries: entries.length, problems },
  };
}

/** True if the entry speaks of this result, whatever became of it. */
export function covers(entry: BaselineEntry, result: CaseResult): boolean {
  const [pattern] = split(entry.case);
  return (
    (entry.transport ?? result.transport) === result.transport &&
    (entry.role ?? result.role) === result.role &&
    (glob(pattern).test(result.caseId) || glob(pattern).test(result.family))
  );
}

/** True if an entry of the status crash names the case: it had better run in a process of its own. */
export function mayCrash(
  baseline: Baseline | undefined,
  job: Pick<CaseResult, "caseId" | "family" | "transport" | "role">,
): boolean {
  return (
    baseline?.entries.some(
      (entry) => entry.status === "crash" && covers(entry, job as CaseResult),
    ) ?? false
  );
}

export function stateOf(entry: BaselineEntry, result: CaseResult): EntryState {
  const bad = badParts(entry, result);
  if (bad === undefined) return "open";
  if (bad === "other") return "other";
  if (bad.length === 0) return "good";
  const { match } = entry;
  return match === undefined || bad.some((text) => text.includes(match)) ? "bad" : "other";
}

/** What is bad about what the entry speaks of, in words. */
function badParts(entry: BaselineEntry, result: CaseResult): string[] | "other" | undefined {
  const { verdict } = result;
  if (entry.status === "crash") {
    if (verdict === "error") return [result.reason ?? ""];
    return isBad(verdict) ? "other" : isOpen(verdict) ? undefined : [];
  }
  const checks = entryChecks(entry, result);
  if (checks !== undefined) {
    if (checks.length === 0 || checks.every((check) => isOpen(check.verdict))) return undefined;
    return checks.filter((check) => isBad(check.verdict)).map((check) => check.seen);
  }
  if (verdict === "error") return "other";
  if (isOpen(verdict)) return undefined;
  if (!isBad(verdict)) return [];
  return [...badOf(result.checks).map((check) => check.seen), result.reason ?? ""];
}

/** The checks of a result that an entry names; undefined if it names the case. */
function entryChecks(entry: BaselineEntry, result: CaseResult): CheckResult[] | undefined {
  const [, pattern] = split(entry.case);
  if (pattern === undefined) return undefined;
  const fits = glob(pattern);
  return result.checks.filter(({ id }) => fits.test(id.slice(id.indexOf("/") + 1)));
}

/** Marks what is as expected. */
function expect(entry: BaselineEntry, result: CaseResult): CaseResult {
  const state = stateOf(entry, result);
  const isFlaky = entry.status === "flaky";
  if (state !== "bad" && !(isFlaky && state === "good")) return result;
  const expectation = toExpectation(entry);
  const checks = entryChecks(entry, result) ?? (state === "bad" ? badOf(result.checks) : []);
  const named = new Set(checks.filter((check) => isFlaky || isBad(check.verdict)));
  const marked = result.checks.map((check) =>
    named.has(check) && check.expectation === undefined ? { ...check, expectation } : check,
  );
  // An entry that names a check speaks for the case only together with all others.
  const isOfCase = split(entry.case)[1] === undefined && result.expectation === undefined;
  return { ...result, checks: marked, ...(isOfCase ? { expectation } : {}) };
}

/** A case is as expected if all that is bad in it is. */
function complete(result: CaseResult): CaseResult {
  if (result.expectation !== undefined) return result;
  const marked = result.checks.filter((check) => check.expectation !== undefined);
  const [first] = marked;
  if (first?.expectation === undefined) return result;
  const isWhole =
    !isOpen(result.verdict) &&
    result.reason === undefined &&
    badOf(result.checks).every((check) => check.expectation !== undefined);
  return isWhole ? { ...result, expectation: first.expectation } : result;
}

function problemsOf(
  entry: BaselineEntry,
  results: readonly CaseResult[],
  catalogue: readonly CaseSpec[],
  today: string,
): BaselineProblem[] {
  const problem = (kind: BaselineProblem["kind"], sentence: string): BaselineProblem => ({
    kind,
    entry: entry.case,
    line: entry.line,
    sentence,
  });
  if (!isKnown(entry, catalogue))
    return [
      problem(
        "unknown",
        `"${entry.case}" names no case or check that there is where it says: correct it (see "list" and "explain"), or remove it`,
      ),
    ];
  if (entry.expires < today)
    return [
      problem(
        "expired",
        `"${entry.case}" was to hold until ${entry.expires}: mend what ${entry.issue} is about, or give the entry a later day`,
      ),
    ];
  const covered = results.filter((result) => result.scored !== false && covers(entry, result));
  const inState = (state: EntryState): CaseResult[] =>
    covered.filter((result) => stateOf(entry, result) === state);
  const bad = inState("bad");
  if (isPattern(entry, covered) && bad.length > MOST_BY_WILDCARD)
    return [
      problem(
        "wide",
        `"${entry.case}" covers ${bad.length} results, and a wildcard may cover ${MOST_BY_WILDCARD}: name the cases one by one`,
      ),
    ];
  const problems: BaselineProblem[] = [];
  const others = inState("other");
  const [other] = others;
  if (other !== undefined)
    problems.push(
      problem(
        "mismatch",
        `"${entry.case}" is bad in another way than expected on ${placesOf(others)}: ${describe(other)}. Look at it; if it is the same defect, correct "match" or "status"`,
      ),
    );
  const good = inState("good");
  // A pattern is for many: it is out of date when nothing it covers is bad any more.
  const isStale =
    good.length > 0 && (!isPattern(entry, covered) || bad.length + others.length === 0);
  if (entry.status !== "flaky" && isStale)
    problems.push(
      problem(
        "stale",
        bad.length === 0
          ? `"${entry.case}" is no longer bad on ${placesOf(good)}: remove the entry`
          : `"${entry.case}" is no longer bad on ${placesOf(good)}: let the entry name only what is (on ${placesOf(bad)})`,
      ),
    );
  return problems;
}

function isKnown(entry: BaselineEntry, catalogue: readonly CaseSpec[]): boolean {
  const [casePattern, checkPattern] = split(entry.case);
  const ofCase = glob(casePattern);
  return catalogue.some(
    (spec) =>
      (ofCase.test(spec.id) || ofCase.test(spec.family)) &&
      (entry.transport === undefined || spec.transports.includes(entry.transport)) &&
      (entry.role === undefined || spec.roles.includes(entry.role)) &&
      (checkPattern === undefined ||
        checkNames(spec).some((name) => glob(checkPattern).test(name))),
  );
}

function describe(result: CaseResult): string {
  const [first] = badOf(result.checks);
  const said = result.reason ?? (first === undefined ? "" : `${first.id}: ${first.seen}`);
  return `${result.verdict}, ${said}`;
}

function placesOf(results: readonly CaseResult[]): string {
  const most = 4;
  const places = results.map(({ caseId, transport, role }) => `${caseId} ${transport} ${role}`);
  const more = places.length - most;
  return `${places.slice(0, most).join(", ")}${more > 0 ? ` and ${more} more` : ""}`;
}

function toExpectation({ status, case: entry, match, issue, expires }: BaselineEntry): Expectation {
  return { status, entry, ...(match === undefined ? {} : { match }), issue, expires };
}

/** What makes a run red. */
function isBad(verdict: CaseResult["verdict"]): boolean {
  return verdict === "fail" || verdict === "untestable" || verdict === "error";
}

function isOpen(verdict: CaseResult["verdict"]): boolean {
  return verdict === "inconclusive" || verdict === "na" || verdict === "info";
}

function badOf(checks: readonly CheckResult[]): CheckResult[] {
  return checks.filter((check) => isBad(check.verdict) && check.scored !== false);
}

/** True for an entry that may cover several cases: by a wildcard, or by the name of their family. */
export function isPattern(entry: BaselineEntry, covered: readonly CaseResult[]): boolean {
  return entry.case.includes("*") || covered.some(({ caseId }) => !isNamed(entry, caseId));
}

function isNamed(entry: BaselineEntry, caseId: string): boolean {
  return split(entry.case)[0].toLowerCase() === caseId.toLowerCase();
}

function split(name: string): [string, string | undefined] {
  const slash = name.indexOf("/");
  return slash < 0 ? [name, undefined] : [name.slice(0, slash), name.slice(slash + 1)];
}
