// The SDK in networks that swallow packets: see "Try it on a network that swallows packets" in
// docs/operations.md. Exit codes: 0 everything holds, or there can be no lab here; 1 something does
// not hold; 2 the machine was too busy to tell; 3 wrong usage; 4 there can be no lab here, and
// --require was given; 128 and the number of the signal that stopped it.
import { setMaxListeners } from "node:events";
import { constants } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Labs, sweep } from "./lab.mjs";
import { plan } from "./plan.mjs";
import { whyNot } from "./prerequisites.mjs";
import { record } from "./record.mjs";
import { Report } from "./report.mjs";

const USAGE = `usage: npm run test:network -- [options]
  --require     exit with 4, and not with 0, where there can be no lab
  --repeat <n>  how often every fault strikes every transport, 1 to 50; 2 if absent, 6 to record
  --record      write what was measured into docs/, with controls that hang for a minute
`;

/** Labs at once: they mostly wait. */
const WIDTH = 10;
/** Not all begin at once: to start two processes is what costs most. */
const START_SPACING_MS = 400;
/** How long a control hangs: many times the bound. */
const CONTROL_MS = 12_000;
const RECORDED_CONTROL_MS = 60_000;
/** A verdict that the machine made late is sought again, so often at most. */
const ATTEMPTS = 3;

const options = readOptions();
const reason = await whyNot();
if (reason !== undefined) {
  console.log(`test:network ${options.require ? "cannot run" : "skipped"}: ${reason}`);
  process.exit(options.require ? 4 : 0);
}
const left = sweep();
if (left.length > 0) console.log(`deleted what a dead run had left: ${left.join(", ")}`);

const stopping = new AbortController();
setMaxListeners(0, stopping.signal); // each pause of each lab is one
const context = { labs: new Labs(), peers: new Set(), signal: stopping.signal };
stopOn("SIGINT", "SIGTERM", "SIGHUP");
// Whatever ends this process: nothing of it stays.
process.on("exit", () => {
  destroyPeers();
  context.labs.clear();
});

const report = new Report();
const queue = plan(context, {
  repeat: options.repeat,
  hangMs: options.record ? RECORDED_CONTROL_MS : CONTROL_MS,
});
console.log(`${queue.length} labs, ${WIDTH} at once`);
await Promise.all(Array.from({ length: WIDTH }).map(work));
if (!stopping.signal.aborted) {
  console.log(report.summary());
  process.exitCode = report.exitCode;
  if (options.record && report.exitCode === 0) record(report);
}

/** @param {unknown} _ @param {number} index */
async function work(_, index) {
  await sleep(index * START_SPACING_MS, undefined, { signal: stopping.signal }).catch(() => {});
  for (let job = queue.shift(); job !== undefined; job = queue.shift()) {
    if (stopping.signal.aborted) return;
    await tryJob(job);
  }
}

/** @param {import("./plan.mjs").Job} job */
async function tryJob(job) {
  for (let attempt = 1; ; attempt += 1) {
    const found = await job.run().catch(broken);
    if (stopping.signal.aborted) return;
    const { excused = false, starvedMs = 0, problems } = found;
    if (!excused || attempt === ATTEMPTS) return report.add(job, found);
    console.log(
      `again  ${job.transport.padEnd(5)} ${job.name}: too busy a machine (${Math.round(starvedMs)} ms without a processor)`,
    );
    for (const { text } of problems) console.log(`       ${text}`);
  }
}

/** @param {unknown} error @returns {import("./scenarios.mjs").Found} */
function broken(error) {
  return { problems: [{ text: error instanceof Error ? error.message : String(error) }] };
}

/** @param {NodeJS.Signals[]} signals */
function stopOn(...signals) {
  for (const signal of signals) {
    process.on(signal, () => {
      const code = 128 + constants.signals[signal];
      // The second time nobody waits for anything.
      if (stopping.signal.aborted) process.exit(code);
      process.exitCode = code;
      console.log(`${signal}: deleting the labs`);
      stopping.abort();
      destroyPeers();
    });
  }
}

function destroyPeers() {
  for (const peer of context.peers) peer.destroy();
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        require: { type: "boolean", default: false },
        record: { type: "boolean", default: false },
        repeat: { type: "string" },
      },
    });
    const repeat = Number(values.repeat ?? (values.record ? 6 : 2));
    if (!Number.isInteger(repeat) || repeat < 1 || repeat > 50)
      throw new Error("--repeat takes a whole number from 1 to 50");
    return { ...values, repeat };
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return process.exit(3);
  }
}
