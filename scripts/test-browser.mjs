// Runs the tests that need a real browser. --require: fail if there is none; --long: also those that
// take minutes, with Chromium's own times for hidden pages. The rest is vitest's: a file, -t a name.
import { spawn } from "node:child_process";

const OWN = new Map([
  ["--require", "PULSEWIRE_REQUIRE_CHROMIUM"],
  ["--long", "PULSEWIRE_LONG"],
]);
const given = process.argv.slice(2);
const env = { ...process.env };
for (const name of given) {
  const variable = OWN.get(name);
  if (variable !== undefined) env[variable] = "1";
}
const rest = given.filter((each) => !OWN.has(each));
const child = spawn("npx", ["vitest", "run", "--project", "browser", ...rest], {
  stdio: "inherit",
  env,
  shell: process.platform === "win32",
});
child.once("exit", (code) => {
  process.exitCode = code ?? 1;
});
