/** The environment contract, with programs that keep it and programs that do not. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { Report } from "../src/model.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import {
  EnvironmentSource,
  environmentOf,
  whyBeyondEnvironment,
} from "../src/testee/environment.ts";

const TESTEE = fileURLToPath(new URL("support/env-testee.mjs", import.meta.url));
const catalogue = loadCases();

function run(fault: string, cases: readonly string[]): Promise<Report> {
  return runSuite({
    source: new EnvironmentSource(`"${process.execPath}" "${TESTEE}" ${fault}`),
    catalogue,
    clauses: [],
    suiteVersion: "0.0.0",
    command: "",
    unitMs: 500,
    concurrency: 3,
    selection: { cases, transports: ["tcp"] },
    fit: ({ spec }) => {
      const why = whyBeyondEnvironment(spec);
      return why === undefined ? { unitMs: 500 } : { why };
    },
    repro: () => "",
  });
}

function verdicts({ results }: Report): string[] {
  return results.map(({ caseId, role, verdict }) => `${caseId} ${role} ${verdict}`);
}

describe("the environment of a case", () => {
  test("says all of it, in words and as JSON where one word is not enough", () => {
    expect(
      environmentOf({
        role: "dial",
        transport: "ws",
        address: { host: "127.0.0.1", port: 4711 },
        case: "SND-002",
        config: {
          heartbeat_time_ms: 400,
          always_beat: true,
          reply: "echo",
          stream: { bytes: 100, every_ms: 20 },
        },
      }),
    ).toEqual({
      PULSEWIRE_CASE: "SND-002",
      PULSEWIRE_ROLE: "dial",
      PULSEWIRE_TRANSPORT: "ws",
      PULSEWIRE_HOST: "127.0.0.1",
      PULSEWIRE_PORT: "4711",
      PULSEWIRE_HEARTBEAT_TIME_MS: "400",
      PULSEWIRE_ALWAYS_BEAT: "true",
      PULSEWIRE_REPLY: "echo",
      PULSEWIRE_STREAM: '{"bytes":100,"every_ms":20}',
    });
  });
});

describe("a program that keeps the contract", () => {
  test("is judged in both roles, and not where it has to be commanded", {
    timeout: 60_000,
  }, async () => {
    const report = await run("", ["WIR-003", "DAT-001", "ADP-015", "CLS-005"]);
    expect(verdicts(report)).toEqual([
      "ADP-015 dial pass",
      "ADP-015 listen pass",
      "CLS-005 dial na",
      "CLS-005 listen na",
      "DAT-001 dial pass",
      "DAT-001 listen pass",
      "WIR-003 dial pass",
      "WIR-003 listen pass",
    ]);
    expect(report.exitCode).toBe(0);
    expect(report.results.find(({ caseId }) => caseId === "CLS-005")?.reason).toContain(
      "--contract ndjson",
    );
  });

  test("says with 127 what it cannot do, which is no failure", { timeout: 30_000 }, async () => {
    const report = await run("", ["SND-002"]);
    expect(verdicts(report)).toEqual(["SND-002 dial na", "SND-002 listen na"]);
    expect(report.results[0]?.reason).toMatch(/exited with code 127/);
    expect(report.exitCode).toBe(3);
  });

  test("is ended if it does not leave", { timeout: 30_000 }, async () => {
    const report = await run("stays", ["WIR-005"]);
    expect(verdicts(report)).toEqual(["WIR-005 dial pass", "WIR-005 listen pass"]);
  });
});

describe("a program that breaks the contract", () => {
  test.each([
    [
      "takes-all",
      /^with PULSEWIRE_TRANSPORT=no-such-transport-\w+, which does not exist, it must exit with code 127/,
    ],
    ["any-transport", /^with PULSEWIRE_TRANSPORT=no-such-transport/],
    ["any-option", /^with PULSEWIRE_NO_SUCH_OPTION_\w+=1, which does not exist/],
    ["crashes", /exit with code 127: the testee exited with code 1\b/],
  ])("%s, and nothing is run", { timeout: 30_000 }, async (fault, words) => {
    const report = await run(fault, ["WIR-005"]);
    expect(report.exitCode).toBe(4);
    expect(report.problem).toMatch(words);
    expect(report.results).toEqual([]);
  });

  test.each([
    ["never-ready", /^as a listener it printed no line READY <host> <port> within 5 s$/],
    ["floods", /^as a listener it printed 65536 octets and no line READY/],
  ])(
    "%s, and only the case that meets it is an error",
    { timeout: 40_000 },
    async (fault, words) => {
      const report = await run(fault, ["WIR-005"]);
      const listening = report.results.find(({ role }) => role === "listen");
      expect(listening?.verdict).toBe("error");
      expect(listening?.reason).toMatch(words);
    },
  );
});
