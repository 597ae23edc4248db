// The packages that the SDK is measured beside: see sdk/bench/package.json.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("..", import.meta.url));
/** An install that takes longer has failed. */
const LIMIT_MS = 180_000;

/**
 * Installs them all, if one of `names` is missing or of another version than it should be.
 *
 * @param {Iterable<string>} names
 * @param {(line: string) => void} log
 */
export function install(names, log) {
  const wanted = manifest(`${folder}package.json`)?.dependencies ?? {};
  const stale = [...names].filter((name) => installed(name) !== wanted[name]);
  if (stale.length === 0) return;
  log(`installing what the SDK is measured beside, in sdk/bench (${stale.join(", ")})`);
  const { status, stderr } = spawnSync(
    "npm",
    ["ci", "--ignore-scripts", "--no-audit", "--no-fund"],
    {
      cwd: folder,
      encoding: "utf8",
      shell: process.platform === "win32",
      timeout: LIMIT_MS,
    },
  );
  if (status !== 0) {
    log(`npm ci in sdk/bench failed; what needs it is left out\n${stderr.trim()}`);
  }
}

/** The versions of those that are installed, and of the SDK, by name. */
export function versions() {
  const names = Object.keys(manifest(`${folder}package.json`)?.dependencies ?? {});
  const found = names.map((name) => [name, installed(name)]);
  const sdk = manifest(fileURLToPath(new URL("../../package.json", import.meta.url)))?.version;
  return Object.fromEntries([["pulsewire", sdk], ...found].filter(([, version]) => version));
}

/** @param {string} name */
function installed(name) {
  return manifest(`${folder}node_modules/${name}/package.json`)?.version;
}

/** @param {string} file @returns {{ version?: string, dependencies?: Record<string, string> } | undefined} */
function manifest(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}
