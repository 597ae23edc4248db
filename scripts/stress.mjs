// Runs the timing cases against the reference peer, which conforms, again and again while every
// core is kept busy: not one may fail. "Inconclusive" is allowed and counted: it is what the suite
// is to say on a machine like that.
import { spawn } from "node:child_process";
import { cpus } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalogueHash } from "../conformance/dist/cases/hash.js";
import { loadCases } from "../conformance/dist/cases/load.js";
import { saveEvidence } from "../conformance/dist/evidence/save.js";
import { caseTimeline } from "../conformance/dist/evidence/timeline.js";
import { isTimed } from "../conformance/dist/judge/timed.js";
import { toleranceFor } from "../conformance/dist/judge/tolerance.js";
import { runJob } from "../conformance/dist/runner/run-case.js";
import { TesteePool } from "../conformance/dist/runner/testee-pool.js";
import { TesteeProcess } from "../conformance/dist/testee/process.js";
import { systemMachine } from "../conformance/dist/time/machine.js";
import { StallMonitor } from "../conformance/dist/trace/stall-monitor.js";
import { readSuiteVersion } from "../conformance/dist/version.js";

const USAGE = `usage: npm run stress -- [options]
  --runs <n>      how often every timing case runs, 200 if absent
  --minutes <n>   stop after so long, whatever is left, 20 if absent
  --burners <n>   processes that keep the cores busy, one a core if absent
  --width <n>     cases at once, 64 if absent
  --reports <dir> where evidence of a failure goes, reports/stress if absent
`;

const UNIT_MS = 200;
/** Cases that need a process to themselves, or move megabytes, run only so many at once. */
const OWN_WIDTH = 12;
const BULK_WIDTH = 6;
const START_SPACING_MS = 15;
const PROGRESS_MS = 10_000;
/** A peer that conforms gets none of these. */
const FALSE_ALARMS = new Set(["fail", "warn", "untestable", "error"]);

const options = readOptions();
const reference = fileURLToPath(new URL("../conformance/dist/reference/main.js", import.meta.url));
const testee = `exec "${process.execPath}" "${reference}"`;
const catalogue = loadCases();
const timed = catalogue.filter(isTimed);
const total = timed.length * options.runs;

const started = performance.now();
const deadline = started + options.minutes * 60_000;
/** @type {Map<string, number>} */
const counts = new Map();
/** @type {string[]} */
const alarms = [];
let done = 0;
let worstLagMs = 0;

console.log(
  `${timed.length} of ${catalogue.length} cases have a check with a bound in time; each runs ${options.runs} times ` +
    `against the reference peer, on one transport and in one role after the other, ${options.width} at once, ` +
    `beside ${options.burners} processes that do nothing but burn`,
);

const burners = Array.from({ length: options.burners }, startBurner);
const monitor = new StallMonitor();
/** @type {TesteePool[]} */
const pools = [];
const progress = setInterval(tellProgress, PROGRESS_MS);
try {
  const shared = newPool();
  const bulk = newPool();
  // One process each, from the first case to the last: to start one stops the harness for a while.
  const own = Array.from({ length: OWN_WIDTH }, newPool);
  await Promise.all([
    runLane("shared", options.width, () => shared),
    runLane("bulk", BULK_WIDTH, () => bulk),
    runLane("own", OWN_WIDTH, (index) => /** @type {TesteePool} */ (own[index])),
  ]);
} finally {
  clearInterval(progress);
  for (const burner of burners) burner.kill("SIGKILL");
  await Promise.all(pools.map((pool) => pool.dispose()));
}

tellProgress();
for (const alarm of alarms) console.log(`\n${alarm}`);
const left = total - done;
if (left > 0)
  console.log(
    `\nstopped after ${options.minutes} minutes: ${left} of ${total} did not run (see --minutes)`,
  );
console.log(
  alarms.length === 0
    ? `\nno false alarm in ${done} runs of a case`
    : `\n${alarms.length} false alarms in ${done} runs of a case: a bug in the harness or the judge`,
);
process.exitCode = alarms.length > 0 ? 1 : left > 0 ? 2 : 0;

function newPool() {
  const source = { start: () => new TesteeProcess(testee) };
  const pool = new TesteePool(source, readSuiteVersion(), systemMachine.time);
  pools.push(pool);
  return pool;
}

/**
 * @param {"shared" | "bulk" | "own"} lane
 * @param {number} width
 * @param {(worker: number) => TesteePool} poolOf
 */
async function runLane(lane, width, poolOf) {
  const specs = timed.filter((spec) => spec.process === lane);
  const jobs = jobsOf(specs);
  const worker = async (/** @type {unknown} */ _, /** @type {number} */ index) => {
    // Not all at once: beginning is what costs most.
    await new Promise((resolve) => setTimeout(resolve, index * START_SPACING_MS));
    for (const job of jobs) {
      if (performance.now() > deadline) return;
      await runOne(job, poolOf(index));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/**
 * Every case once, on a transport and in a role that change from run to run, and then all again.
 * @param {typeof timed} specs
 */
function* jobsOf(specs) {
  for (let run = 0; run < options.runs; run += 1)
    for (const [index, spec] of specs.entries()) {
      const places = spec.transports.flatMap((transport) =>
        spec.roles.map((role) => ({ transport, role })),
      );
      const place = places[(run + index) % places.length];
      if (place !== undefined) yield { run, spec, ...place };
    }
}

/**
 * @param {{ run: number } & import("../conformance/dist/runner/run-case.js").Job} job
 * @param {TesteePool} pool
 */
async function runOne({ run, ...job }, pool) {
  const { id } = job.spec;
  const { result } = await runJob(job, {
    unitMs: UNIT_MS,
    machine: systemMachine,
    monitor,
    testee: await pool.acquire("shared"),
    name: `s${run}-${id}`,
    attempt: 1,
    repro: () =>
      `npx pulsewire-conformance run --testee '${testee}' --case ${id} --transport ${job.transport} --role ${job.role}`,
  });
  done += 1;
  counts.set(result.verdict, (counts.get(result.verdict) ?? 0) + 1);
  worstLagMs = Math.max(worstLagMs, result.maxLagMs);
  if (!FALSE_ALARMS.has(result.verdict)) return;
  const dir = join(options.reports, `${run}-${id}`);
  const saved = await keep(result, dir);
  alarms.push(`${caseTimeline(result)}evidence  ${saved}`);
  console.log(`${result.verdict}: ${id} on ${job.transport}, ${job.role}, in run ${run}`);
}

/**
 * @param {import("../conformance/dist/model.js").CaseResult} result
 * @param {string} dir
 */
async function keep(result, dir) {
  const { report } = await saveEvidence(
    {
      schema: 1,
      suiteVersion: readSuiteVersion(),
      protocolVersion: 1,
      startedAt: new Date().toISOString(),
      durationMs: Math.round(performance.now() - started),
      unitMs: UNIT_MS,
      tolerance: toleranceFor(UNIT_MS),
      environment: { platform: process.platform, cpus: cpus().length, node: process.version },
      command: "npm run stress",
      clauses: [],
      results: [result],
      exitCode: 1,
    },
    dir,
    {
      policy: "failed",
      catalogue: catalogueHash(catalogue),
      workingDirectory: process.cwd(),
    },
  );
  return join(dir, report.results[0]?.evidence ?? "");
}

function tellProgress() {
  const seconds = Math.round((performance.now() - started) / 1000);
  const verdicts = [...counts].sort().map(([verdict, count]) => `${count} ${verdict}`);
  console.log(
    `${seconds} s  ${done}/${total}  ${verdicts.join(", ")}  harness lag at most ${worstLagMs} ms`,
  );
}

/** It ends by itself, should this process be killed before it can end it. */
function startBurner() {
  const lifeMs = Math.ceil(options.minutes * 60_000) + 60_000;
  const program = `const end = Date.now() + ${lifeMs}; while (Date.now() < end);`;
  return spawn(process.execPath, ["-e", program], { stdio: "ignore" });
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        runs: { type: "string", default: "200" },
        minutes: { type: "string", default: "20" },
        burners: { type: "string", default: String(cpus().length) },
        width: { type: "string", default: "64" },
        reports: { type: "string", default: "reports/stress" },
      },
    });
    return {
      runs: readNumber("runs", values.runs, 1, 10_000),
      minutes: readNumber("minutes", values.minutes, 1, 600),
      burners: readNumber("burners", values.burners, 0, 64),
      width: readNumber("width", values.width, 1, 256),
      reports: values.reports,
    };
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return process.exit(3);
  }
}

/** @param {string} name @param {string} value @param {number} least @param {number} most */
function readNumber(name, value, least, most) {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most)
    throw new Error(`--${name} takes a whole number from ${least} to ${most}`);
  return number;
}
