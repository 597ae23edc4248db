// Runs one step for each peer of conformance/peers/peers.yaml, one after the other, and sums up in
// seconds: its setup, its own tests and checks, the conformance suite against it, or what its toolchain says
// of its version.
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { directoryOf, openPeers } from "../conformance/dist/cli/peers.js";
import { hasToolchain } from "../conformance/dist/matrix/toolchain.js";

const USAGE = `usage: npm run peers -- <setup|test|check|suite|versions> [names] [--require <names>]
  setup     make its testee ready to start
  test      its own tests
  check     its format, its lint, and whether its generated code is what proto/ generates
  suite     the conformance suite against it, with reports in reports/<name>
  versions  what its toolchain says of itself
  names     these peers; all of them if absent
  --require <names>  an error if the toolchain of one of these is missing, or of "all"
`;

const root = fileURLToPath(new URL("../", import.meta.url));
const file = join(root, "conformance/peers/peers.yaml");
const suite = join(root, "conformance/bin/pulsewire-conformance.js");
const quoted = (/** @type {string} */ text) => JSON.stringify(text);

/**
 * @typedef {import("../conformance/dist/matrix/peers-file.js").PeerEntry} PeerEntry
 * @typedef {{ name: string, outcome: "ok" | "FAILED" | "skipped" | "MISSING", seconds: number, note: string }} Row
 */

/**
 * What a step is for a peer: a command, run where, or why there is none.
 *
 * @type {Record<string, (peer: PeerEntry) => { command: string, directory: string } | string>}
 */
const STEPS = {
  setup: (peer) => ownCommand(peer, "setup"),
  test: (peer) => ownCommand(peer, "test"),
  check: (peer) => ownCommand(peer, "check"),
  versions: (peer) => ownCommand(peer, "needs"),
  suite: (peer) => {
    const reports = `--reports ${quoted(join(root, "reports", peer.name))}`;
    const start = `${quoted(process.execPath)} ${quoted(suite)}`;
    if ("builtin" in peer) return { command: `${start} self ${reports}`, directory: root };
    const testee = `--testee ${quoted(peer.testee)}`;
    return { command: `${start} run ${testee} ${reports}`, directory: directoryOf(peer, file) };
  },
};

const { step, names, required } = readArguments();
const peers = openPeers(file).filter(({ name }) => names.length === 0 || names.includes(name));
/** @type {Row[]} */
const rows = [];
for (const peer of peers) rows.push(await runStep(peer));

console.log(`\n== ${step}`);
for (const { name, outcome, seconds, note } of rows) {
  console.log(`${outcome.padEnd(8)}${name.padEnd(12)}${seconds.toFixed(1).padStart(7)} s  ${note}`);
  // The last lines are what a CI shows of a long log.
  if (step === "suite" && outcome === "FAILED") await tellFailures(name);
}
if (rows.some(({ outcome }) => outcome === "FAILED")) process.exitCode = 1;
else if (rows.some(({ outcome }) => outcome === "MISSING")) process.exitCode = 4;

/**
 * @param {PeerEntry} peer
 * @returns {Promise<Row>}
 */
async function runStep(peer) {
  const { name } = peer;
  const what = /** @type {(peer: PeerEntry) => any} */ (STEPS[step])(peer);
  if (typeof what === "string") return { name, outcome: "skipped", seconds: 0, note: what };
  const missing = await missingToolchain(peer);
  if (missing !== undefined) {
    const outcome = required.includes(name) || required.includes("all") ? "MISSING" : "skipped";
    return { name, outcome, seconds: 0, note: missing };
  }
  console.log(`\n== ${name}: ${what.command}`);
  const started = performance.now();
  const { ok, note } = await inForeground(what.command, what.directory);
  const seconds = (performance.now() - started) / 1000;
  return { name, outcome: ok ? "ok" : "FAILED", seconds, note };
}

/** @param {string} name */
async function tellFailures(name) {
  const path = join(root, "reports", name, "report.json");
  const { results } = JSON.parse(await readFile(path, "utf8").catch(() => '{"results":[]}'));
  for (const { transport, role, checks } of results) {
    for (const { id, verdict, expected, seen } of checks) {
      if (["pass", "info"].includes(verdict)) continue;
      console.log(
        `          ${id} ${transport} ${role}: ${verdict}; expected ${expected}; seen ${seen}`,
      );
    }
  }
}

/**
 * @param {PeerEntry} peer
 * @returns {Promise<string | undefined>}
 */
async function missingToolchain(peer) {
  if ("builtin" in peer || peer.needs === undefined) return undefined;
  const found = await hasToolchain(peer.needs, directoryOf(peer, file));
  return found.ok ? undefined : `it needs "${peer.needs}"; ${peer.install ?? found.what}`;
}

/**
 * @param {PeerEntry} peer
 * @param {"setup" | "test" | "check" | "needs"} key
 */
function ownCommand(peer, key) {
  if ("builtin" in peer) return "it comes with the suite";
  const command = peer[key];
  return command === undefined
    ? `it has no ${key}`
    : { command, directory: directoryOf(peer, file) };
}

/**
 * @param {string} command
 * @param {string} directory
 * @returns {Promise<{ ok: boolean, note: string }>}
 */
function inForeground(command, directory) {
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true, cwd: directory, stdio: "inherit" });
    child.once("error", (error) => resolve({ ok: false, note: error.message }));
    child.once("exit", (code, signal) =>
      resolve({ ok: code === 0, note: code === 0 ? "" : `exit ${code ?? signal}` }),
    );
  });
}

function readArguments() {
  try {
    const { values, positionals } = parseArgs({
      options: { require: { type: "string", default: "" } },
      allowPositionals: true,
    });
    const [step = "", ...names] = positionals.flatMap((each) => each.split(","));
    if (!Object.hasOwn(STEPS, step))
      throw new Error(step === "" ? "what is to be done?" : `no step "${step}"`);
    const required = values.require.split(",").filter(Boolean);
    const known = openPeers(file).map(({ name }) => name);
    const stranger = [...names, ...required].find(
      (name) => name !== "all" && !known.includes(name),
    );
    if (stranger !== undefined)
      throw new Error(`no peer "${stranger}"; there are: ${known.join(", ")}`);
    return { step, names, required };
  } catch (error) {
    console.error(`error: ${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return process.exit(3);
  }
}
