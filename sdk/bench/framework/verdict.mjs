import { figure, summarize } from "./statistics.mjs";

/**
 * @typedef {object} Verdict
 * @property {boolean | undefined} met Undefined: there is no target, or its baseline is missing.
 * @property {number | undefined} limit What had to be reached, in the row's unit.
 * @property {string} text
 */

/** The medians by contender. @param {import("./runner.mjs").Measured} measured @returns {Record<string, number>} */
export function medians({ samples }) {
  return Object.fromEntries(
    [...samples].map(([contender, values]) => [contender, summarize(values).median]),
  );
}

/** @param {import("./runner.mjs").Measured} measured @returns {Verdict} */
export function judge(measured) {
  const { row, failure } = measured;
  if (failure !== undefined) return { met: undefined, limit: undefined, text: "not measured" };
  if (row.target === undefined) return { met: undefined, limit: undefined, text: "" };
  const found = medians(measured);
  const limit = row.target.limit(found);
  if (Number.isNaN(limit)) {
    return { met: undefined, limit: undefined, text: "not told: what it rests on is missing" };
  }
  const without = row.ours.filter((name) => found[name] === undefined);
  const ours = row.ours.map((name) => found[name]).filter((median) => median !== undefined);
  if (ours.length === 0) return { met: undefined, limit, text: "left out" };
  const worst = row.better === "lower" ? Math.max(...ours) : Math.min(...ours);
  const met = row.better === "lower" ? worst <= limit : worst >= limit;
  const text = met ? "reached" : missedBy(worst, limit, row.unit);
  return {
    met,
    limit,
    text: without.length === 0 ? text : `${text}, without ${without.join(", ")}`,
  };
}

/** @param {number} worst @param {number} limit @param {string} unit */
function missedBy(worst, limit, unit) {
  if (limit === 0) return `missed by ${figure(Math.abs(worst))} ${unit}`;
  const percent = 100 * Math.abs(worst / limit - 1);
  return `missed by ${percent < 10 ? percent.toFixed(1) : percent.toFixed(0)} %`;
}

/** Of a contender to the baseline; undefined where there is none. @param {import("./runner.mjs").Measured} measured @param {string} contender */
export function ratio(measured, contender) {
  const { baseline } = measured.row;
  const found = medians(measured);
  const [own, base] = [found[contender], found[baseline ?? ""]];
  return own === undefined || base === undefined || base === 0 ? undefined : own / base;
}
