/** Reads the numbered sentences of the specification's pages. */
import { readFileSync } from "node:fs";
import type { Clause } from "../model.ts";

const SNAPSHOT_URL = new URL("../../clauses.json", import.meta.url);

/** The sentences this version of the suite was written against; a test compares them with the pages. */
export function loadClauses(): Clause[] {
  return JSON.parse(readFileSync(SNAPSHOT_URL, "utf8")) as Clause[];
}

/** Every `**[PW-...]** sentence` of a page, in its order. */
export function extractClauses(markdown: string, page: string): Clause[] {
  const clauses: Clause[] = [];
  for (const line of markdown.split("\n")) {
    const match = /\*\*\[(PW-[A-Z]+-\d+)\]\*\* (.*)$/.exec(line);
    if (match === null) continue;
    const [, id = "", rest = ""] = match;
    // A sentence in a table ends with its cell.
    const sentence = line.startsWith("|") ? rest.slice(0, rest.lastIndexOf("|")) : rest;
    clauses.push({ id, sentence: plainText(sentence), page });
  }
  return clauses;
}

/** Markdown without its marks, so that a quote need not repeat them. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/[*`]/g, "")
    .replace(/\s+/g, " ")
    .trim();
}
