/**
 * The kill matrix: every broken peer that a check names must fail that check,
 * and no broken peer that does next to nothing may pass a case.
 */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { CaseSpec, CheckSpec } from "../src/cases/model.ts";
import type { Role, TransportName, Verdict } from "../src/model.ts";
import { isMutant, MUTANTS, type Mutant, POLES } from "../src/reference/mutants.ts";
import { runJob } from "../src/runner/run-case.ts";
import { TesteePool, type TesteeSource } from "../src/runner/testee-pool.ts";
import { TesteeProcess } from "../src/testee/process.ts";
import { systemMachine } from "../src/time/machine.ts";
import { StallMonitor } from "../src/trace/stall-monitor.ts";
import { referenceSource } from "./support/in-process.ts";

const UNIT_MS = 200;
const WIDTH = 24;
/** Testees in processes of their own, at once. */
const PROCESS_WIDTH = 4;
const ATTEMPTS = 4;
const START_SPACING_MS = 40;
const REFERENCE = fileURLToPath(new URL("../dist/reference/main.js", import.meta.url));

const catalogue = loadCases();

/** A case that stalls its testee, or floods it, must not stall the harness: that testee is a process. */
function sourceFor(spec: CaseSpec, mutant: Mutant): TesteeSource {
  if (spec.process === "shared") return referenceSource(mutant);
  const command = `"${process.execPath}" "${REFERENCE}" --mutant ${mutant}`;
  return { start: () => new TesteeProcess(command) };
}

async function runOnce(
  spec: CaseSpec,
  mutant: Mutant,
  transport: TransportName,
  role: Role,
  monitor: StallMonitor,
): Promise<{ checks: Map<string, Verdict>; verdict: Verdict; detail: string }> {
  const pool = new TesteePool(sourceFor(spec, mutant), "test", systemMachine.time);
  try {
    const testee = await pool.acquire("shared");
    const { result } = await runJob(
      { spec, transport, role },
      {
        unitMs: UNIT_MS,
        monitor,
        machine: systemMachine,
        testee,
        name: "k1",
        attempt: 1,
        repro: () => "",
      },
    );
    return {
      checks: new Map(result.checks.map((check) => [check.id, check.verdict])),
      verdict: result.verdict,
      detail: result.reason ?? result.checks.map((c) => `${c.id}: ${c.seen}`).join("\n"),
    };
  } finally {
    await pool.dispose();
  }
}

/** The more often a hunt was inconclusive, the fewer go on at the same time. */
async function inParallel<T extends { readonly spec: CaseSpec }>(
  jobs: readonly T[],
  attempt: number,
  act: (job: T) => Promise<void>,
): Promise<void> {
  const inProcess = jobs.filter((job) => job.spec.process === "shared");
  const others = jobs.filter((job) => job.spec.process !== "shared");
  await parallel(inProcess, Math.ceil(WIDTH / attempt ** 2), act);
  await parallel(others, PROCESS_WIDTH, act);
}

async function parallel<T>(
  jobs: readonly T[],
  width: number,
  act: (job: T) => Promise<void>,
): Promise<void> {
  const queue = jobs.values();
  const worker = async (index: number): Promise<void> => {
    // Not all at once: beginning is the only thing these do that costs the machine anything.
    await new Promise((resolve) => setTimeout(resolve, index * START_SPACING_MS));
    for (const job of queue) await act(job);
  };
  await Promise.all(Array.from({ length: width }, (_, index) => worker(index)));
}

interface Hunt {
  readonly spec: CaseSpec;
  readonly mutant: Mutant;
  readonly checks: readonly CheckSpec[];
}

function hunts(): Hunt[] {
  return catalogue.flatMap((spec) => {
    const mutants = new Set(spec.checks.flatMap((check) => check.kills));
    return [...mutants].filter(isMutant).map((mutant) => ({
      spec,
      mutant,
      checks: spec.checks.filter((check) => check.kills.includes(mutant)),
    }));
  });
}

describe("the catalogue", () => {
  test("names only mutants that exist, and each mutant is named", () => {
    const named = catalogue.flatMap((spec) => spec.checks.flatMap((check) => check.kills));
    expect(named.filter((name) => !isMutant(name))).toEqual([]);
    const everywhere: readonly string[] = [...named, ...POLES];
    expect(Object.keys(MUTANTS).filter((name) => !everywhere.includes(name))).toEqual([]);
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

describe("broken peers", () => {
  test("fail each check that names them", { timeout: 180_000 }, async () => {
    const monitor = new StallMonitor();
    const survivors: string[] = [];
    let pending = hunts();
    for (let attempt = 1; pending.length > 0; attempt += 1) {
      const again: Hunt[] = [];
      await inParallel(pending, attempt, async (hunt) => {
        const { spec, mutant, checks } = hunt;
        const [transport = "tcp"] = spec.transports;
        const role = spec.roles[spec.id.charCodeAt(6) % spec.roles.length] ?? "listen";
        const seen = await runOnce(spec, mutant, transport, role, monitor);
        const verdicts = checks.map((check) => seen.checks.get(`${spec.id}/${check.id}`));
        if (verdicts.every((verdict) => verdict === "fail" || verdict === "warn")) return;
        if (verdicts.includes("inconclusive") && attempt < ATTEMPTS) {
          again.push(hunt);
          return;
        }
        const names = checks.map((check, index) => `${check.id} ${verdicts[index]}`).join(", ");
        survivors.push(`${spec.id} (${transport}, ${role}) ${mutant}: ${names}\n${seen.detail}`);
      });
      pending = again;
    }
    expect(survivors.join("\n\n")).toBe("");
  });

  test.each(POLES)("%s passes no case", { timeout: 180_000 }, async (pole) => {
    const monitor = new StallMonitor();
    const passed: string[] = [];
    const jobs = catalogue
      .filter((spec) => spec.process === "shared")
      .flatMap((spec) => spec.transports.map((transport) => ({ spec, transport })));
    await inParallel(jobs, 1, async ({ spec, transport }) => {
      const [role = "listen"] = spec.roles;
      const { verdict } = await runOnce(spec, pole, transport, role, monitor);
      if (verdict === "pass" || verdict === "info") passed.push(`${spec.id} ${transport}`);
    });
    expect(passed).toEqual([]);
  });
});
