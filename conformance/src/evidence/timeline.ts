/** The timeline of one case as text, with what the checks say that made it what it is. */
import type { CaseResult } from "../model.ts";
import { badChecks } from "../report/evidence.ts";
import { roleWords } from "../report/layout.ts";
import { oneLine } from "../report/text/clean.ts";
import { TIMELINE_LEGEND, textTimeline } from "../report/text/timeline.ts";

const WIDTH = 120;

export function caseTimeline(result: CaseResult): string {
  const lines = [
    oneLine(`${result.caseId}  ${result.title}`),
    `${result.transport}, ${roleWords(result.role)}: ${result.verdict}, ` +
      `harness lag at most ${result.maxLagMs.toFixed(1)} ms`,
  ];
  if (result.reason !== undefined) lines.push(oneLine(result.reason));
  for (const check of badChecks(result)) {
    lines.push("", `${check.verdict}  ${check.id}  ${check.clauses.join(", ")}`.trimEnd());
    lines.push(`  expected  ${oneLine(check.expected)}`, `  seen      ${oneLine(check.seen)}`);
    const windows = (check.windows ?? []).map((window) => ({
      ...window,
      label: oneLine(window.label),
    }));
    const drawn = textTimeline(result.trace, WIDTH, windows);
    if (drawn.length > 0) lines.push("", ...drawn);
  }
  // Without a check to show there is still something to see.
  if (badChecks(result).length === 0) lines.push("", ...textTimeline(result.trace, WIDTH));
  return `${[...lines, "", TIMELINE_LEGEND.join("  ")].join("\n")}\n`;
}
