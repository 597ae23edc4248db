// What Pulsewire costs, beside what others do: see docs/performance.md.
import { constants } from "node:os";
import { Children } from "./framework/children.mjs";
import { busyShare, loadAverage, machine } from "./framework/machine.mjs";
import { readOptions, USAGE, UsageError } from "./framework/options.mjs";
import { install, versions } from "./framework/packages.mjs";
import { record } from "./framework/record.mjs";
import { prepare, rowReport, write } from "./framework/report.mjs";
import { run } from "./framework/runner.mjs";
import { table } from "./framework/table.mjs";
import { experiments } from "./rows/index.mjs";

/** Above this share of the processors in use by others, figures are hints. */
const BUSY = 0.15;

const rows = experiments.flatMap((experiment) => experiment.rows);
const options = optionsOrExit();
const children = new Children();
for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
  process.on(signal, () => {
    children.kill();
    process.exit(128 + constants.signals[signal]);
  });
}
process.on("exit", () => children.kill());

const wanted = experiments.filter(
  ({ rows }) => options.ids.length === 0 || rows.some(({ id }) => options.ids.includes(id)),
);
install(new Set(wanted.flatMap(({ packages = [] }) => packages)), console.log);
const load = { before: loadAverage(), busyShare: await busyShare() };
const warning = `WARNING: others use ${Math.round(load.busyShare * 100)} % of this machine: what follows is a hint and no figure`;
if (load.busyShare > BUSY) console.log(warning);

const started = performance.now();
/** @type {import("./framework/runner.mjs").Measured[]} */
const measured = [];
for (const experiment of wanted) {
  const found = await run(experiment, { quick: options.quick, children, log: progress });
  for (const each of found) console.log(table(each));
  measured.push(...found);
}
const report = /** @type {const} */ ({
  format: 1,
  date: new Date().toISOString(),
  quick: options.quick,
  machine: machine(),
  load,
  packages: versions(),
  rows: measured.map(rowReport),
});
write(options.out, report);
if (load.busyShare > BUSY) console.log(`\n${warning}`);
const seconds = Math.round((performance.now() - started) / 1000);
const count = measured.length === 1 ? "1 row" : `${measured.length} rows`;
console.log(`\n${count} in ${seconds} s, written to ${options.out}`);
const whole = measured.every(({ failure }) => failure === undefined);
if (!whole) process.exitCode = 1;
if (options.record && whole) record(report);
else if (options.record) console.error("nothing is recorded: a row could not be measured");

/** @param {string} line */
function progress(line) {
  console.error(`  ... ${line}`);
}

function optionsOrExit() {
  try {
    const options = readOptions(
      process.argv.slice(2),
      rows.map(({ id }) => id),
    );
    if (options.help) console.log(USAGE);
    else if (options.list) console.log(list());
    else {
      prepare(options.out);
      return options;
    }
    return process.exit(0);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`error: ${error.message}\n\n${USAGE}`);
    return process.exit(2);
  }
}

function list() {
  const width = Math.max(...rows.map(({ id }) => id.length));
  return rows.map(({ id, title }) => `${id.padEnd(width)}  ${title}`).join("\n");
}
