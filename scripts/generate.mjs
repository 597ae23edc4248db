// Generates sdk/src/gen from proto/, and copies the schema to where it is packed. With --check it writes nothing and fails if what is there, or
// what is staged, is not what the schema generates.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const schema = "proto/pulsewire/v1/frame.proto";
const files = ["sdk/src/gen/frame.js", "sdk/src/gen/frame.d.ts"];
/** What `pulsewire-conformance init` puts beside a skeleton: a package holds nothing from outside. */
const copies = ["pulsewire/v1/frame.proto", "pulsewire/v1/service.proto"];

const generated = generate();
if (process.argv.includes("--check")) check();
else write();

/** @returns {Map<string, string>} content by path */
function generate() {
  const pbjs = createRequire(import.meta.url).resolve("protobufjs-cli/bin/pbjs");
  const directory = mkdtempSync(join(tmpdir(), "pulsewire-generate-"));
  try {
    const args = ["--target", "static-module", "--wrap", "esm", "--dts", "--alt-comment"];
    // The name with its extension: plain Node ESM does not resolve "protobufjs/minimal".
    args.push("--dependency", "protobufjs/minimal.js", "--root", "pulsewire.v1");
    args.push("--force-number", "--null-semantics");
    for (const part of ["create", "verify", "convert", "delimited", "typeurl", "service"]) {
      args.push(`--no-${part}`);
    }
    args.push("--path", join(root, "proto"), "--out", join(directory, "frame.js"));
    run(process.execPath, [pbjs, ...args, join(root, schema)]);
    return new Map([
      ...files.map((path) => {
        const text = readFileSync(join(directory, path.slice("sdk/src/gen/".length)), "utf8");
        return /** @type {[string, string]} */ ([path, tidy(text)]);
      }),
      ...copies.map((path) => {
        const text = readFileSync(join(root, "proto", path), "utf8");
        return /** @type {[string, string]} */ ([`conformance/templates/proto/${path}`, text]);
      }),
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {string} text */
function tidy(text) {
  const body = text
    .replace(/^\/\*eslint-disable .*\n/m, "")
    // There is no 64-bit field, so nothing refers to Long.
    .replace(/^import Long = require\("long"\);\n/m, "")
    .trimEnd();
  return `// Generated from ${schema} by \`npm run generate\`. Do not edit.\n${body}\n`;
}

function write() {
  for (const [path, text] of generated) {
    const target = join(root, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
    console.log(`wrote ${path}`);
  }
}

function check() {
  const problems = [];
  for (const [path, text] of generated) {
    if (readOrUndefined(join(root, path)) !== text) {
      problems.push(`${path} is not what ${schema} generates: run \`npm run generate\``);
      continue;
    }
    const staged = spawnSync("git", ["show", `:./${path}`], { cwd: root, encoding: "utf8" });
    if (staged.status !== 0) console.log(`${path} is up to date, but not in git yet`);
    else if (staged.stdout !== text) problems.push(`${path} is up to date, but not staged`);
    else console.log(`${path} is up to date`);
  }
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}

/** @param {string} path */
function readOrUndefined(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * @param {string} command
 * @param {string[]} args
 */
function run(command, args) {
  const { status } = spawnSync(command, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} exited with ${status}`);
}
