/**
 * Times as cases write them: "3u", "100ms", "3u + 100ms".
 *
 * A `u` is one unit of the run, so that a whole case can be slowed down; a
 * `ms` is a millisecond that the specification itself names.
 */

const TERM = /^(-?\d+(?:\.\d+)?)(u|ms)$/;

/** The milliseconds of a sum of terms. */
export function parseTime(text: string, unitMs: number): number {
  let total = 0;
  for (const term of text.split("+")) {
    const match = TERM.exec(term.trim());
    if (match === null) throw new Error(`not a time: "${text}"`);
    total += Number(match[1]) * (match[2] === "u" ? unitMs : 1);
  }
  return total;
}

/** A moment: a label, and how long after it. */
export interface Anchor {
  readonly label: string;
  readonly plusMs: number;
}

/** Reads "hb", or "hb + 3u". */
export function parseAnchor(text: string, unitMs: number): Anchor {
  const plus = text.indexOf("+");
  if (plus < 0) return { label: text.trim(), plusMs: 0 };
  return { label: text.slice(0, plus).trim(), plusMs: parseTime(text.slice(plus + 1), unitMs) };
}
