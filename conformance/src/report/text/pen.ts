/** What every report in a terminal is drawn with: colours, a width, keys and their texts. */
import pc from "picocolors";
import { toAscii } from "./abilities.ts";
import { oneLine } from "./clean.ts";
import type { Colors, Paint } from "./paint.ts";
import { type Item, wrap } from "./wrap.ts";

/** How the terminal report is drawn. */
export interface TerminalOptions {
  readonly color: boolean;
  /** Width of the terminal; 80 if it is not known. */
  readonly columns?: number;
  /** False: ASCII alone. */
  readonly unicode?: boolean;
  /** The folder that has, or will have, the reports; absent if none are written. */
  readonly reports?: string;
}

/** What the parts of the report are drawn with. */
export interface Pen {
  readonly colors: Colors;
  readonly width: number;
  readonly reports: string | undefined;
}

const LEAST_COLUMNS = 32;
/** Wider than this, lines of prose are no longer read easily; the table and timelines stop too. */
const MOST_COLUMNS = 120;
const KEY_WIDTH = 10;
/** Below this the key of a field gets a line of its own. */
const KEYED_COLUMNS = 50;

export function penOf({ color, columns = 80, reports }: TerminalOptions): Pen {
  const width = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns));
  return { colors: pc.createColors(color), width, reports };
}

/** Sections, an empty line between them. */
export function finish(sections: readonly (readonly string[])[], options: TerminalOptions): string {
  const text = sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map((line) => line.trimEnd()).join("\n"))
    .join("\n\n");
  return `${options.unicode === false ? toAscii(text) : text}\n`;
}

/**
 * A key and its text, wrapped beside it. What is `whole`, a command or an address, is never
 * wrapped: it has to survive being copied.
 */
export function field(
  key: string,
  text: string,
  { colors, width }: Pen,
  { paint = (line) => line, whole = false }: { paint?: Paint; whole?: boolean } = {},
): readonly string[] {
  const clean = oneLine(text);
  if (width < KEYED_COLUMNS) {
    const lines = whole ? [clean] : wrap(clean, width - 4);
    return [
      ...(key === "" ? [] : [`  ${colors.dim(key)}`]),
      ...lines.map((line) => `    ${paint(line)}`),
    ];
  }
  const lines = whole ? [clean] : wrap(clean, width - KEY_WIDTH - 2);
  return lines.map((line, index) => {
    const name = (index === 0 ? key : "").padEnd(KEY_WIDTH);
    return `  ${colors.dim(name)}${paint(line)}`;
  });
}

export function item(text: string, paint: Paint): Item {
  return { painted: paint(text), width: text.length };
}
