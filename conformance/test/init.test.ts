/** init: every skeleton builds, keeps the control contract, and overwrites nothing. */
import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LANGUAGES } from "../src/cli/languages.ts";
import { checkShim } from "../src/shim/check-shim.ts";
import { renderChecklist } from "../src/shim/render.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const BIN = join(ROOT, "conformance/bin/pulsewire-conformance.js");
/** A cold build downloads what it depends on. */
const BUILD_LIMIT_MS = 300_000;

/** How to see whether a toolchain is there, by language. */
const PROBES: Readonly<Record<string, string>> = {
  go: "go version",
  python: `python3 -c "import sys; sys.exit(sys.version_info < (3, 11))"`,
  java: "javac -version && mvn --version",
  rust: "cargo --version",
  typescript: "node --version",
};

/** Languages that must not be skipped: "go,rust", or "all". */
const REQUIRED = (process.env["PULSEWIRE_REQUIRE_TOOLCHAINS"] ?? "").split(",");

/** What a package manager says that reached no registry. */
const UNREACHABLE =
  /could not (transfer|resolve)|failed to (download|fetch)|unable to (update|download)|dns|network|timed out|offline/i;

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), "pulsewire-init-"));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 3 }));

function init(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [BIN, "init", ...args], { encoding: "utf8", cwd: scratch });
}

function shell(command: string, cwd: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(command, {
    shell: true,
    cwd,
    encoding: "utf8",
    timeout: BUILD_LIMIT_MS,
  });
  return { status, output: `${stdout}${stderr}` };
}

describe("init", { timeout: 60_000 }, () => {
  test("lists the languages", () => {
    const { status, stdout } = init("--list");
    expect(status).toBe(0);
    for (const { name, testee } of LANGUAGES)
      expect(stdout).toMatch(new RegExp(`^${name} .*${testee}$`, "m"));
  });

  test("writes to ./testee, and says what comes next", () => {
    const { status, stdout } = init("--lang", "python");
    expect(status).toBe(0);
    expect(existsSync(join(scratch, "testee", "testee.py"))).toBe(true);
    expect(existsSync(join(scratch, "testee", "proto/pulsewire/v1/frame.proto"))).toBe(true);
    expect(stdout).toContain('npx pulsewire-conformance check-shim --testee "python3 testee.py"');
  });

  test("overwrites nothing, and then writes nothing", () => {
    const dir = join(scratch, "taken");
    mkdirSync(dir);
    writeFileSync(join(dir, "README.md"), "mine");
    const { status, stderr } = init("--lang", "go", "--dir", "taken");
    expect(status).toBe(3);
    expect(stderr).toMatch(/^error: nothing was written: taken.README\.md exists already/);
    expect(readFileSync(join(dir, "README.md"), "utf8")).toBe("mine");
    expect(existsSync(join(dir, "main.go"))).toBe(false);
  });

  test.each<[string, string[], string]>([
    ["no language", [], "choose a language with --lang: go, python"],
    ["an unknown one", ["--lang", "cobol"], "choose from go, python"],
    ["a place that is a file", ["--lang", "go", "--dir", "a-file"], "cannot write to a-file"],
  ])("refuses %s in one line", (_, args, message) => {
    writeFileSync(join(scratch, "a-file"), "");
    const { status, stderr } = init(...args);
    expect(status).toBe(3);
    expect(stderr).toContain(message);
  });
});

describe.each(LANGUAGES)("the skeleton in $name", ({ name, build, testee }) => {
  test(
    "keeps the control contract and says what is not implemented",
    async ({ skip }) => {
      const isRequired = REQUIRED.includes(name) || REQUIRED.includes("all");
      const { status: there } = shell(PROBES[name] as string, scratch);
      if (there !== 0 && !isRequired) skip(`the toolchain for ${name} is not installed`);
      expect(there, `the toolchain for ${name}`).toBe(0);

      const dir = join(scratch, name);
      expect(init("--lang", name, "--dir", dir).status).toBe(0);
      if (build !== undefined) {
        const built = shell(build, dir);
        if (built.status !== 0 && UNREACHABLE.test(built.output) && !isRequired)
          skip(`what ${name} needs cannot be downloaded`);
        expect(built.status, built.output).toBe(0);
      }
      const command =
        process.platform === "win32" ? `cd /d ${dir} && ${testee}` : `cd '${dir}' && ${testee}`;
      const report = await checkShim(command, "0.0.0");
      const text = renderChecklist(report, { color: false });
      expect(text).toContain("The control contract is kept");
      const later = report.checks.filter(({ outcome }) => outcome === "later");
      expect(later.map(({ group }) => group)).toEqual(["tcp, listen", "tcp, dial"]);
    },
    BUILD_LIMIT_MS,
  );

  test("has a page that names the commands", () => {
    const page = readFileSync(join(ROOT, "conformance/templates", name, "README.md"), "utf8");
    if (build !== undefined) expect(page).toContain(`\n   ${build}\n`);
    expect(page).toContain(`npx pulsewire-conformance check-shim --testee "${testee}"`);
    expect(page).toContain(`npx pulsewire-conformance run --testee "${testee}"`);
  });
});

test("the twenty lines of docs/conformance.md pass a case", ({ skip }) => {
  if (shell(PROBES["python"] as string, scratch).status !== 0) skip("python is not installed");
  const page = readFileSync(join(ROOT, "docs/conformance.md"), "utf8");
  const [, lines] =
    /<!-- the test of init runs these lines -->\n```python\n(.*?)```/s.exec(page) ?? [];
  expect(lines?.split("\n").filter((line) => line !== "").length).toBeLessThan(25);

  const dir = join(scratch, "twenty");
  expect(init("--lang", "python", "--dir", dir).status).toBe(0);
  const file = join(dir, "testee.py");
  const skeleton = readFileSync(file, "utf8");
  const [begin, end] = ["class Connection:", "# ---- 2."].map((mark) => skeleton.indexOf(mark));
  expect(begin).toBeGreaterThan(0);
  expect(end).toBeGreaterThan(begin as number);
  writeFileSync(file, `${skeleton.slice(0, begin)}${lines}\n\n${skeleton.slice(end)}`);

  const testee = `python3 ${file}`;
  const { status, stdout } = spawnSync(
    process.execPath,
    // By a unit that is kind to a busy machine: how fast it is must not decide here.
    [
      ...[BIN, "run", "--testee", testee, "--case", "PRB-004,ADP-001"],
      ...["--unit", "500", "--no-calibration"],
    ],
    { encoding: "utf8" },
  );
  expect(stdout).toContain("FAIL ADP-001");
  expect(stdout).not.toContain("FAIL PRB-004");
  expect(status).toBe(1);
}, 60_000);

test("the skeleton in typescript holds its types", () => {
  const dir = join(scratch, "typed");
  expect(init("--lang", "typescript", "--dir", dir).status).toBe(0);
  symlinkSync(join(ROOT, "node_modules"), join(dir, "node_modules"), "junction");
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", dir], { encoding: "utf8" });
  expect(stdout).toBe("");
  expect(status).toBe(0);
}, 60_000);
