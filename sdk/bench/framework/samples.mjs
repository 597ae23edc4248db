/** The samples of one round, of several rows. */
export class Samples {
  /** What an experiment's `measure` returns. @type {Record<string, Record<string, number[]>>} */
  byRow = {};

  /** @param {string} row @param {string} contender @param {number} value */
  add(row, contender, value) {
    const samples = this.byRow[row] ?? {};
    this.byRow[row] = samples;
    samples[contender] = [...(samples[contender] ?? []), value];
  }
}
