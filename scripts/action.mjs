// What action.yml runs: the suite, with inputs from the environment, and its results where the
// steps that follow find them. It needs nothing but Node, and no checkout but that of the action.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BIN = "bin/pulsewire-conformance.js";
const EXIT_USAGE = 3;
const EXIT_DEFECT = 70;
/** Inputs that are options of `run` by the same name. */
const OPTIONS = ["testee", "dial", "transport", "role", "case", "unit", "baseline", "requirements"];

const own = fileURLToPath(new URL("../conformance", import.meta.url));
const reports = input("reports") ?? "pulsewire-reports";
try {
  process.exitCode = main();
} catch (error) {
  // No verdict: 1 would say that a MUST was broken.
  console.log(`::error title=Pulsewire::${error instanceof Error ? error.message : error}`);
  writeOutputs({ "exit-code": EXIT_DEFECT });
  process.exitCode = EXIT_DEFECT;
}

/** @returns {number} */
function main() {
  if ((input("testee") === undefined) === (input("dial") === undefined)) {
    console.log("::error title=Pulsewire::give one of the inputs testee and dial");
    writeOutputs({ "exit-code": EXIT_USAGE });
    return EXIT_USAGE;
  }
  const options = OPTIONS.flatMap((name) => {
    const value = input(name);
    // One word: a value that begins with a dash is no option of its own.
    return value === undefined ? [] : [`--${name}=${value}`];
  });
  // The report of an earlier step says nothing about this one.
  rmSync(join(reports, "report.json"), { force: true });
  rmSync(join(reports, "summary.md"), { force: true });
  const status = withSuite((suite) => {
    const args = [join(suite, BIN), "run", ...options, `--reports=${reports}`];
    const { status, error } = spawnSync(process.execPath, args, { stdio: "inherit" });
    if (error !== undefined) throw error;
    return status ?? 70;
  });
  publish(status);
  return status;
}

/**
 * The suite of this very version: built where the action lies, or from the registry otherwise.
 *
 * @param {(suite: string) => number} use
 * @returns {number}
 */
function withSuite(use) {
  if (existsSync(join(own, "dist/cli/main.js"))) return use(own);
  const { name, version } = JSON.parse(readFileSync(join(own, "package.json"), "utf8"));
  const folder = mkdtempSync(join(process.env["RUNNER_TEMP"] ?? tmpdir(), "pulsewire-"));
  try {
    const args = ["install", "--prefix", ".", "--no-audit", "--no-fund", `${name}@${version}`];
    // npm is a script on Windows; none of these words is an input.
    const shell = process.platform === "win32";
    const { status } = spawnSync("npm", args, { cwd: folder, shell, stdio: "inherit" });
    if (status !== 0) throw new Error(`npm could not install ${name}@${version}`);
    return use(join(folder, "node_modules", name));
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** @param {number} status */
function publish(status) {
  const summary = join(reports, "summary.md");
  if (existsSync(summary)) append("GITHUB_STEP_SUMMARY", readFileSync(summary, "utf8"));
  const path = join(reports, "report.json");
  if (!existsSync(path)) {
    writeOutputs({ "exit-code": status });
    return;
  }
  /** @type {{ results: { verdict: string, scored?: false, expectation?: object }[] }} */
  const { results } = JSON.parse(readFileSync(path, "utf8"));
  // What is not scored counts for nothing, and what the baseline expects is no news.
  const scored = results.filter((result) => result.scored !== false);
  const news = scored.filter((result) => result.expectation === undefined);
  /** @param {typeof results} from @param {string[]} verdicts */
  const count = (from, ...verdicts) =>
    from.filter(({ verdict }) => verdicts.includes(verdict)).length;
  writeOutputs({
    "exit-code": status,
    passed: count(scored, "pass", "warn"),
    failed: count(news, "fail", "untestable", "error", "inconclusive"),
    report: join(reports, "index.html"),
  });
}

/** @param {Record<string, string | number>} outputs */
function writeOutputs(outputs) {
  for (const [name, value] of Object.entries(outputs)) {
    // A line feed in a value would begin an output of its own: only a path could have one.
    append("GITHUB_OUTPUT", `${name}=${String(value).replace(/[\r\n]/g, " ")}\n`);
  }
}

/**
 * @param {"GITHUB_OUTPUT" | "GITHUB_STEP_SUMMARY"} name
 * @param {string} text
 */
function append(name, text) {
  const file = process.env[name];
  if (file !== undefined && file !== "") appendFileSync(file, text);
}

/**
 * @param {string} name
 * @returns {string | undefined} undefined if the input was left out
 */
function input(name) {
  const value = process.env[`PULSEWIRE_${name.toUpperCase()}`]?.trim();
  return value === "" ? undefined : value;
}
