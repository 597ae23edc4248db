import { parseArgs } from "node:util";

/**
 * @typedef {object} Options
 * @property {boolean} quick
 * @property {boolean} record
 * @property {boolean} list
 * @property {boolean} help
 * @property {string} out
 * @property {readonly string[]} ids Of rows; none: all of them.
 */

export const USAGE = `usage: npm run bench -- [options] [row ...]

Runs the rows that are named, or all of them, each beside the peers it is compared with. What one
measurement finds comes together: the median of a round trip and its 99th percentile, say.

  --quick       less of everything, in under three minutes: for a look, and not for the record
  --record      all rows, and write what was measured into docs/performance.md and its pictures
  --out <file>  where the JSON goes; reports/bench/bench.json if absent
  --list        the rows, and nothing else
  --help        this

Exit codes: 0 everything was measured, whether or not a target was reached; 1 a row could not be
measured; 2 wrong usage; 128 and the number of the signal that stopped it.
`;

/** What is wrong with the arguments: one sentence for whoever typed them. */
export class UsageError extends Error {}

/**
 * @param {readonly string[]} args
 * @param {readonly string[]} known The ids of all rows.
 * @returns {Options}
 * @throws {UsageError}
 */
export function readOptions(args, known) {
  const { values, positionals } = parse(args);
  const { out = "reports/bench/bench.json", ...flags } = values;
  const unknown = positionals.filter((id) => !known.includes(id));
  if (unknown.length > 0) {
    throw new UsageError(`there is no row "${unknown.join('", "')}"; --list names those there are`);
  }
  if (out === "") throw new UsageError("--out takes the name of a file");
  if (flags.record && (flags.quick || positionals.length > 0)) {
    throw new UsageError("--record takes all rows in full: no --quick, and no row beside it");
  }
  return { ...flags, out, ids: [...new Set(positionals)] };
}

/** @param {readonly string[]} args */
function parse(args) {
  const flag = /** @type {const} */ ({ type: "boolean", default: false });
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        quick: flag,
        record: flag,
        list: flag,
        help: { ...flag, short: "h" },
        out: { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}
