import { stripVTControlCharacters } from "node:util";

/**
 * Control characters, and those that reorder what is displayed: a testee's words must not move
 * the cursor, start a line of their own, or read differently from what they are.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for.
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+/g;

/** A string from outside as one harmless line. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(UNSAFE, " ").trim();
}

/** A text from outside as harmless lines. */
export function cleanLines(text: string): readonly string[] {
  return text
    .split(/\r\n|\n|\r/)
    .map((line) =>
      stripVTControlCharacters(line).replaceAll("\t", "  ").replace(UNSAFE, " ").trimEnd(),
    );
}
