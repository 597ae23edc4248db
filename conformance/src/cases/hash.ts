/** A name for a catalogue by its content, so that saved evidence tells which one judged it. */
import { createHash } from "node:crypto";
import type { CaseSpec } from "./model.ts";

/** As many hexadecimal digits as tell any two catalogues apart. */
const DIGITS = 16;

/** The same for the same cases, whatever the comments and the order of keys in their files say. */
export function catalogueHash(catalogue: readonly CaseSpec[]): string {
  return createHash("sha256")
    .update(JSON.stringify(catalogue, sortKeys))
    .digest("hex")
    .slice(0, DIGITS);
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
