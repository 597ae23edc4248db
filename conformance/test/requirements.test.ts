/** What a claim rests on is frozen: nothing in it is lost, and nothing new turns a claim red. */
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { Calibration, CaseResult, Report, Verdict } from "../src/model.ts";
import { boundFor, calibrate } from "../src/runner/calibration.ts";
import { runSuite, type SuiteOptions } from "../src/runner/run-suite.ts";
import { conclude } from "../src/scoring/conclude.ts";
import {
  checkNames,
  completeSet,
  loadFrozenSet,
  type RequirementsName,
  scoreResults,
} from "../src/scoring/requirements.ts";
import { referenceSource } from "./support/in-process.ts";

const catalogue = loadCases();
const well = { testeeBroke: false, harnessBug: false };

function result(caseId: string, checks: Readonly<Record<string, Verdict>>): CaseResult {
  const verdicts = Object.values(checks);
  return {
    caseId,
    verdict: verdicts.includes("fail") ? "fail" : "pass",
    checks: Object.entries(checks).map(([name, verdict]) => ({ id: `${caseId}/${name}`, verdict })),
  } as unknown as CaseResult;
}

describe("the frozen set", () => {
  const frozen = loadFrozenSet();

  test("has nothing that the catalogue has lost: ids are for ever", () => {
    const now = completeSet(catalogue);
    const gone = [...frozen].flatMap(([id, checks]) =>
      [...checks]
        .filter((check) => now.get(id)?.has(check) !== true)
        .map((check) => `${id}/${check}`),
    );
    expect(gone).toEqual([]);
  });

  test("is not empty, and has what belongs to every case", () => {
    expect(frozen.size).toBeGreaterThan(100);
    for (const [id, checks] of frozen)
      expect([...checks], id).toEqual(expect.arrayContaining(["steps", "wire"]));
  });

  test("names the fences of a case", () => {
    const [spec] = catalogue.filter(({ id }) => id === "ACT-001");
    if (spec === undefined) throw new Error("no ACT-001");
    expect(checkNames(spec).slice(-5)).toEqual(["fence", "fence-2", "farewell", "steps", "wire"]);
  });
});

describe("what was added after the set was frozen", () => {
  const required = new Map([["OLD-001", new Set(["it", "wire"])]]);
  const scored = (results: readonly CaseResult[]) => scoreResults(results, required);

  test("is a case that counts for nothing", () => {
    const [old, young] = scored([
      result("OLD-001", { it: "pass" }),
      result("NEW-001", { it: "fail" }),
    ]);
    expect(old?.scored).toBeUndefined();
    expect(young).toMatchObject({ scored: false, verdict: "fail" });
  });

  test("or a check of a case that is judged by the others", () => {
    const [both] = scored([result("OLD-001", { it: "pass", young: "fail" })]);
    expect(both?.verdict).toBe("pass");
    expect(both?.checks.map((check) => check.scored)).toEqual([undefined, false]);
    const [bad] = scored([result("OLD-001", { it: "fail", young: "pass" })]);
    expect(bad?.verdict).toBe("fail");
  });

  test.each<[RequirementsName, Report["exitCode"]]>([
    ["1", 0],
    ["latest", 1],
  ])("turns a run red only for who asks for it: %s exits with %d", (requirements, exitCode) => {
    const [known] = catalogue;
    if (known === undefined) throw new Error("no case");
    const young = { ...known, id: "NEW-001" };
    const results = [
      result(known.id, { [known.checks[0]?.id ?? ""]: "pass" }),
      result(young.id, { it: "fail" }),
    ];
    const scoring = { catalogue: [...catalogue, young], requirements, today: "2026-01-01" };
    const conclusion = conclude(results, well, scoring);
    expect(conclusion.exitCode).toBe(exitCode);
    expect(conclusion.requirements?.set).toBe(requirements);
  });

  test("alone is nothing that was scored, and the report says what to do", () => {
    const conclusion = conclude([result("NEW-001", { it: "fail" })], well, {
      catalogue,
      requirements: "1",
      today: "2026-01-01",
    });
    expect(conclusion.exitCode).toBe(3);
    expect(conclusion.problem).toContain("--requirements latest");
  });
});

describe("this machine", () => {
  const lateness = { samples: 100, p50Ms: 1, p99Ms: 55.5, maxMs: 90 };
  const unfit: Calibration = {
    durationMs: 1,
    timer: lateness,
    echo: lateness,
    cadence: lateness,
    boundMs: 40,
    fit: false,
  };
  const run = (options: Partial<SuiteOptions>): Promise<Report> =>
    runSuite({
      source: referenceSource(),
      catalogue,
      clauses: [],
      suiteVersion: "0",
      command: "",
      unitMs: 200,
      concurrency: 4,
      selection: { cases: ["WIR-003"], transports: ["tcp"], roles: ["dial"] },
      repro: () => "",
      ...options,
    });

  test("is measured before anybody is judged", async () => {
    const seen = await calibrate(80);
    expect(seen.boundMs).toBe(boundFor(80));
    for (const { samples, p50Ms, p99Ms, maxMs } of [seen.timer, seen.echo, seen.cadence]) {
      expect(samples).toBeGreaterThan(50);
      expect(p50Ms).toBeLessThanOrEqual(p99Ms);
      expect(p99Ms).toBeLessThanOrEqual(maxMs);
    }
    expect(seen.fit).toBe(
      Math.max(seen.timer.p99Ms, seen.echo.p99Ms, seen.cadence.p99Ms) <= seen.boundMs,
    );
  });

  test("stops a run that it is not fit for, with the numbers", async () => {
    const report = await run({ calibrate: () => Promise.resolve(unfit) });
    expect(report.exitCode).toBe(2);
    expect(report.results).toEqual([]);
    expect(report.problem).toMatch(/55\.5 ms late.*40 ms is the most.*--no-calibration/);
    expect(report.environment.calibration).toEqual(unfit);
  });

  test("is in the report where it is fit", async () => {
    const fit = { ...unfit, fit: true };
    const report = await run({ calibrate: () => Promise.resolve(fit) });
    expect(report.exitCode).toBe(0);
    expect(report.environment.calibration).toEqual(fit);
  });
});
