/** The matrix in a terminal: a table, what was found, and the totals next to the prompt. */
import { clausesById, duration, levelWord } from "../../report/evidence.ts";
import { oneLine } from "../../report/text/clean.ts";
import { paintOf, symbolOf } from "../../report/text/paint.ts";
import {
  field,
  finish,
  item,
  type Pen,
  penOf,
  type TerminalOptions,
} from "../../report/text/pen.ts";
import { truncate, wrap, wrapItems } from "../../report/text/wrap.ts";
import { plural, styleOf, VERDICTS } from "../../report/verdicts.ts";
import { mergeVerdicts } from "../../runner/verdicts.ts";
import {
  DISTURBANCES,
  disturbanceOf,
  type MatrixReport,
  type PairResult,
  runKey,
} from "../model.ts";
import { type MatrixFinding, matrixFindings, placeWords } from "./findings.ts";
import { isWell, matrixHeadline } from "./headline.ts";

const MOST_IN_FULL = 20;
const CELL = 9;

export function renderMatrix(report: MatrixReport, options: TerminalOptions): string {
  const pen = penOf(options);
  const findings = matrixFindings(report);
  return finish(
    [
      header(report, pen),
      pairTable(report, pen),
      disturbanceTable(report, pen),
      ...findings.slice(0, MOST_IN_FULL).map((finding) => block(report, finding, pen)),
      rest(findings.slice(MOST_IN_FULL), pen),
      leftOut(report, pen),
      totals(report, pen),
    ],
    options,
  );
}

function header(report: MatrixReport, { colors, width }: Pen): readonly string[] {
  const { tolerance, environment } = report;
  const present = report.peers.filter(({ leftOut: out }) => out === undefined);
  const facts =
    `protocol ${report.protocolVersion}, suite ${report.suiteVersion}, unit ${report.unitMs} ms, ` +
    `tolerance -${tolerance.earlyMs}/+${tolerance.lateMs} ms, ${environment.platform}, ` +
    `${environment.cpus} CPUs, Node ${environment.node}`;
  const who = present.map(({ name, language }) => `${name} (${language})`).join(", ");
  return [
    ...wrap(`Pulsewire matrix: ${oneLine(who)}`, width).map(colors.bold),
    ...wrap(facts, width).map(colors.dim),
  ];
}

/** Dialers down, listeners across. */
function pairTable({ peers, results }: MatrixReport, pen: Pen): readonly string[] {
  const of = results.filter(({ fault }) => disturbanceOf(fault) === undefined);
  const names = peers
    .map(({ name }) => name)
    .filter((name) => of.some(({ dialer, listener }) => dialer === name || listener === name));
  return table(
    "dials",
    names,
    names,
    (dialer, listener) =>
      of.filter((result) => result.dialer === dialer && result.listener === listener),
    pen,
  );
}

/** Victims down, what is done to them across. */
function disturbanceTable({ peers, results }: MatrixReport, pen: Pen): readonly string[] {
  const of = results.flatMap((result) => {
    const disturbance = disturbanceOf(result.fault);
    return disturbance === undefined
      ? []
      : [{ result, kind: disturbance.kind, victim: result[disturbance.victim] }];
  });
  const names = peers
    .map(({ name }) => name)
    .filter((name) => of.some(({ victim }) => victim === name));
  const kinds = DISTURBANCES.filter((kind) => of.some((each) => each.kind === kind));
  return table(
    "disturbed",
    names,
    kinds,
    (name, kind) =>
      of.filter((each) => each.victim === name && each.kind === kind).map(({ result }) => result),
    pen,
  );
}

function table(
  corner: string,
  rows: readonly string[],
  columns: readonly string[],
  resultsAt: (row: string, column: string) => readonly PairResult[],
  { colors, width }: Pen,
): readonly string[] {
  if (rows.length === 0) return [];
  const nameWidth = Math.max(...[corner, ...rows].map(({ length }) => length));
  const room = Math.floor((width - nameWidth - 1) / columns.length);
  const cellWidth = Math.min(Math.max(CELL, ...columns.map(({ length }) => length + 2)), room);
  const head = columns.map((name) => truncate(name, cellWidth - 1).padStart(cellWidth)).join("");
  return [
    colors.dim(`${corner.padEnd(nameWidth)} ${head}`),
    ...rows.map((row) => {
      const cells = columns.map((column) => cell(resultsAt(row, column), cellWidth, colors));
      return `${row.padEnd(nameWidth)} ${cells.join("")}`;
    }),
  ];
}

/** How many runs are well, and of how many if not all are. */
function cell(results: readonly PairResult[], width: number, colors: Pen["colors"]): string {
  const judged = results.filter(({ verdict }) => verdict !== "na");
  const worst = mergeVerdicts(results);
  if (results.length === 0) return " ".repeat(width);
  const well = judged.filter(isWell).length;
  const count = well === judged.length ? String(well) : `${well}/${judged.length}`;
  const text = `${styleOf(worst).symbol} ${judged.length === 0 ? "" : count}`;
  return " ".repeat(Math.max(0, width - text.length)) + paintOf(worst, colors)(text);
}

function block(report: MatrixReport, finding: MatrixFinding, pen: Pen): readonly string[] {
  const { colors } = pen;
  const { verdict, who, check: name, places } = finding;
  const [{ result, check }] = places;
  const head = `${styleOf(verdict).symbol} ${verdict.toUpperCase()} ${oneLine(who)}`;
  const lines = [
    `${paintOf(verdict, colors)(colors.bold(head))}  ${colors.bold(name ?? "the run came to nothing")}`,
  ];
  if (check === undefined) lines.push(...field("reason", result.reason ?? "", pen));
  else {
    const clauses = clausesById(report);
    for (const id of check.clauses) {
      const sentence = clauses.get(id)?.sentence;
      const quoted = sentence === undefined ? id : `${id} "${sentence}"`;
      lines.push(...field(levelWord(sentence, check.level), quoted, pen));
    }
    lines.push(
      ...field("expected", check.expected, pen),
      ...field("seen", check.seen, pen, { paint: paintOf(check.verdict, colors) }),
      ...field("side", `${check.id.split("/")[0]}; harness lag at most ${result.maxLagMs} ms`, pen),
    );
  }
  lines.push(...field("where", placeWords(places), pen));
  if (pen.reports !== undefined)
    lines.push(
      ...field("timeline", `${pen.reports}/index.html#run=${runKey(result)}`, pen, { whole: true }),
    );
  lines.push(...field("again", result.repro, pen, { paint: colors.cyan, whole: true }));
  return lines;
}

function rest(findings: readonly MatrixFinding[], { colors, width }: Pen): readonly string[] {
  if (findings.length === 0) return [];
  return [
    colors.bold(`And ${findings.length} more:`),
    ...findings.map(({ verdict, who, check, places }) => {
      const [{ result, check: found }] = places;
      const line = `${who} ${check ?? ""} ${placeWords(places)}: ${found?.seen ?? result.reason ?? ""}`;
      return `${symbolOf(verdict, colors)} ${truncate(oneLine(line), width - 2)}`;
    }),
  ];
}

/** Who takes no part, and what to do about it. */
function leftOut({ peers }: MatrixReport, pen: Pen): readonly string[] {
  const lines = peers.flatMap(({ name, leftOut: out }) =>
    out === undefined
      ? []
      : [
          ...field(name, out.why, pen),
          ...(out.advice === undefined ? [] : field("", out.advice, pen, { whole: true })),
        ],
  );
  return lines.length === 0 ? [] : [pen.colors.bold("Left out"), ...lines];
}

function totals(report: MatrixReport, pen: Pen): readonly string[] {
  const { colors, width } = pen;
  const { tone, title, detail } = matrixHeadline(report);
  const paint = { good: colors.green, unsure: colors.yellow, bad: colors.red }[tone];
  const count = (verdict: string): number =>
    report.results.filter((result) => result.verdict === verdict).length;
  const parts = VERDICTS.filter(({ verdict }) => count(verdict) > 0).map(
    ({ verdict, symbol, label }) =>
      item(`${symbol} ${count(verdict)} ${label}`, paintOf(verdict, colors)),
  );
  const again = report.results.filter(({ attempts }) => attempts > 1).length;
  const repeated =
    again === 0
      ? []
      : [
          colors.dim(
            `${plural(again, "run")} made again, as this machine was late while it mattered`,
          ),
        ];
  return [
    ...(report.problem === undefined
      ? []
      : [...field("problem", report.problem, pen, { paint: colors.red }), ""]),
    `${paint(colors.bold(title))}  ${colors.dim(duration(report.durationMs))}`,
    ...wrap(detail, width),
    ...repeated,
    ...wrapItems(parts, 3, width),
  ];
}
