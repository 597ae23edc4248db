import { closeSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { UsageError } from "./options.mjs";
import { summarize } from "./statistics.mjs";
import { judge, ratio } from "./verdict.mjs";

/**
 * What a run says, as it is written to reports/bench/bench.json.
 *
 * @typedef {object} Report
 * @property {1} format
 * @property {string} date ISO 8601.
 * @property {boolean} quick
 * @property {import("./machine.mjs").Machine} machine
 * @property {{ before: readonly number[], busyShare: number }} load The load average before, and the share of the processors in use then.
 * @property {Record<string, string>} packages Versions by name.
 * @property {readonly RowReport[]} rows
 *
 * @typedef {object} RowReport
 * @property {string} id
 * @property {string} title
 * @property {string} plot The picture that shows it.
 * @property {string} best What the best do, as it was known before.
 * @property {string} unit
 * @property {"lower" | "higher"} better
 * @property {string | undefined} baseline
 * @property {{ text: string, limit: number | undefined, met: boolean | undefined, verdict: string } | undefined} target
 * @property {string | undefined} failure
 * @property {readonly ContenderReport[]} contenders
 *
 * @typedef {object} ContenderReport
 * @property {string} name
 * @property {boolean} ours
 * @property {string | undefined} leftOut Why it could not run here; then there are no figures.
 * @property {number | undefined} median
 * @property {number | undefined} min
 * @property {number | undefined} max
 * @property {number | undefined} ratio To the baseline.
 * @property {readonly number[]} samples
 */

/** @param {import("./runner.mjs").Measured} measured @returns {RowReport} */
export function rowReport(measured) {
  const { row, failure } = measured;
  const { id, title, plot, best, unit, better, baseline, target } = row;
  const { limit, met, text } = judge(measured);
  return {
    id,
    title,
    plot,
    best,
    unit,
    better,
    baseline,
    target: target && { text: target.text, limit, met, verdict: text },
    failure,
    contenders: row.contenders.map((name) => contenderReport(measured, name)),
  };
}

/**
 * Sees that `file` can be written, before a quarter of an hour has gone into what it is for.
 *
 * @param {string} file
 * @throws {UsageError}
 */
export function prepare(file) {
  try {
    mkdirSync(dirname(file), { recursive: true });
    closeSync(openSync(file, "a"));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--out ${file} cannot be written: ${why}`);
  }
}

/** @param {string} file @param {Report} report */
export function write(file, report) {
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

/** @param {import("./runner.mjs").Measured} measured @param {string} name @returns {ContenderReport} */
function contenderReport(measured, name) {
  const samples = measured.samples.get(name) ?? [];
  const facts = { name, ours: measured.row.ours.includes(name), samples };
  if (samples.length === 0) {
    const leftOut = measured.leftOut.get(name) ?? "no samples";
    return {
      ...facts,
      leftOut,
      median: undefined,
      min: undefined,
      max: undefined,
      ratio: undefined,
    };
  }
  return { ...facts, leftOut: undefined, ...summarize(samples), ratio: ratio(measured, name) };
}
