// Runs an example of sdk/examples by its name, or lists them with what each shows.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../sdk/examples/", import.meta.url));
const files = new Map(
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) =>
      // A folder without a main.js holds what examples share.
      entry.isDirectory()
        ? existsSync(join(folder, entry.name, "main.js"))
        : entry.name.endsWith(".js"),
    )
    .map((entry) => [
      entry.name.replace(/\.js$/, ""),
      join(folder, entry.name, entry.isDirectory() ? "main.js" : ""),
    ]),
);

const [name, ...rest] = process.argv.slice(2);
const file = files.get(name ?? "");
if (file === undefined) {
  if (name !== undefined) console.error(`there is no example "${name}"`);
  console.log("usage: npm run example -- <name> [its arguments]\n");
  for (const [each, path] of files) console.log(`  ${each.padEnd(16)}${firstComment(path)}`);
  process.exitCode = name === undefined ? 0 : 2;
} else {
  const child = spawn(process.execPath, [file, ...rest], { stdio: "inherit" });
  // Ctrl-C reaches the example by itself; this process only waits for it.
  process.on("SIGINT", () => {});
  // What asks this process alone to end, such as kill or a service manager, means the example.
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.once("exit", (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}

/** @param {string} path */
function firstComment(path) {
  return /^\/\/ (.*)$/m.exec(readFileSync(path, "utf8"))?.[1] ?? "";
}
