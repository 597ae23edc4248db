/** `pulsewire-conformance report`, as a program. */
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { reportOf, resultOf } from "./fixture.ts";

const BIN = fileURLToPath(new URL("../../bin/pulsewire-conformance.js", import.meta.url));

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pulsewire-report-"));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

function report(...args: readonly string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, "report", ...args], {
    cwd: directory,
    encoding: "utf8",
    timeout: 30_000,
  });
  return { status, out: stdout, err: stderr };
}

test("makes one page of several reports", async () => {
  await writeFile(join(directory, "a.json"), JSON.stringify(reportOf([resultOf("pass")])));
  await writeFile(join(directory, "b.json"), JSON.stringify(reportOf([resultOf("fail")])));
  const page = join("out", "index.html");
  expect(report("a.json", "b.json", "--out", "out")).toEqual({
    status: 0,
    out: `report: ${page}\n`,
    err: "",
  });
  expect(await readFile(join(directory, page), "utf8")).toContain("<!doctype html>");
});

test.each([
  ["a file that is not there", "none.json", /^error: cannot read none\.json: no such file/],
  ["no report", "other.json", /^error: other\.json is no report of this suite: it must have/],
  ["no JSON", "text.json", /^error: text\.json is no report of this suite: .*JSON/],
])("refuses %s in one line, and writes nothing", async (_name, file, problem) => {
  await writeFile(join(directory, "other.json"), "{}");
  await writeFile(join(directory, "text.json"), "nothing");
  const { status, out, err } = report(file, "--out", "out");
  expect({ status, out }).toEqual({ status: 3, out: "" });
  expect(err).toMatch(problem);
  expect(err.trimEnd()).not.toContain("\n");
  await expect(readFile(join(directory, "out", "index.html"))).rejects.toThrow("ENOENT");
});
