/** What went wrong alike is told once: by the peer that it is about, and the check that it failed. */
import type { CheckResult, Verdict } from "../../model.ts";
import { groupBy } from "../../report/group.ts";
import { needsAttention, VERDICTS } from "../../report/verdicts.ts";
import { type MatrixReport, type PairResult, runKey, type Side } from "../model.ts";

export interface MatrixFinding {
  readonly verdict: Verdict;
  /** The peer that a check is about; both, where the run itself came to nothing. */
  readonly who: string;
  /** The check, without its side; absent where there was none to fail. */
  readonly check?: string;
  /** The runs, and in each what was found; the first is shown. */
  readonly places: readonly [Place, ...Place[]];
}

export interface Place {
  readonly result: PairResult;
  readonly check?: CheckResult;
}

/** Worst first, and most frequent first. */
export function matrixFindings(report: Pick<MatrixReport, "results">): MatrixFinding[] {
  const single = report.results.flatMap(findingsOfRun);
  const groups = groupBy(single, ({ verdict, who, check = "", places: [{ result }] }) =>
    [verdict, who, check, check === "" ? result.reason : ""].join("\n"),
  );
  const findings = [...groups.values()].map((group): MatrixFinding => {
    const [first, ...rest] = group as [MatrixFinding, ...MatrixFinding[]];
    return { ...first, places: [first.places[0], ...rest.map(({ places }) => places[0])] };
  });
  const rank = ({ verdict }: MatrixFinding): number =>
    VERDICTS.findIndex((style) => style.verdict === verdict);
  return findings.sort((a, b) => rank(a) - rank(b) || b.places.length - a.places.length);
}

function findingsOfRun(result: PairResult): MatrixFinding[] {
  if (!needsAttention(result.verdict)) return [];
  const bad = result.checks.filter(({ verdict }) => needsAttention(verdict));
  if (bad.length === 0) {
    const who = `${result.dialer}, ${result.listener}`;
    return [{ verdict: result.verdict, who, places: [{ result }] }];
  }
  return bad.map((check) => {
    const [side, id] = check.id.split("/") as [Side, string];
    return { verdict: check.verdict, who: result[side], check: id, places: [{ result, check }] };
  });
}

/** Where runs were, told with as few words as say it: "go:python tcp both none, +3". */
export function placeWords(places: readonly Place[]): string {
  const [first] = places;
  if (first === undefined) return "";
  const shown = runKey(first.result);
  if (places.length === 1) return shown;
  const among = (pick: (result: PairResult) => string): string =>
    [...new Set(places.map(({ result }) => pick(result)))].join(" ");
  return `${places.length} runs: ${among(({ transport }) => transport)}; ${among(
    ({ configuration }) => configuration,
  )}; ${among(({ fault }) => fault)} (shown: ${shown})`;
}
