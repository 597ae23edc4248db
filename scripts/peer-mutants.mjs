// Breaks the Go peer in one place at a time and demands that the suite finds just that: the suite is
// known not to be tuned to the runtime of its own mutants. What is broken, and which checks must
// fail, is in conformance/peers/go/mutants.yaml. The sources stay untouched: `go build -overlay`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `usage: npm run mutants:peers -- [options]
  --mutant <names>  these mutants, with commas; all if absent
`;

/** A SHOULD that is not kept is a warning to the suite, and counts as failed here. */
const FAILED = new Set(["fail", "warn"]);
const NOT_JUDGED = new Set(["info", "na"]);
/** Of the suite: it judged, and found nothing broken, or something, or could not tell. */
const JUDGED = new Set([0, 1, 2]);
/** So often, if this machine is too busy to tell. */
const ATTEMPTS = 6;

/**
 * @typedef {{ name: string, does: string, file: string, find: string, replace: string,
 *   cases: { case: string, transport: string, role: string }, fails: string[] }} Mutant
 * @typedef {{ caseId: string, transport: string, role: string, verdict: string, reason?: string,
 *   checks: { id: string, verdict: string, seen: string }[] }} Result
 * @typedef {{ mutant: Mutant, failed: number, seconds: number, problems: string[] }} Outcome
 */

// The workspace depends on it, and the root does not.
const { parse } = createRequire(new URL("../conformance/package.json", import.meta.url))("yaml");
const peer = fileURLToPath(new URL("../conformance/peers/go", import.meta.url));
const suite = fileURLToPath(
  new URL("../conformance/bin/pulsewire-conformance.js", import.meta.url),
);

const mutants = chooseMutants();
if (spawnSync("go", ["version"], { stdio: "ignore" }).status !== 0) {
  console.error(
    "error: the Go peer is built with Go, and there is no `go` here (https://go.dev/dl)",
  );
  process.exit(3);
}

const directory = mkdtempSync(join(tmpdir(), "pulsewire-peer-mutants-"));
/** @type {Outcome[]} */
const outcomes = [];
try {
  const width = Math.max(...mutants.map(({ name }) => name.length));
  console.log(`  ${"Mutants".padEnd(width)}  fails  seconds`);
  for (const mutant of mutants) {
    const outcome = tryOut(mutant);
    outcomes.push(outcome);
    const { failed, seconds, problems } = outcome;
    console.log(
      `${problems.length === 0 ? "✓" : "✗"} ${mutant.name.padEnd(width)}  ` +
        `${String(failed).padStart(5)}  ${seconds.toFixed(1).padStart(7)}  ${mutant.does}`,
    );
    for (const problem of problems) console.log(`    ${problem}`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

const wrong = outcomes.filter(({ problems }) => problems.length > 0).length;
console.log(
  wrong === 0
    ? `\n${outcomes.length} broken Go peers fail what they are declared to fail, and nothing else`
    : `\n${wrong} of ${outcomes.length} broken Go peers do not fail just what they are declared to fail`,
);
if (wrong > 0) process.exitCode = 1;

/** @returns {Mutant[]} */
function chooseMutants() {
  try {
    /** @type {Mutant[]} */
    const all = parse(readFileSync(join(peer, "mutants.yaml"), "utf8")).mutants;
    const { values } = parseArgs({ options: { mutant: { type: "string" } } });
    if (values.mutant === undefined) return all;
    return values.mutant.split(",").map((name) => {
      const mutant = all.find((one) => one.name === name);
      if (mutant === undefined) throw new Error(`there is no mutant "${name}"`);
      return mutant;
    });
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return process.exit(3);
  }
}

/**
 * @param {Mutant} mutant
 * @returns {Outcome}
 */
function tryOut(mutant) {
  const started = performance.now();
  /** @param {string[]} problems @param {number} failed */
  const outcome = (problems, failed = 0) => {
    return { mutant, failed, seconds: (performance.now() - started) / 1000, problems };
  };
  const testee = join(directory, mutant.name, "testee");
  const broken = build(mutant, testee);
  if (broken !== undefined) return outcome([broken]);
  for (let attempt = 1; ; attempt += 1) {
    const { results, trouble } = judge(mutant, testee);
    if (trouble !== undefined) return outcome([trouble]);
    const checks = results.flatMap((result) => result.checks);
    const open = checks.some(({ verdict }) => verdict === "inconclusive") || checks.length === 0;
    if (open && attempt < ATTEMPTS) continue;
    const problems = results.flatMap((result) => compare(mutant, result));
    const unseen = mutant.fails.filter((id) => !checks.some((check) => check.id === id));
    problems.push(...unseen.map((id) => `${id} is not among the cases that ran`));
    return outcome(problems, checks.filter(isFailed).length);
  }
}

/**
 * @param {Mutant} mutant
 * @param {string} testee
 * @returns {{ results: Result[], trouble?: string }}
 */
function judge({ cases }, testee) {
  const args = ["run", "--testee", `exec "${testee}"`, "--json"];
  for (const [option, value] of Object.entries(cases)) args.push(`--${option}`, value);
  const run = spawnSync(process.execPath, [suite, ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 30,
  });
  if (run.status !== null && JUDGED.has(run.status))
    return { results: JSON.parse(run.stdout).results };
  const trouble = `the suite ended with ${run.status ?? run.signal}: ${run.stderr.trim()}`;
  return { results: [], trouble };
}

/**
 * What keeps the mutant from being built, or nothing.
 * @param {Mutant} mutant
 * @param {string} testee
 */
function build({ name, file, find, replace }, testee) {
  const source = join(peer, file);
  const [before, after, ...more] = readFileSync(source, "utf8").split(find);
  if (before === undefined || after === undefined || more.length > 0)
    return `what is to be replaced does not stand exactly once in ${file}`;
  const place = join(directory, name);
  mkdirSync(place);
  const changed = join(place, basename(file));
  writeFileSync(changed, before + replace + after);
  const overlay = join(place, "overlay.json");
  writeFileSync(overlay, JSON.stringify({ Replace: { [source]: changed } }));
  const go = spawnSync("go", ["build", "-overlay", overlay, "-o", testee, "./cmd/testee"], {
    cwd: peer,
    encoding: "utf8",
  });
  return go.status === 0 ? undefined : `it cannot be built: ${go.stderr.trim()}`;
}

/**
 * What is not as declared in one place of a case.
 * @param {Mutant} mutant
 * @param {Result} result
 * @returns {string[]}
 */
function compare(mutant, { transport, role, caseId, verdict, reason, checks }) {
  const place = `on ${transport}, ${role}`;
  if (checks.length === 0) return [`${caseId} ${place}: ${verdict}, ${reason ?? "without checks"}`];
  return checks.flatMap((check) => {
    const declared = mutant.fails.includes(check.id);
    const said = `${check.id} ${place}: ${check.verdict}, seen ${check.seen}`;
    if (isFailed(check)) return declared ? [] : [`fails too  ${said}`];
    if (declared) return [`survives  ${said}`];
    return check.verdict === "pass" || NOT_JUDGED.has(check.verdict) ? [] : [`not judged  ${said}`];
  });
}

/** @param {Result["checks"][number]} check */
function isFailed({ verdict }) {
  return FAILED.has(verdict);
}
