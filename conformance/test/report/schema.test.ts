import { readFile } from "node:fs/promises";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { beforeAll, describe, expect, test } from "vitest";
import type { CaseResult, Report, Verdict } from "../../src/model.ts";
import { at, frame, hostileReport, reportOf, resultOf, sampleReport } from "./fixture.ts";

let validate: ValidateFunction;

beforeAll(async () => {
  const path = new URL("../../schema/report.schema.json", import.meta.url);
  const schema: unknown = JSON.parse(await readFile(path, "utf8"));
  validate = new Ajv2020({ strict: true, strictRequired: false, allErrors: true }).compile(
    schema as object,
  );
});

function problemsOf(report: unknown): readonly string[] {
  validate(JSON.parse(JSON.stringify(report)));
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message ?? ""}`);
}

const verdicts: readonly Verdict[] = [
  "pass",
  "fail",
  "warn",
  "info",
  "na",
  "untestable",
  "inconclusive",
  "error",
];

describe("report.schema.json", () => {
  test("accepts a report of a real run, and a hostile one", () => {
    expect(problemsOf(sampleReport())).toEqual([]);
    expect(problemsOf(hostileReport())).toEqual([]);
  });

  test.each(verdicts)("accepts the verdict %s", (verdict) => {
    expect(problemsOf(reportOf([resultOf(verdict)]))).toEqual([]);
  });

  test("accepts a run that never began", () => {
    const { testee: _, ...report } = reportOf([], { exitCode: 4, problem: "ENOENT" });
    expect(problemsOf(report)).toEqual([]);
  });

  test("accepts what was measured, expected, set aside and not scored", () => {
    const lateness = { samples: 9, p50Ms: 0.1, p99Ms: 2, maxMs: 3 };
    const expectation = {
      status: "fail",
      entry: "ADP-001/announces",
      match: "none",
      issue: "https://example.org/1",
      expires: "2027-01-31",
    } as const;
    const failed = resultOf("fail");
    const result: CaseResult = {
      ...failed,
      checks: failed.checks.map((check) => ({ ...check, expectation, scored: false })),
      expectation,
      scored: false,
      setAside: [{ maxLagMs: 90, checks: [{ id: "ADP-001/announces", seen: "none" }] }],
      evidence: "evidence/ADP-001.tcp.dial",
      config: { heartbeat_time_ms: 200, slack_ms: 400 },
    };
    const report = reportOf([result]);
    const calibration = {
      durationMs: 900,
      timer: lateness,
      echo: lateness,
      cadence: lateness,
      boundMs: 40,
      fit: true,
    };
    expect(
      problemsOf({
        ...report,
        environment: { ...report.environment, calibration },
        requirements: { set: "1", cases: 80, checks: 300 },
        baseline: {
          file: "expected.yaml",
          entries: 1,
          problems: [{ kind: "stale", entry: "ADP-001", line: 3, sentence: "it passes" }],
        },
      } satisfies Report),
    ).toEqual([]);
  });

  test("accepts every kind of event and every field of a frame", () => {
    const events = [
      at(0, { kind: "open" }),
      at(0, { kind: "end", by: "testee", how: "refused" }, -1),
      at(0, { kind: "end", by: "harness", how: "close-code", code: 4003, detail: "down" }),
      at(0, { kind: "octets", direction: "sent", hex: "07", bytes: 1, what: "half a frame" }),
      at(0, { kind: "testee", event: null }),
      at(0, { kind: "step", step: "send", label: "heartbeat" }),
      at(0, { kind: "lag", lagNs: 1 }),
      frame(
        "received",
        1,
        {
          version: 1,
          body: "heartbeat",
          heartbeat: {
            heartbeatTimeMs: 200,
            replyRequested: true,
            timestamp: 1,
            echo: 2,
            heldUs: 3,
            lowestVersion: 1,
          },
          more: false,
        },
        "0801",
      ),
      frame("sent", 1, { body: "data", data: { bytes: 0, text: "" }, more: true }, ""),
      frame(
        "sent",
        1,
        {
          body: "close",
          close: { code: 5, reason: "", retryAfterMs: 1, lowestVersion: 1 },
        },
        "",
      ),
      frame("sent", 1, { body: "malformed", problem: "truncated" }, "08"),
    ];
    const result = resultOf("pass");
    const trace = { ...result.trace, events };
    expect(problemsOf(reportOf([{ ...result, trace }]))).toEqual([]);
  });

  test.each<[string, (report: Report) => unknown]>([
    ["a key it does not know", (report) => ({ ...report, extra: 1 })],
    ["another schema version", (report) => ({ ...report, schema: 2 })],
    ["an exit code that is a count", (report) => ({ ...report, exitCode: 5 })],
    ["a local time", (report) => ({ ...report, startedAt: "2026-03-14 09:26" })],
    ["no command", ({ command: _, ...report }) => report],
    [
      "a verdict in capitals",
      (report) => ({ ...report, results: [{ ...resultOf("pass"), verdict: "PASS" }] }),
    ],
    [
      "an event of an unknown kind",
      (report) => {
        const result = resultOf("pass");
        const events = [{ atNs: 0, conn: 0, kind: "ping" }];
        return { ...report, results: [{ ...result, trace: { ...result.trace, events } }] };
      },
    ],
    [
      "an event with a key of another kind",
      (report) => {
        const result = resultOf("pass");
        const events = [{ atNs: 0, conn: 0, kind: "open", lagNs: 1 }];
        return { ...report, results: [{ ...result, trace: { ...result.trace, events } }] };
      },
    ],
  ])("refuses %s", (_name, change) => {
    expect(problemsOf(change(reportOf([])))).not.toEqual([]);
  });
});
