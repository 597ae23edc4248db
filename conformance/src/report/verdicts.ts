import type { Report, Verdict } from "../model.ts";

/** How a verdict is shown, in every report alike. */
export interface VerdictStyle {
  readonly verdict: Verdict;
  /** One column wide, and different from all others without colour. */
  readonly symbol: string;
  /** As a noun phrase for legends and totals. */
  readonly label: string;
  readonly meaning: string;
}

/** Every verdict, worst first: the order in which they are told. */
export const VERDICTS: readonly VerdictStyle[] = [
  { verdict: "fail", symbol: "✗", label: "fail", meaning: "a MUST was broken" },
  {
    verdict: "untestable",
    symbol: "⊘",
    label: "untestable",
    meaning: "claimed, but a prerequisite was missing; counts as a failure",
  },
  {
    verdict: "error",
    symbol: "E",
    label: "error",
    meaning: "the testee broke the control contract, or the harness has a bug",
  },
  {
    verdict: "inconclusive",
    symbol: "?",
    label: "inconclusive",
    meaning: "this machine stalled while it mattered",
  },
  { verdict: "warn", symbol: "!", label: "warning", meaning: "a SHOULD was broken" },
  { verdict: "pass", symbol: "✓", label: "pass", meaning: "positive evidence was seen" },
  { verdict: "info", symbol: "i", label: "info", meaning: "recorded, not scored" },
  {
    verdict: "na",
    symbol: "–",
    label: "not applicable",
    meaning: "not claimed, or does not apply",
  },
];

const STYLES: ReadonlyMap<Verdict, VerdictStyle> = new Map(
  VERDICTS.map((style) => [style.verdict, style]),
);

/** The style of a verdict. */
export function styleOf(verdict: Verdict): VerdictStyle {
  const style = STYLES.get(verdict);
  if (style === undefined) throw new TypeError(`unknown verdict: ${String(verdict)}`);
  return style;
}

/** Whether a verdict needs someone to look at it, and so is told in full. */
export function needsAttention(verdict: Verdict): boolean {
  return verdict !== "pass" && verdict !== "info" && verdict !== "na";
}

/** Whether the run as a whole is good, needs a second look, or is bad. */
export type Tone = "good" | "unsure" | "bad";

/** The verdict on the whole run, in words. */
export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
}

/** Says what the run came to: by its exit code, which the runner has decided. */
export function headlineOf(report: Report): Headline {
  const counts = tally(report);
  const total = plural(report.results.length, "result");
  switch (report.exitCode) {
    case 0:
      return {
        tone: "good",
        title: "Conforms",
        detail:
          counts.warn === 0
            ? `No MUST and no SHOULD was seen broken in ${total}.`
            : `No MUST was seen broken in ${total}; ${plural(counts.warn, "warning")} for a SHOULD.`,
      };
    case 1: {
      const failed = counts.fail + counts.untestable;
      return {
        tone: "bad",
        title: "Does not conform",
        detail:
          failed > 0
            ? `${failed} of ${total} ${failed === 1 ? "is a failure" : "are failures"}.`
            : `${plural(counts.warn, "warning")} in ${total}.`,
      };
    }
    case 2:
      return {
        tone: "unsure",
        title: "Inconclusive",
        detail: `This machine was too busy to judge ${counts.inconclusive} of ${total}: run them again.`,
      };
    case 3:
      return { tone: "unsure", title: "Nothing was judged", detail: "No case ran to a check." };
    case 4:
      return {
        tone: "bad",
        title: "The testee broke its contract",
        detail: "What it said or did over the control channel cannot be judged.",
      };
    case 70:
      return {
        tone: "bad",
        title: "The harness has a bug",
        detail: "Trust none of this, and report it.",
      };
  }
}

/** How many results have each verdict. */
export function tally(report: Report): Readonly<Record<Verdict, number>> {
  const counts: Record<Verdict, number> = {
    pass: 0,
    fail: 0,
    warn: 0,
    info: 0,
    na: 0,
    untestable: 0,
    inconclusive: 0,
    error: 0,
  };
  for (const result of report.results) counts[result.verdict] += 1;
  return counts;
}

/** "1 result", "2 results". */
export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
