import { experimentOf } from "../framework/row.mjs";

/**
 * Every measurement, in the order of docs/performance.md.
 *
 * @type {readonly import("../framework/row.mjs").Experiment[]}
 */
export const experiments = [];

void experimentOf;
