import type { CaseResult, Report } from "../model.ts";
import { asidesOf } from "./asides.ts";
import {
  besideFirst,
  checkName,
  clausesById,
  duration,
  endingWords,
  levelWord,
} from "./evidence.ts";
import { addressOf, brokenSentences, type Finding, findingsOf, placesOf } from "./findings.ts";
import { headlineOf, tally } from "./headline.ts";
import { standingOf } from "./standing.ts";
import { familyTable } from "./terminal-table.ts";
import { oneLine } from "./text/clean.ts";
import { paintOf, symbolOf } from "./text/paint.ts";
import { field, finish, item, type Pen, penOf, type TerminalOptions } from "./text/pen.ts";
import { TIMELINE_LEGEND, textTimeline } from "./text/timeline.ts";
import { truncate, wrap, wrapItems } from "./text/wrap.ts";
import { styleOf, VERDICTS } from "./verdicts.ts";

/** So many findings are told in full: who has more has one cause, and it is among the first. */
const MOST_IN_FULL = 20;
const MOST_SENTENCES = 5;
const MOST_ASIDES = 8;

/**
 * Renders a run as text: a table, then what was found with its evidence, then what stands beside
 * it, then the totals, so that what a person looks for stands last, next to the prompt.
 *
 * A case that went wrong alike in several places is one finding.
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const pen = penOf(options);
  const findings = findingsOf(report);
  const sections = [
    header(report, pen),
    familyTable(report, pen.colors, pen.width),
    ...findings.slice(0, MOST_IN_FULL).map((finding) => block(report, finding, pen)),
    rest(findings.slice(MOST_IN_FULL), pen),
    findings.length === 0 ? [] : legend(pen),
    ...asides(report, pen),
    totals(report, findings, pen),
  ];
  return finish(sections, options);
}

/** Renders what was found, with its evidence, and nothing beside it. */
export function renderFindings(
  report: Pick<Report, "clauses" | "results">,
  options: TerminalOptions,
): string {
  const pen = penOf(options);
  const blocks = findingsOf(report).map((finding) => block(report, finding, pen));
  if (blocks.length === 0) return "";
  return finish([...blocks, legend(pen)], options).trimEnd();
}

/** Who was judged; a peer that keeps no contract has no name but its address. */
function whoOf({ testee, by }: Report): string {
  if (by === "wire") return testee === undefined ? "no peer was found" : testee.name;
  if (testee === undefined) return "a testee that never said hello";
  return `${testee.name} ${testee.version} (${testee.language})`;
}

function header(report: Report, { colors, width }: Pen): readonly string[] {
  const { tolerance, environment, requirements } = report;
  const who = oneLine(whoOf(report));
  const facts = oneLine(
    `protocol ${report.protocolVersion}, suite ${report.suiteVersion}, ` +
      (requirements === undefined ? "" : `requirements ${requirements.set}, `) +
      `unit ${report.unitMs} ms, ` +
      `tolerance -${tolerance.earlyMs}/+${tolerance.lateMs} ms, ${environment.platform}, ` +
      `${environment.cpus} CPUs, Node ${environment.node}`,
  );
  return [
    ...wrap(`Pulsewire conformance: ${who}`, width).map(colors.bold),
    ...wrap(facts, width).map(colors.dim),
    ...(report.notes ?? []).flatMap((note) => wrap(oneLine(note), width)),
  ];
}

/** One finding in full: what was broken, what was expected and seen, where, and how to see it again. */
function block(report: Pick<Report, "clauses">, finding: Finding, pen: Pen): readonly string[] {
  const { colors, width } = pen;
  const { verdict, caseId, title, results, checks, again } = finding;
  const [first] = results;
  const [worst] = checks;
  const { others, notReached } = besideFirst(checks);
  const paint = paintOf(verdict, colors);
  const { symbol } = styleOf(verdict);
  const head = `${symbol} ${verdict.toUpperCase()} ${oneLine(caseId)}`;
  // Two columns stand between them, of which wrapping knows one.
  const [line = "", ...more] = wrap(`${head} ${oneLine(title)}`, width - 1);
  const lines = [
    `${paint(colors.bold(line.slice(0, head.length)))} ${colors.bold(line.slice(head.length))}`,
    ...more.map((each) => colors.bold(`  ${each}`)),
  ];
  if (first.reason !== undefined) lines.push(...field("reason", first.reason, pen));
  if (worst !== undefined) {
    const clauses = clausesById(report);
    for (const id of worst.clauses) {
      const sentence = clauses.get(id)?.sentence;
      const quoted = sentence === undefined ? id : `${id} "${sentence}"`;
      lines.push(...field(levelWord(sentence, worst.level), quoted, pen));
    }
    lines.push(...field("expected", worst.expected, pen));
    lines.push(...field("seen", worst.seen, pen, { paint: paintOf(worst.verdict, colors) }));
  }
  for (const [index, check] of others.entries()) {
    const sign = styleOf(check.verdict).symbol;
    lines.push(
      ...field(
        index === 0 ? "also" : "",
        `${sign} ${checkName(check)}: expected ${check.expected}, seen ${check.seen}`,
        pen,
      ),
    );
  }
  if (notReached !== undefined)
    lines.push(...field(others.length === 0 ? "also" : "", notReached, pen));
  const windows = checks.find((check) => check.windows !== undefined)?.windows ?? [];
  const drawn = textTimeline(
    first.trace,
    width - 2,
    windows.map((window) => ({ ...window, label: oneLine(window.label) })),
  );
  if (drawn.length > 0) lines.push("", ...drawn.map((each) => `  ${colors.dim(each)}`), "");
  lines.push(...field("where", where(finding), pen));
  lines.push(...evidence(first, pen));
  lines.push(...field("again", again, pen, { paint: colors.cyan, whole: true }));
  return lines;
}

function where({ results }: Finding): string {
  const [first] = results;
  const shown = results.length === 1 ? "" : ` (shown: ${placesOf([first])})`;
  const attempts = first.attempts > 1 ? `, ${first.attempts} attempts` : "";
  return (
    `${placesOf(results)}${shown}; ${endingWords(first)}; ` +
    `harness lag at most ${first.maxLagMs.toFixed(1)} ms${attempts}`
  );
}

function evidence(result: CaseResult, pen: Pen): readonly string[] {
  const { reports } = pen;
  if (reports === undefined) return [];
  const page = `${reports}/index.html${addressOf(result)}`;
  const lines = field("evidence", page, pen, { whole: true });
  if (result.evidence === undefined) return lines;
  return [...lines, ...field("", `${reports}/${result.evidence}`, pen, { whole: true })];
}

/** The findings that are too many to be told in full, a line each. */
function rest(findings: readonly Finding[], { colors, width, reports }: Pen): readonly string[] {
  if (findings.length === 0) return [];
  const lines = findings.map(({ verdict, caseId, title, results, checks }) => {
    const said = checks[0]?.seen ?? results[0].reason ?? title;
    const line = `${caseId} ${placesOf(results)}: ${said}`;
    return `${symbolOf(verdict, colors)} ${truncate(oneLine(line), width - 2)}`;
  });
  const what =
    reports === undefined ? "--case shows one in full" : `in full in ${reports}/index.html`;
  return [...wrap(`And ${findings.length} more; ${what}:`, width).map(colors.bold), ...lines];
}

function legend({ colors, width }: Pen): readonly string[] {
  const items = TIMELINE_LEGEND.map((text) => item(text, colors.dim));
  return wrapItems(items, 2, width);
}

function asides(report: Report, { colors, width }: Pen): readonly (readonly string[])[] {
  return asidesOf(report).map(({ title, lines }) => {
    const shown = lines
      .slice(0, MOST_ASIDES)
      .flatMap((line) => wrap(oneLine(line), width - 2).map((each) => `  ${each}`));
    const hidden = lines.length - MOST_ASIDES;
    const more = hidden > 0 ? [`  and ${hidden} more`] : [];
    return [...wrap(title, width).map(colors.bold), ...[...shown, ...more].map(colors.dim)];
  });
}

function totals(report: Report, findings: readonly Finding[], pen: Pen): readonly string[] {
  const { colors, width } = pen;
  const counts = tally(report);
  const headline = headlineOf(report);
  const paint = { good: colors.green, unsure: colors.yellow, bad: colors.red }[headline.tone];
  const parts = VERDICTS.filter(({ verdict }) => counts[verdict] > 0).map(
    ({ verdict, symbol: sign, label }) =>
      item(`${sign} ${counts[verdict]} ${label}`, paintOf(verdict, colors)),
  );
  const beside = (["expected", "unscored"] as const).flatMap((standing) => {
    const count = report.results.filter((result) => standingOf(result) === standing).length;
    const words = standing === "expected" ? "expected to fail" : "not scored";
    return count === 0 ? [] : [item(`${count} ${words}`, colors.dim)];
  });
  const broken = brokenSentences(findings.filter(({ verdict }) => verdict === "fail"));
  const most = broken.slice(0, MOST_SENTENCES).map(({ clause, cases }) => `${clause} (${cases})`);
  const hidden = broken.length - most.length;
  return [
    ...(report.problem === undefined
      ? []
      : [...field("problem", report.problem, pen, { paint: colors.red }), ""]),
    `${paint(colors.bold(headline.title))}  ${colors.dim(duration(report.durationMs))}`,
    ...wrap(headline.detail, width),
    ...headline.advice.flatMap((text) =>
      wrap(text, width - 4).map((line, index) =>
        colors.dim(`  ${index === 0 ? "- " : "  "}${line}`),
      ),
    ),
    ...(most.length === 0
      ? []
      : wrap(
          `Broken most often: ${most.join(", ")}${hidden > 0 ? `, and ${hidden} more` : ""}`,
          width,
        )),
    ...wrapItems([...parts, ...beside], 3, width),
  ];
}
