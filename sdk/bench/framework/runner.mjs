import { Children } from "./children.mjs";

/**
 * @typedef {import("./row.mjs").Experiment} Experiment
 * @typedef {import("./row.mjs").RowFacts} RowFacts
 */

/**
 * @typedef {object} Measured A row, and what was found.
 * @property {RowFacts} row
 * @property {Map<string, number[]>} samples By contender.
 * @property {Map<string, string>} leftOut Contenders that could not run here, and why.
 * @property {string} [failure] The row could not be measured.
 */

const ROUNDS = { quick: 2, full: 5 };
const LIMIT_MS = 180_000;

/**
 * Runs one measurement: its rounds, the contenders of each in another order, and
 * whatever happens no process is left.
 *
 * @param {Experiment} experiment
 * @param {object} options
 * @param {boolean} options.quick
 * @param {Children} options.children
 * @param {(line: string) => void} options.log
 * @returns {Promise<Measured[]>} One for each of its rows.
 */
export async function run(experiment, { quick, children, log }) {
  const { rounds = ROUNDS, limitMs = LIMIT_MS } = experiment;
  /** @type {Map<string, string>} */
  const leftOut = new Map();
  const found = experiment.rows.map((row) => ({
    row,
    samples: /** @type {Map<string, number[]>} */ (new Map()),
    leftOut,
  }));
  /** @param {number} round @returns {import("./row.mjs").Context} */
  const context = (round) => ({
    quick,
    round,
    order: rotated(contendersOf(experiment), round).filter((name) => !leftOut.has(name)),
    log,
    leaveOut: (contender, reason) => void leftOut.set(contender, reason),
    children,
  });
  const work = async () => {
    const state = await experiment.prepare?.(context(0));
    for (let round = 0; round < (quick ? rounds.quick : rounds.full); round += 1) {
      const samples = await experiment.measure(context(round), state);
      for (const { row, samples: all } of found) add(all, samples[row.id] ?? {});
    }
  };
  try {
    await within(work(), limitMs);
    return found.map((each) => missing(each));
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return found.map((each) => ({ ...each, failure }));
  } finally {
    await children.end();
  }
}

/** @param {Experiment} experiment */
function contendersOf({ rows }) {
  return [...new Set(rows.flatMap(({ contenders }) => contenders))];
}

/** @param {Map<string, number[]>} all @param {import("./row.mjs").Samples} samples */
function add(all, samples) {
  for (const [contender, values] of Object.entries(samples)) {
    const known = all.get(contender) ?? [];
    known.push(...values);
    all.set(contender, known);
  }
}

/**
 * Ours may be left out where it cannot run, as others may; without a reason it is a failure.
 *
 * @param {Measured} measured
 * @returns {Measured}
 */
function missing(measured) {
  const { row, samples, leftOut } = measured;
  const lost = row.ours.filter((name) => !samples.get(name)?.length && !leftOut.has(name));
  return lost.length === 0 ? measured : { ...measured, failure: `no samples: ${lost.join(", ")}` };
}

/**
 * The same list, begun elsewhere, and turned round every second time: nobody is always
 * first, and nobody always after the same one.
 *
 * @template T
 * @param {readonly T[]} list
 * @param {number} by
 */
export function rotated(list, by) {
  const at = by % Math.max(1, list.length);
  const turned = [...list.slice(at), ...list.slice(0, at)];
  return by % 2 === 0 ? turned : turned.reverse();
}

/** @param {Promise<void>} work @param {number} limitMs */
async function within(work, limitMs) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${limitMs / 1000} s`)), limitMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
