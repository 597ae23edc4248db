import type { CaseResult, Report } from "../model.ts";
import { badChecks, duration, levelWord, resultsWith } from "./evidence.ts";
import { bindingKey, bindingsOf, familiesOf } from "./layout.ts";
import { oneLine } from "./text/clean.ts";
import { truncate } from "./text/wrap.ts";
import { headlineOf, needsAttention, plural, tally, VERDICTS } from "./verdicts.ts";

/** A CI summary has a size limit (1 MiB at GitHub), and nobody reads more than this. */
const MOST_DETAILS = 40;
const MOST_TEXT = 400;

const ICONS = {
  good: "✅",
  unsure: "🟡",
  bad: "❌",
} as const;

/** Renders a run as Markdown for the summary page of a CI job. */
export function renderMarkdown(report: Report): string {
  const headline = headlineOf(report);
  const { testee, tolerance, environment } = report;
  const lines = [
    `## ${ICONS[headline.tone]} ${escapeMarkdown(
      testee === undefined ? "Pulsewire conformance" : `${testee.name} ${testee.version}`,
    )}: ${headline.title}`,
    "",
    headline.detail,
    "",
  ];
  if (report.problem !== undefined) lines.push(`> **Problem:** ${cell(report.problem)}`, "");
  lines.push(...totalsTable(report), ...familyTable(report), ...details(report));
  lines.push(
    `<sub>Protocol ${report.protocolVersion}, suite ${escapeMarkdown(report.suiteVersion)}, ` +
      `unit ${report.unitMs} ms, tolerance -${tolerance.earlyMs}/+${tolerance.lateMs} ms, ` +
      `${escapeMarkdown(environment.platform)}, ${environment.cpus} CPUs, ` +
      `Node ${escapeMarkdown(environment.node)}, ${duration(report.durationMs)}</sub>`,
    "",
  );
  return lines.join("\n");
}

function totalsTable(report: Report): readonly string[] {
  const counts = tally(report);
  const present = VERDICTS.filter(({ verdict }) => counts[verdict] > 0);
  if (present.length === 0) return [];
  return [
    row(present.map(({ symbol, label }) => `${escapeMarkdown(symbol)} ${label}`)),
    row(present.map(() => "---:")),
    row(present.map(({ verdict }) => String(counts[verdict]))),
    "",
  ];
}

/** Families by binding: how many of the results that count are as they should be. */
function familyTable(report: Report): readonly string[] {
  const bindings = bindingsOf(report);
  if (bindings.length === 0) return [];
  const lines = [
    row(["family", ...bindings.map(({ transport, role }) => `${transport} ${role}`)]),
    row(["---", ...bindings.map(() => "---:")]),
  ];
  for (const { family, rows } of familiesOf(report)) {
    const cells = bindings.map((binding) => {
      const results = rows.flatMap((each) => each.results.get(bindingKey(binding)) ?? []);
      const scored = results.filter(({ verdict }) => verdict !== "na" && verdict !== "info");
      const good = scored.filter(({ verdict }) => verdict === "pass" || verdict === "warn");
      if (scored.length === 0) return "–";
      const text = `${good.length}/${scored.length}`;
      return good.length === scored.length ? text : `**${text}**`;
    });
    lines.push(row([escapeMarkdown(family), ...cells]));
  }
  return [...lines, ""];
}

/** What needs attention, the worst first; a case that ends alike on many bindings is one row. */
function details(report: Report): readonly string[] {
  const groups = VERDICTS.filter(({ verdict }) => needsAttention(verdict)).flatMap(
    ({ verdict }) => {
      const byCase = new Map<string, CaseResult[]>();
      for (const result of resultsWith(report, verdict)) {
        byCase.set(result.caseId, [...(byCase.get(result.caseId) ?? []), result]);
      }
      return [...byCase.values()];
    },
  );
  if (groups.length === 0) return [];
  const lines = [
    row(["", "case", "where", "clause", "expected", "seen (first)"]),
    row(["---", "---", "---", "---", "---", "---"]),
    ...groups.slice(0, MOST_DETAILS).map(detailRow),
    "",
  ];
  const hidden = groups.length - MOST_DETAILS;
  if (hidden > 0) lines.push(`and ${plural(hidden, "more case")}, in the HTML report`, "");
  return lines;
}

function detailRow(results: readonly CaseResult[]): string {
  const [first] = results;
  if (first === undefined) return "";
  const [check] = badChecks(first);
  const clauses =
    check === undefined ? "" : `${levelWord(check.level)} ${check.clauses.join(", ")}`;
  return row([
    first.verdict,
    `**${cell(first.caseId)}** ${cell(first.title)}`,
    results.map(({ transport, role }) => `${transport} ${role}`).join(", "),
    cell(clauses),
    cell(check?.expected ?? ""),
    cell(check?.seen ?? first.reason ?? ""),
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cell(text: string): string {
  return escapeMarkdown(truncate(oneLine(text), MOST_TEXT));
}

/**
 * Text as Markdown that shows exactly it, in a heading or a table cell: whatever can begin markup,
 * HTML, a new cell, a mention or a reference is escaped, and so is what makes a bare address a
 * link.
 */
function escapeMarkdown(text: string): string {
  return oneLine(text)
    .replace(/[\\`*_[\]<>|~&@$#]/g, "\\$&")
    .replace(/:(?=\/\/)/g, "\\:")
    .replace(/\bwww\./gi, (www) => `${www.slice(0, 3)}\\.`);
}
