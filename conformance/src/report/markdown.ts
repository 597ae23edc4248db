import type { Report } from "../model.ts";
import { asidesOf } from "./asides.ts";
import { besideFirst, checkName, clausesById, duration, endingWords } from "./evidence.ts";
import { type Finding, findingsOf, placesOf } from "./findings.ts";
import { headlineOf, tally } from "./headline.ts";
import { bindingKey, bindingsOf, familiesOf } from "./layout.ts";
import { standingOf } from "./standing.ts";
import { oneLine } from "./text/clean.ts";
import { textTimeline } from "./text/timeline.ts";
import { truncate } from "./text/wrap.ts";
import { plural, styleOf, VERDICTS } from "./verdicts.ts";

/** A CI summary has a size limit (1 MiB at GitHub), and nobody reads more than this. */
const MOST_DETAILS = 40;
const MOST_TEXT = 400;
const TIMELINE_WIDTH = 90;

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
  for (const note of report.notes ?? []) lines.push(`- ${cell(note)}`);
  if (report.notes !== undefined) lines.push("");
  if (headline.advice.length > 0)
    lines.push(...headline.advice.map((text) => `- ${escapeMarkdown(text)}`), "");
  lines.push(...totalsTable(report), ...familyTable(report), ...found(report), ...asides(report));
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
      const scored = results.filter(
        (result) =>
          result.verdict !== "na" && result.verdict !== "info" && standingOf(result) === "counts",
      );
      const good = scored.filter(({ verdict }) => verdict === "pass" || verdict === "warn");
      if (scored.length === 0) return "–";
      const text = `${good.length}/${scored.length}`;
      return good.length === scored.length ? text : `**${text}**`;
    });
    lines.push(row([escapeMarkdown(family), ...cells]));
  }
  return [...lines, ""];
}

/** What was found, the worst first, each folded behind the line that names it. */
function found(report: Report): readonly string[] {
  const findings = findingsOf(report);
  if (findings.length === 0) return [];
  const clauses = clausesById(report);
  const lines = ["### What was found", ""];
  for (const finding of findings.slice(0, MOST_DETAILS)) {
    const { caseId, title, verdict, results, checks, again } = finding;
    const { symbol, label } = styleOf(verdict);
    lines.push(
      "<details>",
      `<summary>${escapeHtml(symbol)} <b>${escapeHtml(caseId)}</b> ${escapeHtml(title)} ` +
        `<i>(${escapeHtml(label)}: ${escapeHtml(placesOf(results))})</i></summary>`,
      "",
    );
    const [check] = checks;
    for (const id of check?.clauses ?? []) {
      const sentence = clauses.get(id)?.sentence;
      lines.push(
        `> **${escapeMarkdown(id)}** ${sentence === undefined ? "" : cell(sentence)}`.trimEnd(),
        "",
      );
    }
    const reason = results[0].reason;
    if (reason !== undefined) lines.push(`- reason: ${cell(reason)}`);
    if (check !== undefined) {
      lines.push(`- expected: ${cell(check.expected)}`, `- **seen: ${cell(check.seen)}**`);
    }
    lines.push(`- ${cell(endingWords(results[0]))}`);
    const { others, notReached } = besideFirst(checks);
    for (const other of others) {
      const told = `expected ${other.expected}, seen ${other.seen}`;
      lines.push(`- also ${escapeMarkdown(checkName(other))}: ${cell(told)}`);
    }
    if (notReached !== undefined) lines.push(`- ${cell(notReached)}`);
    lines.push(
      "",
      ...fenced([...drawn(finding), again].map(oneLineKeepingSpaces)),
      "</details>",
      "",
    );
  }
  const hidden = findings.length - MOST_DETAILS;
  if (hidden > 0) lines.push(`and ${plural(hidden, "more case")}, in the HTML report`, "");
  return lines;
}

function drawn({ results, checks }: Finding): readonly string[] {
  const windows = checks.find((check) => check.windows !== undefined)?.windows;
  const timeline = textTimeline(results[0].trace, TIMELINE_WIDTH, windows);
  return timeline.length === 0 ? [] : [...timeline, ""];
}

/** Lines as they are, in a fence that none of them can close. */
function fenced(lines: readonly string[]): readonly string[] {
  const longest = Math.max(
    0,
    ...lines.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length),
  );
  const fence = "`".repeat(Math.max(3, longest + 1));
  return [`${fence}text`, ...lines, fence, ""];
}

/** Columns are what a timeline is: only what is unsafe goes. */
function oneLineKeepingSpaces(line: string): string {
  const indent = line.match(/^ */)?.[0] ?? "";
  return indent + oneLine(line);
}

function asides(report: Report): readonly string[] {
  return asidesOf(report).flatMap(({ title, lines }) => [
    `<details><summary>${escapeHtml(title)} (${lines.length})</summary>`,
    "",
    ...lines.slice(0, MOST_DETAILS).map((line) => `- ${cell(line)}`),
    ...(lines.length > MOST_DETAILS ? [`- and ${lines.length - MOST_DETAILS} more`] : []),
    "",
    "</details>",
    "",
  ]);
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function cell(text: string): string {
  return escapeMarkdown(truncate(oneLine(text), MOST_TEXT));
}

/** Text as HTML that shows exactly it. */
function escapeHtml(text: string): string {
  return truncate(oneLine(text), MOST_TEXT).replace(
    /[&<>"'@#]/g,
    (sign) => `&#${sign.charCodeAt(0)};`,
  );
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
