/** The suite as a library, as a project's own test runner uses it. */
import { fileURLToPath } from "node:url";
import {
  type CaseResult,
  ConformanceError,
  type ConformanceSuite,
  createSuite,
} from "pulsewire-conformance";
import { afterAll, describe, expect, test, vi } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import { loadFrozenSet } from "../src/scoring/requirements.ts";

const REFERENCE = fileURLToPath(new URL("../dist/reference/main.js", import.meta.url));
const FAULTY = fileURLToPath(new URL("support/faulty-testee.mjs", import.meta.url));
const peer = (program: string, args = ""): string => `"${process.execPath}" "${program}" ${args}`;

/** A machine may be busy; nothing here takes nearly as long. */
const LIMIT_MS = 60_000;
/** And this unit is kind to it: how fast it is must not decide here. */
const unitMs = 500;

describe("a suite", { timeout: LIMIT_MS }, () => {
  test("has its cases before anything is started", async () => {
    await using suite = createSuite({
      testee: "no-such-program",
      transports: ["tcp"],
      cases: ["adopt"],
    });
    expect(suite.cases.length).toBeGreaterThan(20);
    expect(new Set(suite.cases.map(({ name }) => name)).size).toBe(suite.cases.length);
    const [first] = suite.cases;
    expect(first).toMatchObject({
      id: "ADP-001",
      name: "ADP-001 tcp dial: a passive side adopts the heartbeat-time it hears",
      family: "adopt",
      level: "must",
      transport: "tcp",
      role: "dial",
    });
    expect(first?.clauses).toContain("PW-ADP-2");
  });

  test("has the cases of the frozen set, and all there are if asked", () => {
    const frozen = createSuite({ testee: "x" }).cases;
    const latest = createSuite({ testee: "x", requirements: "latest" }).cases;
    const names = new Set(latest.map(({ name }) => name));
    expect(frozen.every(({ name }) => names.has(name))).toBe(true);
    expect(new Set(latest.map(({ id }) => id)).size).toBe(loadCases().length);
    const set = loadFrozenSet();
    expect(frozen.every(({ id }) => set.has(id))).toBe(true);
  });

  test("gives runners functions without parameters, lest they wait for a callback", () => {
    const suite = createSuite({ testee: "no-such-program" });
    expect(new Set(suite.cases.map(({ run }) => run.length))).toEqual(new Set([0]));
  });

  test.each<[string, object, string]>([
    ["no testee", { testee: " " }, "testee: give the command line"],
    ["a pattern that fits nothing", { testee: "x", cases: ["ADQ-*"] }, 'no case fits "ADQ-*"'],
    ["an unknown transport", { testee: "x", transports: ["udp"] }, 'there is no "udp"'],
    ["an unknown role", { testee: "x", roles: ["watch"] }, 'there is no "watch"'],
    ["a unit that is too small", { testee: "x", unitMs: 50 }, "from 100 to 10000"],
    ["an unknown set", { testee: "x", requirements: "2" }, 'there is no "2"'],
    ["no concurrency", { testee: "x", concurrency: 0 }, "from 1 to 256"],
    ["nothing at all", { testee: "x", cases: ["WIR-015"], transports: ["tcp"] }, "no case is for"],
  ])("refuses %s", (_, options, message) => {
    expect(() => createSuite(options as { testee: string })).toThrow(message);
  });

  test("says what to do about a testee that does not start", async () => {
    await using suite = createSuite({ testee: "no-such-program", cases: ["WIR-003"] });
    await expect(suite.cases[0]?.run()).rejects.toThrow(/cannot be driven: .*check-shim --testee/s);
  });

  test("runs nothing once it is closed", async () => {
    const suite = createSuite({ testee: peer(REFERENCE), cases: ["WIR-003"] });
    await suite.close();
    await expect(suite.cases[0]?.run()).rejects.toThrow("closed");
  });
});

describe("the cases of a suite, as tests", () => {
  const suite: ConformanceSuite = createSuite({
    testee: peer(REFERENCE),
    cases: ["WIR-003", "PRB-004"],
    transports: ["tcp", "ws"],
    unitMs,
  });
  afterAll(() => suite.close(), LIMIT_MS);
  for (const { name, run, timeoutMs } of suite.cases) test.concurrent(name, run, timeoutMs);
});

describe("a case", { timeout: LIMIT_MS }, () => {
  test("resolves with its result", async () => {
    await using suite = createSuite({
      testee: peer(REFERENCE),
      cases: ["WIR-003"],
      roles: ["dial"],
      unitMs,
    });
    const result = (await suite.cases[0]?.run()) as CaseResult;
    expect(result).toMatchObject({ verdict: "pass", caseId: "WIR-003", role: "dial" });
    expect(result.trace.events.length).toBeGreaterThan(0);
  });

  test("that fails rejects with what the terminal report says", async () => {
    await using suite = createSuite({
      testee: peer(REFERENCE, "--mutant never-adopts"),
      cases: ["ADP-001"],
      transports: ["tcp"],
      roles: ["listen"],
      // Half of it is how long the peer may stand still and be blamed all the same.
      unitMs: 1_000,
    });
    const error = await suite.cases[0]?.run().catch((thrown: unknown) => thrown);
    if (!(error instanceof ConformanceError)) throw new Error("it did not fail as it should");
    expect(error.result.verdict).toBe("fail");
    expect(error.message).toMatch(/^. FAIL ADP-001 {2}a passive side adopts/);
    expect(error.message).toMatch(/MUST +PW-ADP-2 "A side that receives a heartbeat/);
    expect(error.message).toMatch(/expected +a heartbeat/);
    expect(error.message).toMatch(/seen +\S/);
    expect(error.message).toMatch(/-> peer +[·h]+/);
    expect(error.message).toMatch(
      /again +npx pulsewire-conformance run --testee .* --case ADP-001/,
    );
  });

  test("of what is not claimed is skipped by whoever can skip", async () => {
    await using suite = createSuite({
      testee: peer(FAULTY),
      cases: ["WIR-003"],
      transports: ["ws"],
    });
    const skip = vi.fn();
    const result = await suite.cases[0]?.run({ skip });
    expect(skip).toHaveBeenCalledExactlyOnceWith("the testee does not claim ws");
    expect(result?.verdict).toBe("na");
    await expect(suite.cases[0]?.run()).resolves.toMatchObject({ verdict: "na" });
  });
});
