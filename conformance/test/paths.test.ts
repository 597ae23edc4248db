/** What cannot be written or read is said in one line, before anything is run; a deaf reader costs no report. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const BIN = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "pulsewire-paths-"));
  writeFileSync(join(directory, "afile"), "");
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

test.each([
  ["self --reports afile", "cannot write to afile: there is a file, and no directory"],
  ["self --reports afile/b", "cannot write to afile/b: a part of it is no directory"],
  [
    "self --baseline none/a.yaml --update-baseline",
    "cannot write to none/a.yaml: no such file or directory",
  ],
  ["self --baseline .", "cannot read .: it is a directory"],
  ["self --baseline . --update-baseline", "cannot write to .: it is a directory"],
])("%s", { timeout: 30_000 }, (line, words) => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [BIN, ...line.split(" ")], {
    cwd: directory,
    encoding: "utf8",
    timeout: 20_000,
    killSignal: "SIGKILL",
  });
  expect({ status, stderr, stdout }).toEqual({
    status: 3,
    stderr: `error: ${words}\n`,
    stdout: "",
  });
});

test("a reader that leaves ends no run", { timeout: 30_000 }, async () => {
  const args = "self --case LIV-001 --transport tcp --no-calibration --reports reports --json";
  const run = spawn(process.execPath, [BIN, ...args.split(" ")], {
    cwd: directory,
    stdio: ["ignore", "pipe", "pipe"],
  });
  run.stdout.destroy();
  run.stderr.destroy();
  const [code] = await once(run, "exit");
  // A machine that is too busy may leave a case open.
  expect([0, 2]).toContain(code);
  expect(existsSync(join(directory, "reports", "report.json"))).toBe(true);
});
