// How much of a disk a package takes, with all that it depends on.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Unavailable } from "../framework/children.mjs";

const sdk = fileURLToPath(new URL("../../", import.meta.url));
const peers = fileURLToPath(new URL("../", import.meta.url));

/** Octets of a peer's package as it is installed in sdk/bench, and of what it depends on. @param {string} name */
export function installedBytes(name) {
  return sum([...closure([name], peers)].map(folderBytes));
}

/** Octets of the SDK as npm would install it, and of what it depends on. */
export function sdkBytes() {
  const { status, stdout, stderr } = spawnSync("npm", ["pack", "--dry-run", "--json"], {
    cwd: sdk,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error(`npm pack: ${stderr}`);
  const [{ unpackedSize }] = JSON.parse(stdout);
  const { dependencies } = JSON.parse(readFileSync(`${sdk}package.json`, "utf8"));
  return unpackedSize + sum([...closure(Object.keys(dependencies), peers)].map(folderBytes));
}

/**
 * The folders of packages, and of all that they depend on.
 *
 * @param {readonly string[]} names
 * @param {string} from
 * @param {Set<string>} found
 */
function closure(names, from, found = new Set()) {
  for (const name of names) {
    const folder = folderOf(name, from);
    if (found.has(folder)) continue;
    found.add(folder);
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    closure(Object.keys(dependencies), folder, found);
  }
  return found;
}

/** Where Node would find it. @param {string} name @param {string} from @returns {string} */
function folderOf(name, from) {
  const folder = join(from, "node_modules", name);
  if (existsSync(join(folder, "package.json"))) return folder;
  if (dirname(from) === from) throw new Unavailable(`not installed: ${name}`);
  return folderOf(name, dirname(from));
}

/** Without packages inside it. @param {string} folder @returns {number} */
function folderBytes(folder) {
  const entries = readdirSync(folder, { withFileTypes: true });
  return sum(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === "node_modules" ? 0 : folderBytes(path);
      return entry.isFile() ? statSync(path).size : 0;
    }),
  );
}

/** @param {readonly number[]} values */
function sum(values) {
  return values.reduce((all, value) => all + value, 0);
}
