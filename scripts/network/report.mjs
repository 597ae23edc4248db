// What a run found, as lines for a terminal and as rows for docs.
import { FAULTS, faultOf, TRANSPORTS, timesFor } from "./faults.mjs";

/** @typedef {import("./scenarios.mjs").Found} Found */
/** @typedef {import("./scenarios.mjs").Detection} Detection */
/** @typedef {import("./faults.mjs").Transport} Transport */
/** @typedef {import("./plan.mjs").Job} Job */
/**
 * @typedef {object} Row One failure, as seen by ends in the same position.
 * @property {string} title
 * @property {number} hungForMs How long the shortest of its controls hung.
 * @property {number} boundMs From the fault to the verdict, at most.
 * @property {number} vague How many ends found out whose fault came at a moment not known to 100 ms: they are left out.
 * @property {Record<Transport, Detection[]>} detections
 */

/** A busy machine takes its time to cut. What it takes longer for is judged, but is no figure. */
const EXACT_MS = 100;

export class Report {
  /** @type {{ job: Job, found: Found }[]} */
  #results = [];

  /** @param {Job} job @param {Found} found */
  add(job, found) {
    this.#results.push({ job, found });
    const verdict = verdictOf(found);
    const line = `${verdict.padEnd(6)} ${job.transport.padEnd(5)} ${job.name}`;
    console.log(`${line.padEnd(76)} ${measure(found)}`.trimEnd());
    for (const { text } of found.problems) console.log(`       ${text}`);
  }

  get exitCode() {
    const verdicts = this.#results.map(({ found }) => verdictOf(found));
    if (verdicts.includes("FAILED")) return 1;
    return verdicts.includes("busy") ? 2 : 0;
  }

  /** @param {string} mode */
  found(mode) {
    return this.#results.filter(({ job }) => job.mode === mode).map(({ found }) => found);
  }

  /** What is of use as a figure. @returns {Row[]} */
  rows() {
    return Object.keys(FAULTS).flatMap((fault) => {
      const { title, hearing, idleSeconds } = faultOf(fault);
      const of = (/** @type {string} */ mode) =>
        this.#results.filter(({ job }) => job.mode === mode && job.fault === fault);
      const hungForMs = Math.min(...of("control").map(({ found }) => found.hungForMs ?? 0));
      const sides = hearing.length === 0 ? [false] : [false, true];
      return sides.map((hears) => {
        const detections = /** @type {Row["detections"]} */ (
          Object.fromEntries(
            TRANSPORTS.map((transport) => [
              transport,
              of("detect")
                .filter(({ job }) => job.transport === transport)
                .flatMap(({ found }) => found.detections ?? [])
                .filter((each) => each.hearing === hears),
            ]),
          )
        );
        const all = Object.values(detections).flat();
        for (const transport of TRANSPORTS)
          detections[transport] = detections[transport].filter(
            ({ unsureMs }) => unsureMs <= EXACT_MS,
          );
        const { heartbeatTimeMs } = timesFor(faultOf(fault));
        const pace =
          idleSeconds === undefined ? "" : `, heartbeat-time ${heartbeatTimeMs / 1000} s`;
        const end = hears ? "the end that still hears" : "the end that hears nothing";
        return {
          title: hearing.length === 0 ? title + pace : `${title}: ${end}`,
          hungForMs,
          boundMs: Math.max(0, ...all.map((each) => each.boundMs)),
          vague: all.length - Object.values(detections).flat().length,
          detections,
        };
      });
    });
  }

  summary() {
    const lines = ["", `detected after the fault, in s: least / median / most`];
    for (const { title, boundMs, detections } of this.rows()) {
      lines.push(`  ${title} (at most ${seconds(boundMs)})`);
      for (const transport of TRANSPORTS) {
        lines.push(`    ${transport.padEnd(5)} ${spread(detections[transport])}`);
      }
    }
    const verdicts = this.#results.map(({ found }) => verdictOf(found));
    const count = (/** @type {string} */ verdict) =>
      verdicts.filter((each) => each === verdict).length;
    lines.push(
      "",
      `${count("ok")} ok, ${count("FAILED")} failed, ${count("busy")} not told for want of a processor`,
    );
    return lines.join("\n");
  }
}

/** @param {Found} found */
function verdictOf({ problems, excused }) {
  if (problems.length === 0) return "ok";
  return excused ? "busy" : "FAILED";
}

/** @param {Found} found */
function measure({ detections, hungForMs, openForMs, gaveUpAfterMs }) {
  if (hungForMs !== undefined) return `hung for ${seconds(hungForMs)} s`;
  if (openForMs !== undefined) return `open for ${seconds(openForMs)} s`;
  if (gaveUpAfterMs !== undefined) return `given up after ${seconds(gaveUpAfterMs)} s`;
  return (detections ?? [])
    .map(({ role, kind, sinceFaultMs }) => `${role} ${kind} ${seconds(sinceFaultMs)} s`)
    .join(", ");
}

/** Least, median and most since the fault, in seconds. @param {readonly Detection[]} detections */
export function spread(detections) {
  if (detections.length === 0) return "-";
  const { least, median, most } = spreadMs(detections);
  return [least, median, most].map(seconds).join(" / ");
}

/** @param {readonly Detection[]} detections */
export function spreadMs(detections) {
  const times = detections.map(({ sinceFaultMs }) => sinceFaultMs).sort((a, b) => a - b);
  const at = (/** @type {number} */ index) => times[index] ?? Number.NaN;
  const middle = (times.length - 1) / 2;
  const median = (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2;
  return { least: at(0), median, most: at(times.length - 1) };
}

/** @param {number} ms */
export function seconds(ms) {
  return (ms / 1000).toFixed(2);
}
