/** The options --baseline and --update-baseline. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import type { CaseResult } from "../model.ts";
import {
  type BaselineDocument,
  BaselineError,
  EMPTY_BASELINE,
  parseBaseline,
} from "../scoring/baseline.ts";
import { updateBaseline } from "../scoring/update-baseline.ts";
import { reading, requireWritableFile, writing } from "./paths.ts";

export interface BaselineOptions {
  readonly baseline?: string;
  readonly updateBaseline?: boolean;
}

/**
 * Reads the baseline; one that is to be written need not exist yet.
 *
 * @throws {BaselineError} if there is none, or it is none.
 * @throws {PathError} if it cannot be read, or not be written where it is to be.
 */
export function openBaseline(options: BaselineOptions): BaselineDocument | undefined {
  const { baseline: file, updateBaseline: updates = false } = options;
  if (file === undefined) {
    if (updates) throw new BaselineError("--update-baseline needs --baseline <file>");
    return undefined;
  }
  if (updates) requireWritableFile(file);
  if (!existsSync(file) && !updates)
    throw new BaselineError(`there is no ${file}: --update-baseline writes it from a run`);
  const text = existsSync(file) ? reading(file, () => readFileSync(file, "utf8")) : EMPTY_BASELINE;
  return parseBaseline(text, file);
}

/** Writes what the run has found into the file; says what was changed. */
export function writeBaseline(baseline: BaselineDocument, results: readonly CaseResult[]): string {
  const { file } = baseline;
  const today = new Date().toISOString().slice(0, 10);
  const { text, added, removed } = updateBaseline(baseline, results, today);
  writing(file, () => writeFileSync(file, text));
  const todo = added > 0 ? "; give each new one an address in `issue`" : "";
  return `baseline: ${file}, ${added} added, ${removed} removed${todo}`;
}
