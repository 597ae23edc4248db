// The runs as the page needs them: by pair, by place, by address.

/**
 * @import { CheckResult, Verdict } from "../../../../src/model.ts"
 * @import { Disturbance, Side } from "../../../../src/matrix/model.ts"
 * @import { FindingData, MatrixPageData, RunData } from "../../../../src/matrix/report/page-data.ts"
 * @import { VerdictStyle } from "../../../../src/report/verdicts.ts"
 *
 * @typedef {object} Run
 * @property {string} key The address in this page: "go:python/tcp/both/none".
 * @property {RunData} data
 * @property {{ kind: Disturbance, victim: Side } | undefined} disturbance
 *
 * @typedef {object} Pair
 * @property {string} dialer
 * @property {string} listener
 * @property {Run[]} runs Those in which nothing is done to a process.
 *
 * @typedef {object} PairsModel
 * @property {MatrixPageData} page
 * @property {string[]} names Of the peers that take part, in the order of the file.
 * @property {Run[]} runs
 * @property {Map<string, Run>} byKey
 * @property {Map<string, Pair>} pairs By "go:python".
 * @property {Run[]} disturbed
 * @property {{ readonly verdict: Verdict, readonly who: string, readonly check: string | undefined, readonly runs: Run[] }[]} findings
 * @property {readonly VerdictStyle[]} verdicts
 * @property {readonly { readonly id: string, readonly sentence: string }[]} clauses
 * @property {(verdict: Verdict) => VerdictStyle} styleOf
 * @property {(check: CheckResult) => string} nameOf Of a check, with the side that it is about.
 * @property {(runs: readonly Run[]) => Verdict} worst Of several runs; "na" of none.
 */

/** @type {readonly Disturbance[]} */
const KINDS = ["kill", "stop-short", "stop-long", "collect"];
/** @type {readonly Side[]} */
const BOTH_SIDES = ["dialer", "listener"];

/**
 * @param {MatrixPageData} page
 * @returns {PairsModel}
 */
export function buildPairs(page) {
  const runs = page.runs.map((data) => ({
    key: `${data.dialer}:${data.listener}/${data.transport}/${data.configuration}/${data.fault}`,
    data,
    disturbance: disturbanceIn(data.fault),
  }));
  const names = page.report.peers
    .filter(({ leftOut }) => leftOut === undefined)
    .map(({ name }) => name);
  /** @type {Map<string, Pair>} */
  const pairs = new Map();
  for (const run of runs) {
    if (run.disturbance !== undefined) continue;
    const { dialer, listener } = run.data;
    const key = `${dialer}:${listener}`;
    const pair = pairs.get(key) ?? { dialer, listener, runs: [] };
    pair.runs.push(run);
    pairs.set(key, pair);
  }
  const { verdicts } = page;
  const rank = new Map(verdicts.map((style, index) => [style.verdict, index]));
  const styles = new Map(verdicts.map((style) => [style.verdict, style]));
  return {
    page,
    names,
    runs,
    byKey: new Map(runs.map((run) => [run.key, run])),
    pairs,
    disturbed: runs.filter(({ disturbance }) => disturbance !== undefined),
    findings: page.findings.map((finding) => findingOf(finding, runs)),
    verdicts,
    clauses: page.clauses,
    styleOf: (verdict) =>
      styles.get(verdict) ?? { verdict, symbol: "?", label: verdict, meaning: "" },
    nameOf: ({ id }) => id.replace("/", " "),
    worst: (list) =>
      list
        .map(({ data }) => data.verdict)
        .reduce((a, b) => ((rank.get(b) ?? 0) < (rank.get(a) ?? 0) ? b : a), "na"),
  };
}

/**
 * @param {FindingData} finding
 * @param {Run[]} runs
 */
function findingOf({ verdict, who, check, runs: indexes }, runs) {
  return { verdict, who, check, runs: indexes.flatMap((index) => runs[index] ?? []) };
}

/**
 * @param {string} fault
 * @returns {Run["disturbance"]}
 */
function disturbanceIn(fault) {
  for (const kind of KINDS)
    for (const victim of BOTH_SIDES) if (fault === `${kind}-${victim}`) return { kind, victim };
  return undefined;
}

/**
 * The checks of a run, as whoever tells of checks wants them.
 *
 * @param {PairsModel} model
 * @param {RunData} run
 * @returns {CheckResult[]}
 */
export function checksOf({ page }, { checks }) {
  return checks.map(({ windows, ...check }) => {
    const id = check.id.slice(check.id.indexOf("/") + 1);
    const known = page.checks.find((each) => each.id === id);
    const placed = windows?.map(({ kind, label, from, to }) => ({
      kind,
      label,
      fromNs: from * 1e5,
      toNs: to * 1e5,
    }));
    return {
      ...check,
      level: known?.level ?? "must",
      clauses: known?.clauses ?? [],
      ...(placed === undefined ? {} : { windows: placed }),
    };
  });
}

/** @type {readonly Verdict[]} */
const WELL = ["pass", "info", "warn"];

/**
 * How many runs are well, of how many that were judged. A SHOULD that was not kept keeps nobody
 * from talking.
 *
 * @param {readonly Run[]} runs
 */
export function countWell(runs) {
  const judged = runs.filter(({ data }) => data.verdict !== "na");
  const well = judged.filter(({ data }) => WELL.includes(data.verdict));
  return { well: well.length, judged: judged.length };
}

/**
 * The address of a run in this page.
 *
 * @param {Run} run
 */
export function runLink({ key }) {
  return `#run=${key}`;
}

/**
 * The address of a pair in this page.
 *
 * @param {Pick<Pair, "dialer" | "listener">} pair
 */
export function pairLink({ dialer, listener }) {
  return `#pair=${dialer}:${listener}`;
}
