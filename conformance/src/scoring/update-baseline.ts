/**
 * Writes a baseline from a run: what is bad and not listed is added, what no
 * longer holds is taken out, and the rest stays as somebody wrote it, with its
 * comments.
 */
import { isSeq, type YAMLMap, type YAMLSeq } from "yaml";
import type { CaseResult, CheckResult } from "../model.ts";
import { covers, isPattern, stateOf } from "./apply-baseline.ts";
import { type BaselineDocument, type BaselineEntry, entryNode } from "./baseline.ts";

/** For how long a new entry holds, in days. */
const HOLDS_DAYS = 90;
/** A shorter piece of what was seen says nothing. */
const LEAST_MATCH = 4;

export interface BaselineUpdate {
  readonly text: string;
  readonly added: number;
  readonly removed: number;
}

type NewEntry = Pick<BaselineEntry, "case" | "status"> &
  Partial<Pick<BaselineEntry, "transport" | "role" | "match">>;

/**
 * @param results of the run, with what the baseline made of them.
 * @param today as 2027-01-31.
 */
export function updateBaseline(
  baseline: BaselineDocument,
  results: readonly CaseResult[],
  today: string,
): BaselineUpdate {
  const { document, entries } = baseline;
  const list = document.get("expected");
  if (!isSeq(list)) throw new Error("a baseline without a list");
  const items = list as YAMLSeq<YAMLMap>;
  // An empty list is written as []; entries stand one below the other.
  items.flow = false;
  const before = items.items.length;
  items.items = entries.flatMap((entry, index) => {
    const node = entryNode(document, index);
    return node === undefined ? [] : refresh(entry, node, results);
  });
  const kept = items.items.length;
  const news = newEntries(results);
  for (const entry of news) {
    const node = document.createNode({
      ...entry,
      issue: "",
      expires: addDays(today, HOLDS_DAYS),
    }) as YAMLMap;
    node.commentBefore = " Say where this is being mended, or nobody will.";
    items.items.push(node);
  }
  return {
    text: document.toString({ lineWidth: 0 }),
    added: news.length,
    removed: Math.max(0, before - kept),
  };
}

/** What becomes of an entry: itself, one for each place where it still holds, or nothing. */
function refresh(entry: BaselineEntry, node: YAMLMap, results: readonly CaseResult[]): YAMLMap[] {
  const covered = results.filter((result) => covers(entry, result));
  const states = covered.map((result) => ({ result, state: stateOf(entry, result) }));
  const good = states.filter(({ state }) => state === "good");
  const holds = states.filter(({ state }) => state === "bad");
  const others = states.filter(({ state }) => state === "other");
  // Nothing is known of what was not run, and nothing new of what is flaky.
  if (entry.status === "flaky" || good.length + others.length === 0) return [node];
  if (holds.length > 0 && isPattern(entry, covered)) return [node];
  return holds.map(({ result }) => {
    const copy = node.clone() as YAMLMap;
    copy.set("transport", result.transport);
    copy.set("role", result.role);
    return copy;
  });
}

/** What is bad, is scored, and is not expected. */
function newEntries(results: readonly CaseResult[]): NewEntry[] {
  const byCase = new Map<string, CaseResult[]>();
  for (const result of results)
    byCase.set(result.caseId, [...(byCase.get(result.caseId) ?? []), result]);
  return [...byCase.values()].flatMap((ofCase) => {
    const found = new Map<string, { readonly entry: NewEntry; readonly places: CaseResult[] }>();
    for (const result of ofCase)
      for (const entry of badEntries(result)) {
        const key = JSON.stringify(entry);
        const known = found.get(key);
        if (known === undefined) found.set(key, { entry, places: [result] });
        else known.places.push(result);
      }
    return [...found.values()].flatMap(({ entry, places }) =>
      places.length === ofCase.length
        ? [entry]
        : places.map(({ transport, role }) => ({
            case: entry.case,
            transport,
            role,
            status: entry.status,
            ...(entry.match === undefined ? {} : { match: entry.match }),
          })),
    );
  });
}

/** One entry for each check that is bad, or one for a case that came to none. */
function badEntries(result: CaseResult): NewEntry[] {
  const { caseId, verdict, reason, expectation, scored } = result;
  if (scored === false || expectation !== undefined) return [];
  if (verdict === "error" || verdict === "untestable")
    return [
      { case: caseId, status: verdict === "error" ? "crash" : "fail", ...matchOf(reason ?? "") },
    ];
  return result.checks.filter(isNews).map((check) => ({
    case: check.id,
    status: "fail" as const,
    ...matchOf(check.seen),
  }));
}

function isNews(check: CheckResult): boolean {
  return check.verdict === "fail" && check.scored !== false && check.expectation === undefined;
}

/** The longest part without a number: times are others in each run. */
function matchOf(text: string): Pick<NewEntry, "match"> {
  const [longest = ""] = text
    .split(/\d+(?:\.\d+)?|\n/)
    .map((part) => part.trim())
    .sort((a, b) => b.length - a.length);
  return longest.length < LEAST_MATCH ? {} : { match: longest };
}

function addDays(day: string, count: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + count);
  return date.toISOString().slice(0, 10);
}
