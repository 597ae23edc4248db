/** The run as a whole: what comes of testees that are honest, dishonest, slow, or gone. */
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { CaseResult, Report, Verdict } from "../src/model.ts";
import { fits, idlePatterns, planJobs } from "../src/runner/plan.ts";
import { runSuite, type SuiteOptions } from "../src/runner/run-suite.ts";
import type { TesteeSource } from "../src/runner/testee-pool.ts";
import { exitCodeOf, mergeVerdicts } from "../src/runner/verdicts.ts";
import type { LineChannel } from "../src/testee/client.ts";
import { systemMachine } from "../src/time/machine.ts";
import { referenceSource } from "./support/in-process.ts";

const catalogue = loadCases();

function run(source: TesteeSource, options: Partial<SuiteOptions> = {}): Promise<Report> {
  return runSuite({
    source,
    catalogue,
    clauses: [],
    suiteVersion: "0.0.0",
    command: "",
    // Kind to a busy machine: how fast it is must not decide here.
    unitMs: 500,
    concurrency: 8,
    selection: { cases: ["WIR-003", "PRB-004"], transports: ["tcp"] },
    repro: () => "",
    ...options,
  });
}

/** A testee that answers each command as it is told to. */
function scripted(
  answer: (command: { id: number; cmd: string }) => string | undefined,
): TesteeSource {
  return {
    start: (): LineChannel => {
      let onLine: (line: string) => void = () => undefined;
      return {
        write: (line) => {
          const reply = answer(JSON.parse(line) as { id: number; cmd: string });
          if (reply !== undefined) queueMicrotask(() => onLine(reply));
        },
        onLine: (listener) => {
          onLine = listener;
        },
        onGone: () => undefined,
        dispose: async () => undefined,
      };
    },
  };
}

const HELLO = {
  contract: 1,
  name: "scripted",
  version: "1",
  language: "none",
  transports: ["tcp"],
  roles: ["listen"],
  features: [],
};

describe("a run", () => {
  test("against a conforming peer exits with 0", async () => {
    const report = await run(referenceSource());
    expect(report.results.map((result) => result.verdict)).toEqual([
      "pass",
      "pass",
      "pass",
      "pass",
    ]);
    expect(report.exitCode).toBe(0);
    expect(report.testee?.name).toBe("reference");
  });

  test("against a broken one exits with 1", async () => {
    const report = await run(referenceSource("no-answer"));
    expect(report.exitCode).toBe(1);
  });

  test("of no case exits with 3", async () => {
    const report = await run(referenceSource(), { selection: { cases: ["no such case"] } });
    expect(report.exitCode).toBe(3);
  });

  test("reports what the testee does not claim as not applicable, and exits with 3", async () => {
    const source = scripted(({ id, cmd }) =>
      JSON.stringify(cmd === "hello" ? { id, ok: HELLO } : { id, err: "unsupported" }),
    );
    const report = await run(source, { selection: { cases: ["WIR-014"] } });
    expect(report.results.map((result) => result.verdict)).toEqual(["na", "na"]);
    expect(report.exitCode).toBe(3);
  });

  test("counts what is claimed and then refused as a failure", async () => {
    const source = scripted(({ id, cmd }) =>
      JSON.stringify(cmd === "hello" ? { id, ok: HELLO } : { id, err: "unsupported" }),
    );
    const report = await run(source, { selection: { cases: ["WIR-003"], roles: ["listen"] } });
    expect(report.results[0]?.verdict).toBe("untestable");
    expect(report.exitCode).toBe(1);
  });
});

describe("what is run again", () => {
  const selection = { cases: ["PRB-004"], transports: ["tcp"], roles: ["listen"] } as const;

  test("is no failure: it stands as it was seen the first time", async () => {
    // What no lag excuses, however busy the machine is.
    const report = await run(referenceSource("version-zero"), { selection });
    expect(report.results).toMatchObject([{ verdict: "fail", attempts: 1 }]);
    expect(report.results[0]?.setAside).toBeUndefined();
  });

  test("is what our own lag has left open, four times, and each time is counted", async () => {
    const report = await run(stalling(referenceSource("no-answer")), { selection, unitMs: 200 });
    const [result] = report.results;
    expect(result).toMatchObject({ verdict: "inconclusive", attempts: 5 });
    expect(result?.setAside).toHaveLength(4);
    for (const { maxLagMs, checks } of result?.setAside ?? []) {
      expect(maxLagMs).toBeGreaterThan(100);
      expect(checks.map(({ id }) => id)).toContain("PRB-004/fence");
    }
    expect(report.exitCode).toBe(2);
  });
});

/** Stops this process, the harness in it too, soon after each connection is asked for. */
function stalling(source: TesteeSource): TesteeSource {
  return {
    start: () => {
      const channel = source.start();
      return {
        ...channel,
        write: (line) => {
          const command = JSON.parse(line) as { readonly cmd: string; readonly case?: string };
          if (command.cmd === "open" && command.case !== undefined)
            setTimeout(() => systemMachine.stall(250), 30);
          channel.write(line);
        },
      };
    },
  };
}

describe("a testee that breaks the contract", () => {
  test.each<[string, (command: { id: number; cmd: string }) => string, string]>([
    ["says yes to everything", ({ id }) => JSON.stringify({ id, ok: HELLO }), "unsupported"],
    ["writes no JSON", () => "hello there", "not JSON"],
    ["answers another question", () => JSON.stringify({ id: 99, ok: {} }), "no command of ours"],
    ["claims nonsense", ({ id }) => JSON.stringify({ id, ok: { ...HELLO, roles: [] } }), "roles"],
    ["refuses hello", ({ id }) => JSON.stringify({ id, err: "failed", why: "no" }), "refused"],
  ])("%s", async (_, answer, problem) => {
    const report = await run(scripted(answer));
    expect(report.exitCode).toBe(4);
    expect(report.problem).toContain(problem);
    expect(report.results).toEqual([]);
  });
});

describe("verdicts", () => {
  const check = (verdict: Verdict) =>
    ({ id: "", clauses: [], level: "must", verdict, expected: "", seen: "" }) as const;
  const result = (verdict: Verdict) => ({ verdict }) as CaseResult;
  const well = { testeeBroke: false, harnessBug: false };

  test("the worst check decides, and no check is an error", () => {
    expect(mergeVerdicts([check("pass"), check("warn")])).toBe("warn");
    expect(mergeVerdicts([check("warn"), check("inconclusive")])).toBe("inconclusive");
    expect(mergeVerdicts([check("inconclusive"), check("error")])).toBe("error");
    expect(mergeVerdicts([check("error"), check("fail")])).toBe("fail");
    expect(mergeVerdicts([check("na"), check("pass")])).toBe("pass");
    expect(mergeVerdicts([])).toBe("error");
  });

  test.each<[Verdict[], Report["exitCode"]]>([
    [["pass"], 0],
    [["pass", "warn"], 0],
    [["pass", "fail", "error"], 1],
    [["pass", "untestable"], 1],
    [["pass", "inconclusive"], 2],
    [["na", "info"], 3],
    [[], 3],
    [["pass", "error"], 4],
  ])("%j exits with %d", (verdicts, code) => {
    expect(exitCodeOf(verdicts.map(result), well)).toBe(code);
  });

  test("a defect of the harness outweighs all", () => {
    expect(exitCodeOf([result("fail")], { testeeBroke: true, harnessBug: true })).toBe(70);
  });
});

describe("a plan", () => {
  test("finds cases by id, by family and by pattern", () => {
    const [spec] = catalogue.filter(({ id }) => id === "ADP-001");
    if (spec === undefined) throw new Error("no ADP-001");
    expect(["ADP-001", "adp-001", "ADP-*", "adopt", "*"].map((name) => fits(spec, name))).toEqual(
      Array(5).fill(true),
    );
    expect(fits(spec, "ADP-00")).toBe(false);
  });

  test("names patterns that fit nothing", () => {
    expect(idlePatterns(catalogue, ["ADP-*", "ADQ-*"])).toEqual(["ADQ-*"]);
  });

  test("covers each transport in each role", () => {
    expect(planJobs(catalogue, { cases: ["ADP-001"] })).toHaveLength(6);
    expect(planJobs(catalogue, { cases: ["WIR-015"] })).toHaveLength(1);
  });
});
