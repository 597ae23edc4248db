// Runs every check, whatever the others say, and sums up.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const checks = [
  "lint",
  "typecheck",
  "check:generated",
  "check:vectors",
  "check:proto",
  "check:size",
  "check:pack",
  "try:package",
];

const results = checks.map((name) => {
  console.log(`\n== ${name}`);
  const started = performance.now();
  const { status } = spawnSync("npm", ["run", "--silent", name], {
    cwd: root,
    shell: process.platform === "win32",
    stdio: ["ignore", "inherit", "inherit"],
  });
  return { name, ok: status === 0, seconds: (performance.now() - started) / 1000 };
});

console.log("\n== summary");
for (const { name, ok, seconds } of results) {
  console.log(`${ok ? "ok    " : "FAILED"} ${name.padEnd(16)} ${seconds.toFixed(1)} s`);
}
if (results.some(({ ok }) => !ok)) process.exitCode = 1;
