// Tries the packages as a user gets them: packs both, installs the tarballs in an empty folder, and
// uses them from there, on the Node that runs this and on each that is given by --node <path>.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** What is tried ends by then, in milliseconds. */
const STEP_LIMIT_MS = 120_000;
const CASES = "WIR-003,PRB-004";

const root = fileURLToPath(new URL("..", import.meta.url));
const { values } = parseArgs({ options: { node: { type: "string", multiple: true } } });
const nodes = [process.execPath, ...(values.node ?? []).map((path) => resolve(path))];
const folder = mkdtempSync(join(tmpdir(), "pulsewire-try-"));
let failures = 0;

try {
  install();
  writeExamples();
  for (const node of nodes) tryOn(node);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
if (failures > 0) process.exitCode = 1;

function install() {
  const started = performance.now();
  const tarballs = ["sdk", "conformance"].map((workspace) => {
    const args = ["pack", "--json", "--ignore-scripts", "--pack-destination", folder];
    const packed = run("npm", args, { cwd: join(root, workspace) });
    const [{ filename, unpackedSize, entryCount }] = JSON.parse(packed.stdout);
    say(`packed ${filename}: ${entryCount} files, ${Math.round(unpackedSize / 1024)} KiB`);
    return `./${filename}`;
  });
  writeFileSync(join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  const quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
  run("npm", ["install", "--prefer-offline", ...quiet, ...tarballs, ...optionalPeers()]);
  say(`installed in ${seconds(started)}`);
}

/** What a user adds for the subpaths that need it. */
function optionalPeers() {
  const { peerDependencies } = readJson("sdk/package.json");
  return Object.entries(peerDependencies).map(([name, range]) => `${name}@${range}`);
}

/** What the documentation shows, as files. */
function writeExamples() {
  const subpaths = Object.keys(readJson("sdk/package.json").exports)
    .filter((subpath) => subpath !== "./package.json")
    .map((subpath) => `pulsewire${subpath.slice(1)}`);
  writeFileSync(
    join(folder, "imports.mjs"),
    `for (const name of ${JSON.stringify(subpaths)}) {
  const exports = Object.keys(await import(name));
  if (exports.length === 0) throw new Error(name + " exports nothing");
  console.log(name, exports.length);
}\n`,
  );
  mkdirSync(join(folder, "test"));
  writeFileSync(
    join(folder, "test", "peer.test.mjs"),
    `import { after, describe, test } from "node:test";
import { createSuite } from "pulsewire-conformance";

const suite = createSuite({ testee: process.env.TESTEE, cases: ${JSON.stringify(CASES.split(","))}, transports: ["tcp"] });
describe("Pulsewire", { concurrency: 28 }, () => {
  for (const { name, run } of suite.cases) test(name, run);
});
after(() => suite.close());
`,
  );
}

/** @param {string} node */
function tryOn(node) {
  const path = `${dirname(node)}${delimiter}${process.env["PATH"]}`;
  const version = run(node, ["--version"]).stdout.trim();
  say(`\nNode ${version}`);
  const conformance = join(folder, "node_modules", "pulsewire-conformance");
  /** @param {string} program */
  const peer = (program) => `"${node}" "${join(conformance, "dist", program, "main.js")}"`;
  const bin = [join(conformance, "bin", "pulsewire-conformance.js")];
  // Whether this machine can judge by time is not what is tried.
  const place = ["--case", CASES, "--transport", "tcp", "--no-calibration"];
  const skeleton = `skeleton-${version}`;

  /** @type {readonly [string, string, string[], RegExp, number?, NodeJS.ProcessEnv?][]} */
  const steps = [
    ["every subpath of pulsewire can be imported", node, ["imports.mjs"], /pulsewire\/testing \d/],
    ["npx pulsewire-conformance list", "npx", ["pulsewire-conformance", "list"], /ADP-001/],
    ["explain", node, [...bin, "explain", "ADP-001"], /PW-ADP-2/],
    [
      "run against the reference peer",
      node,
      [...bin, "run", "--testee", peer("reference"), ...place],
      /Conforms/,
    ],
    ["run against the SDK", node, [...bin, "self", ...place], /Conforms/],
    [
      "run finds a broken peer",
      node,
      [...bin, "run", "--testee", `${peer("reference")} --mutant no-answer`, ...place],
      /FAIL PRB-004/,
      1,
    ],
    [
      "check-shim",
      node,
      [...bin, "check-shim", "--testee", peer("sdk-testee")],
      /contract is kept/,
    ],
    ["init", node, [...bin, "init", "--lang", "typescript", "--dir", skeleton], /wrote .*main\.js/],
    [
      "check-shim of a skeleton",
      node,
      [...bin, "check-shim", "--testee", `"${node}" ${skeleton}/main.js`],
      /2 not implemented yet/,
    ],
    [
      "the library, with node:test",
      node,
      ["--test", "--test-reporter=spec", "test/peer.test.mjs"],
      /WIR-003 tcp dial/,
      0,
      { TESTEE: peer("reference") },
    ],
  ];
  for (const [what, command, args, shows, code = 0, env = {}] of steps) {
    const started = performance.now();
    const { status, stdout, stderr } = run(command, args, {
      env: { ...process.env, PATH: path, ...env },
      code,
    });
    const ok = status === code && shows.test(stdout);
    say(`${ok ? "ok    " : "FAILED"} ${what.padEnd(44)} ${seconds(started)}`);
    if (ok) continue;
    failures += 1;
    say(`exit code ${status}, expected ${code} and ${shows}\n${stdout}${stderr}`);
  }
}

/**
 * Runs a program to its end; throws if it does not come to one.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, code?: number }} [options] with a `code`, any exit is for the caller to judge
 */
function run(command, args, { cwd = folder, env = process.env, code } = {}) {
  // npm and npx are scripts on Windows.
  const shell = process.platform === "win32" && /^np[mx]$/.test(command);
  const result = spawnSync(command, args, {
    cwd,
    env,
    shell,
    encoding: "utf8",
    timeout: STEP_LIMIT_MS,
  });
  if (result.error !== undefined) throw result.error;
  if (code === undefined && result.status !== 0)
    throw new Error(`${command} ${args.join(" ")} exited with ${result.status}\n${result.stderr}`);
  return result;
}

/** @param {string} path */
function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** @param {number} since */
function seconds(since) {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}

/** @param {string} text */
function say(text) {
  console.log(text);
}
