import pc from "picocolors";
import type { CaseResult, CheckResult, Report, Verdict } from "../model.ts";
import { badChecks, clausesById, duration, levelWord, resultsWith } from "./evidence.ts";
import { bindingKey, bindingsOf, familiesOf, roleWords } from "./layout.ts";
import { oneLine } from "./text/clean.ts";
import { TIMELINE_LEGEND, textTimeline } from "./text/timeline.ts";
import { type Item, truncate, wrap, wrapItems } from "./text/wrap.ts";
import { headlineOf, needsAttention, styleOf, tally, VERDICTS } from "./verdicts.ts";

/** How the terminal report is drawn. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Width of the terminal; 80 if it is not known. */
  readonly columns?: number;
}

type Colors = ReturnType<typeof pc.createColors>;
type Paint = (text: string) => string;

const LEAST_COLUMNS = 60;
/** Wider than this, lines of prose are no longer read easily; the table and timelines stop too. */
const MOST_COLUMNS = 140;
const KEY_WIDTH = 10;

/**
 * Renders a run as text: the matrix, then everything that needs attention with its evidence, then
 * the totals, so that what a person looks for stands last, next to the prompt.
 *
 * Results of one case with the same verdict are told once in full and then in short, one entry
 * for each further binding: a peer that is broken is broken six times over.
 */
export function renderTerminal(report: Report, options: TerminalOptions): string {
  const colors = pc.createColors(options.color);
  const width = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, options.columns ?? 80));
  const sections = [
    header(report, colors, width),
    matrix(report, colors, width),
    attention(report, colors, width),
    totals(report, colors, width),
  ];
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join("\n"))
    .join("\n\n")}\n`;
}

/** Renders what needs attention, with its evidence, and nothing beside it. */
export function renderFindings(
  report: Pick<Report, "clauses" | "results">,
  options: TerminalOptions,
): string {
  const width = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, options.columns ?? 80));
  const lines = attention(report, pc.createColors(options.color), width);
  return lines.map((line) => line.trimEnd()).join("\n");
}

function header(report: Report, colors: Colors, width: number): readonly string[] {
  const { testee, tolerance, environment } = report;
  const who =
    testee === undefined
      ? "a testee that never said hello"
      : oneLine(`${testee.name} ${testee.version} (${testee.language})`);
  const facts = oneLine(
    `protocol ${report.protocolVersion}, suite ${report.suiteVersion}, unit ${report.unitMs} ms, ` +
      `tolerance -${tolerance.earlyMs}/+${tolerance.lateMs} ms, ${environment.platform}, ` +
      `${environment.cpus} CPUs, Node ${environment.node}`,
  );
  return [
    colors.bold(truncate(`Pulsewire conformance: ${who}`, width)),
    ...wrap(facts, width).map(colors.dim),
  ];
}

function matrix(report: Report, colors: Colors, width: number): readonly string[] {
  const bindings = bindingsOf(report);
  if (bindings.length === 0) return [];
  const families = familiesOf(report);
  const idWidth = Math.max(
    ...families.flatMap((family) => family.rows.map((row) => oneLine(row.caseId).length)),
  );
  // Two columns a symbol, and one more before each transport.
  const transports = [...new Set(bindings.map((binding) => binding.transport))];
  const cellsWidth = bindings.length * 2 + transports.length;
  const gridWidth = Math.max(cellsWidth, transports.length * 6);
  const longest = Math.max(
    ...families.flatMap((family) => family.rows.map((row) => oneLine(row.title).length)),
  );
  const titleWidth = Math.max(10, Math.min(longest, width - idWidth - gridWidth - 4));
  const left = 2 + idWidth + 1 + titleWidth;

  const groups = transports.map((transport) => {
    const roles = bindings.filter((binding) => binding.transport === transport);
    return { transport, roles, width: Math.max(5, roles.length * 2 + 1) };
  });
  const cells = (draw: (binding: (typeof bindings)[number]) => string): string =>
    groups
      .map((group) => {
        const used = group.roles.length * 2;
        return ` ${group.roles.map((role) => ` ${draw(role)}`).join("")}${" ".repeat(group.width - used - 1)}`;
      })
      .join("");

  const lines = [
    `${" ".repeat(left)}${groups
      .map((group) => `  ${group.transport}`.padEnd(group.width))
      .join("")}`,
    `${" ".repeat(left)}${cells((binding) => (binding.role === "dial" ? "d" : "l"))}`,
  ].map(colors.dim);
  for (const { family, rows } of families) {
    lines.push(colors.bold(truncate(oneLine(family), width)));
    for (const row of rows) {
      const id = oneLine(row.caseId).padEnd(idWidth);
      const title = truncate(oneLine(row.title), titleWidth).padEnd(titleWidth);
      const symbols = cells((binding) => {
        const result = row.results.get(bindingKey(binding));
        return result === undefined ? " " : symbol(result.verdict, colors);
      });
      lines.push(`  ${id} ${title}${symbols}`);
    }
  }
  const present = VERDICTS.filter(({ verdict }) => resultsWith(report, verdict).length > 0);
  const legend = [
    ...present.map((style) => `${style.symbol} ${style.label}`),
    "d peer dials",
    "l peer listens",
  ];
  return [
    ...lines,
    "",
    ...wrapItems(
      legend.map((text) => item(text, colors.dim)),
      3,
      width,
    ),
  ];
}

function attention(
  report: Pick<Report, "clauses" | "results">,
  colors: Colors,
  width: number,
): readonly string[] {
  const blocks = VERDICTS.filter(({ verdict }) => needsAttention(verdict)).flatMap(
    ({ verdict }) => {
      const byCase = new Map<string, CaseResult[]>();
      for (const result of resultsWith(report, verdict)) {
        byCase.set(result.caseId, [...(byCase.get(result.caseId) ?? []), result]);
      }
      return [...byCase.values()].map((results) => block(report, results, colors, width));
    },
  );
  if (blocks.length === 0) return [];
  const legend = wrapItems(
    TIMELINE_LEGEND.map((text) => item(text, colors.dim)),
    2,
    width,
  );
  return [...blocks.flatMap((lines) => [...lines, ""]), ...legend];
}

function block(
  report: Pick<Report, "clauses">,
  results: readonly CaseResult[],
  colors: Colors,
  width: number,
): readonly string[] {
  const [first, ...others] = results;
  if (first === undefined) return [];
  const clauses = clausesById(report);
  const paint = paintOf(first.verdict, colors);
  const lines = [
    `${paint(colors.bold(`${styleOf(first.verdict).symbol} ${first.verdict.toUpperCase()}`))} ` +
      colors.bold(
        truncate(oneLine(`${first.caseId}  ${first.title}`), width - first.verdict.length - 3),
      ),
    ...field("where", where(first), colors, width),
  ];
  if (first.reason !== undefined) lines.push(...field("reason", first.reason, colors, width));
  const checks = badChecks(first);
  for (const check of checks) {
    for (const id of check.clauses) {
      const sentence = clauses.get(id)?.sentence;
      const quoted = sentence === undefined ? id : `${id} "${sentence}"`;
      lines.push(...field(levelWord(check.level), quoted, colors, width));
    }
    lines.push(...field("expected", check.expected, colors, width));
    lines.push(...field("seen", check.seen, colors, width, paintOf(check.verdict, colors)));
  }
  const windows = checks.find((check) => check.windows !== undefined)?.windows ?? [];
  const drawn = textTimeline(
    first.trace,
    width - 2,
    windows.map((window) => ({ ...window, label: oneLine(window.label) })),
  );
  if (drawn.length > 0) lines.push("", ...drawn.map((line) => `  ${colors.dim(line)}`), "");
  lines.push(...field("again", first.repro, colors, width, colors.cyan, "hard"));
  for (const other of others) {
    const said = `${binding(other)}: ${inShort(badChecks(other), other)}`;
    lines.push(...field("also", said, colors, width));
    lines.push(...field("again", other.repro, colors, width, colors.cyan, "hard"));
  }
  return lines;
}

function where(result: CaseResult): string {
  const parts = [
    binding(result),
    `ending: ${result.ending}`,
    `${duration(result.durationMs)}`,
    `harness lag at most ${result.maxLagMs.toFixed(1)} ms`,
  ];
  if (result.attempts > 1) parts.push(`${result.attempts} attempts`);
  return parts.join(", ");
}

function binding(result: CaseResult): string {
  return `${result.transport}, ${roleWords(result.role)}`;
}

function inShort(checks: readonly CheckResult[], result: CaseResult): string {
  return checks.map((check) => check.seen).join("; ") || (result.reason ?? "no check says why");
}

/**
 * A key and its text, wrapped beside it. A command ("hard") is never wrapped: it has to survive
 * being copied.
 */
function field(
  key: string,
  text: string,
  colors: Colors,
  width: number,
  paint: Paint = (line) => line,
  breaking: "soft" | "hard" = "soft",
): readonly string[] {
  const clean = oneLine(text);
  const lines = breaking === "hard" ? [clean] : wrap(clean, width - KEY_WIDTH - 2);
  return lines.map((line, index) => {
    const name = (index === 0 ? key : "").padEnd(KEY_WIDTH);
    return `  ${colors.dim(name)}${paint(line)}`;
  });
}

function totals(report: Report, colors: Colors, width: number): readonly string[] {
  const counts = tally(report);
  const headline = headlineOf(report);
  const paint = { good: colors.green, unsure: colors.yellow, bad: colors.red }[headline.tone];
  const parts = VERDICTS.filter(({ verdict }) => counts[verdict] > 0).map(
    ({ verdict, symbol: sign, label }) =>
      item(`${sign} ${counts[verdict]} ${label}`, paintOf(verdict, colors)),
  );
  const lines = [
    `${paint(colors.bold(headline.title))}  ${colors.dim(duration(report.durationMs))}`,
  ];
  lines.push(...wrap(headline.detail, width));
  lines.push(...wrapItems(parts, 3, width));
  if (report.problem !== undefined) {
    lines.push(...field("problem", report.problem, colors, width, colors.red));
  }
  return lines;
}

function item(text: string, paint: Paint): Item {
  return { painted: paint(text), width: text.length };
}

function symbol(verdict: Verdict, colors: Colors): string {
  return paintOf(verdict, colors)(styleOf(verdict).symbol);
}

function paintOf(verdict: Verdict, colors: Colors): Paint {
  switch (verdict) {
    case "pass":
      return colors.green;
    case "fail":
    case "untestable":
      return colors.red;
    case "error":
    case "inconclusive":
      return colors.magenta;
    case "warn":
      return colors.yellow;
    case "info":
      return colors.blue;
    case "na":
      return colors.dim;
  }
}
