/**
 * The words of the bench. This file has no code of its own but the one function
 * that lets a module with a single row be short.
 */

/**
 * @typedef {Readonly<Record<string, number>>} Medians By the names of contenders; one that was left out is missing.
 *
 * @typedef {object} RowFacts What a row of the table says of itself.
 * @property {string} id `npm run bench -- <id>`.
 * @property {string} title
 * @property {string} unit Of its samples, such as "ns" or "KB".
 * @property {"lower" | "higher"} better
 * @property {string} best What the best do, as it was known before: for docs/performance.md.
 * @property {string} [baseline] The contender that ratios are made against; none: there are no ratios.
 * @property {readonly string[]} ours The contenders that are judged.
 * @property {Target} [target] None: the row informs, and judges nothing.
 * @property {readonly string[]} contenders
 * @property {string} plot The picture that shows it, docs/images/bench-<plot>.svg.
 *
 * @typedef {object} Target
 * @property {string} text For people, such as "at most 1.10 of the baseline".
 * @property {(medians: Medians) => number} limit What the median of each of ours has to reach, in the row's unit. NaN if the contender that it rests on is missing.
 */

/**
 * What `measure` is told.
 *
 * @typedef {object} Context
 * @property {boolean} quick Less of everything: for a look, and not for the record.
 * @property {number} round From 0.
 * @property {readonly string[]} order The contenders in the order of this round; those left out are missing.
 * @property {(line: string) => void} log A line of progress.
 * @property {(contender: string, reason: string) => void} leaveOut This contender cannot run here.
 * @property {import("./children.mjs").Children} children Where processes are started, and ended in the end whatever happens.
 *
 * @typedef {Record<string, readonly number[]>} Samples By the names of contenders, for one round.
 */

/**
 * @typedef {RowFacts & Measuring & { measure(context: Context): Promise<Samples> }} Row A row with a measurement of its own.
 *
 * @typedef {object} Measuring
 * @property {{ quick: number, full: number }} [rounds] How often `measure` is called; 2 and 5 if absent.
 * @property {number} [limitMs] A measurement that takes longer, all rounds together, has failed; 180,000 if absent.
 * @property {readonly string[]} [packages] Of sdk/bench/package.json, that it cannot do without all of: they are installed first.
 */

/**
 * One measurement that several rows are read from. `prepare`, if there is one, is called once before
 * the rounds; what it returns is given to each of them, and what it started in `children` ends after them.
 *
 * @template [State=any]
 * @typedef {Measuring & {
 *   rows: readonly RowFacts[],
 *   prepare?(context: Context): Promise<State>,
 *   measure(context: Context, state: State): Promise<Readonly<Record<string, Samples>>>,
 * }} Experiment `measure` returns the samples of one round by the ids of rows.
 */

/** @param {Row} row @returns {Experiment} */
export function experimentOf(row) {
  return {
    ...row,
    rows: [row],
    measure: async (context) => ({ [row.id]: await row.measure(context) }),
  };
}
