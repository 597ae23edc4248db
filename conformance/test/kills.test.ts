/**
 * The kill matrix: every broken peer fails what it is declared to fail and
 * nothing else, and no pole passes a case.
 */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { Role, TransportName, Verdict } from "../src/model.ts";
import { isMutant, MUTANTS, type Mutant } from "../src/reference/mutants.ts";
import type { Job } from "../src/runner/run-case.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import { TesteeProcess } from "../src/testee/process.ts";
import { failedCells } from "../src/zoo/matrix.ts";
import { observe } from "../src/zoo/observe.ts";
import type { ZooFindings } from "../src/zoo/zoo.ts";

const PROGRAM = fileURLToPath(new URL("../bin/pulsewire-conformance.js", import.meta.url));
const REFERENCE = fileURLToPath(new URL("../dist/reference/main.js", import.meta.url));
const POLE = fileURLToPath(new URL("../dist/poles/main.js", import.meta.url));

const catalogue = loadCases();

describe("the catalogue", () => {
  test("names only mutants that exist, and each mutant is named", () => {
    const named = catalogue.flatMap((spec) => spec.checks.flatMap((check) => check.kills));
    expect(named.filter((name) => !isMutant(name))).toEqual([]);
    expect(Object.keys(MUTANTS).filter((name) => !named.includes(name))).toEqual([]);
  });

  test("has a mutant for every check of a MUST", () => {
    const unproven = catalogue.flatMap((spec) =>
      spec.checks
        .filter((check) => check.level === "must" && check.kills.length === 0)
        .map((check) => `${spec.id}/${check.id}`),
    );
    expect(unproven).toEqual([]);
  });
});

async function runMutants(...args: string[]): Promise<ZooFindings> {
  const run = promisify(execFile);
  const options = { timeout: 280_000, maxBuffer: 64 * 1_048_576 };
  const done = await run(process.execPath, [PROGRAM, "mutants", "--json", ...args], options).catch(
    // It exits with 1 if anything is not as declared, and says all the same what that is.
    (error: { stdout: string; stderr: string }) => error,
  );
  if (done.stdout === "") throw new Error(done.stderr);
  return JSON.parse(done.stdout) as ZooFindings;
}

describe("in virtual time", () => {
  // All of it takes both processors for minutes: `npm run mutants`, which CI runs by itself.
  test("every broken peer fails exactly what it is declared to fail, in one family", {
    timeout: 300_000,
  }, async () => {
    const findings = await runMutants("--case", "PRB-*");
    const odd = findings.mutants.filter(
      ({ survived, lost, surprises }) => survived.length + lost.length + surprises.length > 0,
    );
    expect(odd.map(({ list: _, ...found }) => found)).toEqual([]);
    expect(
      findings.poles.flatMap(({ pole, passes }) => passes.map((id) => `${pole} ${id}`)),
    ).toEqual([]);
    expect(findings.controlPoles.filter(({ ok }) => !ok)).toEqual([]);
    expect(findings.goodFails).toEqual([]);
    expect(findings.unproven).toEqual([]);
    expect(findings.problems).toEqual([]);
    expect(findings.mutants).toHaveLength(Object.keys(MUTANTS).length);
    expect(findings.exact).toBe(true);
  });
});

/** With a unit that is kind to a busy machine: a mutant that is late may look as if it were in time. */
const UNIT_MS = 500;

/** The checks that fail, and those that this machine was too busy to tell. */
async function runForReal(
  mutant: Mutant,
  { spec, transport, role }: Job,
): Promise<{ readonly failed: string[]; readonly unsure: string[] }> {
  const report = await runSuite({
    source: {
      start: () => new TesteeProcess(`"${process.execPath}" "${REFERENCE}" --mutant ${mutant}`),
    },
    catalogue: [spec],
    clauses: [],
    suiteVersion: "0.0.0",
    command: "",
    unitMs: UNIT_MS,
    concurrency: 1,
    selection: { cases: [spec.id], transports: [transport], roles: [role] },
    repro: () => "",
  });
  const checks = report.results.flatMap((result) => result.checks);
  const idsOf = (...verdicts: Verdict[]): string[] =>
    checks.filter(({ verdict }) => verdicts.includes(verdict)).map(({ id }) => id);
  return { failed: idsOf("fail", "warn").sort(), unsure: idsOf("inconclusive") };
}

describe("on real sockets, as a process", () => {
  test.concurrent.each<[Mutant, string, TransportName, Role]>([
    ["never-adopts", "ADP-001", "tcp", "listen"],
    ["no-reassembly", "DAT-001", "ws", "dial"],
    ["kills-early", "LIV-001", "grpc", "listen"],
    ["naive-timer", "CLK-001", "tcp", "dial"],
    ["never-blocked", "OUT-001", "tcp", "listen"],
    ["wrong-map", "LIV-001", "ws", "listen"],
    ["lingers", "CLS-001", "tcp", "dial"],
    ["late-headers", "WIR-021", "grpc", "listen"],
    ["other-method", "WIR-020", "grpc", "dial"],
    ["whole-frames-only", "LIV-005", "tcp", "listen"],
  ])(
    "%s fails the same checks of %s over %s, %s",
    {
      timeout: 60_000,
    },
    async (mutant, id, transport, role) => {
      const spec = catalogue.find((candidate) => candidate.id === id);
      if (spec === undefined) throw new Error(`no ${id}`);
      const job = { spec, transport, role };
      const virtual = failedCells(await observe(mutant, [job]));
      const { failed, unsure } = await runForReal(mutant, job);
      const certain = [...virtual.keys()].filter((id) => !unsure.includes(id));
      expect(failed).toEqual(certain.sort());
      expect(virtual.size).toBeGreaterThan(0);
    },
  );

  test("a pole is a program too, and ends when its input does", async () => {
    const pole = new TesteeProcess(`"${process.execPath}" "${POLE}" --pole deaf`);
    const lines: string[] = [];
    const hello = new Promise<void>((resolve) => {
      pole.onLine((line) => {
        lines.push(line);
        resolve();
      });
    });
    pole.write(JSON.stringify({ id: 1, cmd: "hello", contract: 1, suite: "0.0.0" }));
    await hello;
    await pole.dispose();
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({ id: 1, ok: { name: "pole (deaf)" } });
  });

  test("a program that says yes to every command ends a run with 4, and why", async () => {
    const testee = `"${process.execPath}" "${POLE}" --pole control-yes`;
    const done = await promisify(execFile)(process.execPath, [
      PROGRAM,
      "run",
      "--testee",
      testee,
    ]).catch((error: { code: number; stdout: string }) => error);
    expect(done).toMatchObject({ code: 4 });
    expect(done.stdout).toContain("unsupported");
  });
});
