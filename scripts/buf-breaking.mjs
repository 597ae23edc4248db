// Fails if proto/ breaks the wire or the generated names of the last release (the newest v* tag),
// or of main while there is no release yet.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

const baseline = findBaseline();
if (baseline === undefined) {
  console.log("buf breaking: no earlier commit has proto/, so there is nothing to break");
} else {
  process.exitCode = compareWith(baseline);
}

function findBaseline() {
  const tag = git("describe", "--tags", "--abbrev=0", "--match", "v*")?.trim();
  return [tag, "main", "origin/main"].find(
    (ref) => ref !== undefined && protoFilesAt(ref).length > 0,
  );
}

/** @param {string} ref */
function protoFilesAt(ref) {
  return (git("ls-tree", "-r", "-z", "--name-only", ref, "--", "proto") ?? "")
    .split("\0")
    .filter((path) => /\.(proto|yaml)$/.test(path));
}

/** @param {string} ref */
function compareWith(ref) {
  const directory = mkdtempSync(join(tmpdir(), "pulsewire-breaking-"));
  try {
    for (const path of protoFilesAt(ref)) {
      const target = join(directory, path);
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, git("show", `${ref}:${path}`) ?? "");
    }
    const args = ["breaking", "proto", "--against", join(directory, "proto")];
    const { status } = spawnSync("buf", args, {
      cwd: root,
      stdio: ["ignore", "inherit", "inherit"],
    });
    if (status === 0) console.log(`buf breaking: nothing breaks ${ref}`);
    return status ?? 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** @param {string[]} args */
function git(...args) {
  const result = spawnSync("git", args, { cwd: root, encoding: "utf8" });
  return result.status === 0 ? result.stdout : undefined;
}
