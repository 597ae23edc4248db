import type { Verdict } from "../model.ts";

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

/** "1 result", "2 results", "2 entries". */
export function plural(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return noun.endsWith("y") ? `${count} ${noun.slice(0, -1)}ies` : `${count} ${noun}s`;
}
