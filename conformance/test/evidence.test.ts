/** Evidence is kept, can be judged again, and what is not evidence is refused. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import { judgeAgain } from "../src/evidence/judge-again.ts";
import { loadEvidence } from "../src/evidence/load.ts";
import { saveEvidence } from "../src/evidence/save.ts";
import { EvidenceError } from "../src/evidence/trace-file.ts";
import type { Report, Trace, TraceEvent } from "../src/model.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import { referenceSource } from "./support/in-process.ts";

const catalogue = loadCases();
const FACTS = { policy: "all", catalogue: "c", workingDirectory: "/some 'where'" } as const;

let dir: string;
let report: Report;
let saved: Report;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "pulsewire-evidence-"));
  // One case passes and the other fails, by a unit that is kind to a busy machine.
  report = await runSuite({
    source: referenceSource("no-answer"),
    catalogue,
    clauses: [],
    suiteVersion: "0.0.0",
    command: "",
    unitMs: 500,
    concurrency: 8,
    selection: { cases: ["WIR-003", "VER-001", "PRB-004"], transports: ["tcp"] },
    repro: ({ spec }) => `npx pulsewire-conformance run --case ${spec.id}`,
  });
  saved = (await saveEvidence(report, dir, FACTS)).report;
});

afterAll(() => rmSync(dir, { recursive: true, force: true }));

function traceFile(index = 0): string {
  return join(dir, saved.results[index]?.evidence ?? "none", "trace.jsonl");
}

describe("evidence", () => {
  test("lies where the report says", () => {
    expect(saved.results.length).toBeGreaterThan(3);
    for (const { evidence, caseId, transport, role } of saved.results) {
      expect(evidence).toBe(`evidence/${caseId}.${transport}.${role}`);
      expect(readdirSync(join(dir, evidence ?? "")).sort()).toEqual([
        "repro.sh",
        "stderr.log",
        "timeline.txt",
        "trace.jsonl",
        "verdict.json",
      ]);
    }
  });

  test("has a script that repeats the case from where the run was made", () => {
    const [first] = saved.results;
    const file = join(dir, first?.evidence ?? "", "repro.sh");
    expect(statSync(file).mode & 0o111).toBe(0o111);
    const script = readFileSync(file, "utf8");
    expect(script).toContain(`exec npx pulsewire-conformance run --case ${first?.caseId} `);
    expect(script).toContain(`cd '/some '\\''where'\\'''`);
  });

  test("has a timeline with what was expected and seen", () => {
    const failed = saved.results.find(({ verdict }) => verdict === "fail");
    const text = readFileSync(join(dir, failed?.evidence ?? "", "timeline.txt"), "utf8");
    const bad = failed?.checks.find(({ verdict }) => verdict === "fail");
    expect(text).toContain(`expected  ${bad?.expected}`);
    expect(text).toContain("-> peer");
  });

  test("is one event a line, under a line that says of what", () => {
    const [first, ...lines] = readFileSync(traceFile(), "utf8").trimEnd().split("\n");
    const [result] = saved.results;
    expect(JSON.parse(first ?? "")).toMatchObject({
      caseId: result?.caseId,
      transport: "tcp",
      unitMs: 500,
      suiteVersion: "0.0.0",
      catalogue: "c",
    });
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual(result?.trace.events);
  });

  test("is kept of what did not plainly pass, unless more or nothing is asked for", async () => {
    const other = mkdtempSync(join(tmpdir(), "pulsewire-evidence-"));
    const kept = async (policy: "failed" | "none"): Promise<string[]> => {
      const { report: again } = await saveEvidence(report, other, { ...FACTS, policy });
      return again.results.flatMap(({ evidence, verdict }) =>
        evidence === undefined ? [] : verdict,
      );
    };
    try {
      const bad = report.results
        .map(({ verdict }) => verdict)
        .filter((verdict) => verdict !== "pass");
      expect(bad.length).toBeGreaterThan(0);
      expect(await kept("failed")).toEqual(bad);
      expect(await kept("none")).toEqual([]);
      // What the run before left is gone.
      expect(readdirSync(join(other, "evidence"))).toEqual([]);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test("is bounded, and says how much of it was left out", async () => {
    const other = mkdtempSync(join(tmpdir(), "pulsewire-evidence-"));
    try {
      const { report: again, leftOut } = await saveEvidence(report, other, {
        ...FACTS,
        limitBytes: 20_000,
      });
      const places = again.results.filter(({ evidence }) => evidence !== undefined);
      expect(leftOut).toBeGreaterThan(0);
      expect(places.length + leftOut).toBe(report.results.length);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });

  test("does not remove what it did not make", async () => {
    const other = mkdtempSync(join(tmpdir(), "pulsewire-evidence-"));
    try {
      await saveEvidence(report, other, FACTS);
      const foreign = join(other, "evidence", "notes.txt");
      writeFileSync(foreign, "mine");
      await saveEvidence(report, other, { ...FACTS, policy: "none" });
      expect(existsSync(foreign)).toBe(true);
    } finally {
      rmSync(other, { recursive: true, force: true });
    }
  });
});

describe("judged again", () => {
  test("a saved run gives the same checks", () => {
    const { cases, run } = loadEvidence([dir], catalogue);
    const again = cases.map(judgeAgain);
    expect(again.flatMap(({ changes }) => changes)).toEqual([]);
    const byPlace = new Map(again.map(({ result }) => [`${result.caseId} ${result.role}`, result]));
    for (const result of report.results) {
      const now = byPlace.get(`${result.caseId} ${result.role}`);
      expect(now?.checks).toEqual(result.checks);
      expect(now?.verdict).toBe(result.verdict);
      expect(now?.ending).toBe(result.ending);
    }
    expect(run?.testee?.name).toBe("reference (no-answer)");
  });

  test("an edited trace gives another verdict", () => {
    const { cases } = loadEvidence([dir], catalogue);
    const passed = cases.find(({ verdict }) => verdict?.verdict === "pass");
    if (passed === undefined) throw new Error("no case passed");
    const events = passed.trace.events.map((event: TraceEvent) =>
      event.kind === "frame" && event.direction === "received"
        ? { ...event, frame: { ...event.frame, version: 2 } }
        : event,
    );
    const trace: Trace = { ...passed.trace, events };
    const { result, changes } = judgeAgain({ ...passed, trace });
    expect(result.verdict).toBe("fail");
    expect(changes).toContainEqual({ id: `${passed.spec.id}/wire`, before: "pass", after: "fail" });
  });

  test("keeps what no trace shows", () => {
    const { cases } = loadEvidence([traceFile()], catalogue);
    const [first] = cases;
    if (first?.verdict === undefined) throw new Error("nothing was saved");
    const verdict = { ...first.verdict, verdict: "error", reason: "it left" } as const;
    expect(judgeAgain({ ...first, verdict }).result).toMatchObject({
      verdict: "error",
      reason: "it left",
    });
  });
});

describe("what cannot be judged", () => {
  const broken = (change: (text: string) => string, file = traceFile()): (() => unknown) => {
    const text = readFileSync(file, "utf8");
    return () => {
      writeFileSync(file, change(text));
      try {
        return loadEvidence([dir], catalogue);
      } finally {
        writeFileSync(file, text);
      }
    };
  };

  test.each<[string, (text: string) => string, RegExp]>([
    ["was cut in a line", (text) => text.slice(0, -5), /cut off in line \d+/],
    ["has lost its end", (text) => `${text.split("\n").slice(0, -2).join("\n")}\n`, /missing/],
    ["is empty", () => "", /line 1: not JSON|cut off|no trace/],
    ["is something else", () => '{"name":"x"}\n', /no trace of this suite/],
    ["has another schema", (text) => text.replace('"schema":1', '"schema":2'), /schema 2/],
    ["has a line of garbage", (text) => text.replace(/\n\{[^\n]*/, "\n!"), /line 2: not JSON/],
    [
      "has an unknown event",
      (text) => text.replace('"kind":"open"', '"kind":"opened"'),
      /line \d+/,
    ],
    [
      "is of no case of ours",
      (text) => text.replace(/"caseId":"[^"]*"/, '"caseId":"XXX-001"'),
      /"XXX-001"/,
    ],
    [
      "was too long to be kept",
      (text) => text.replace(/"events":\d+,"kept"/, '"events":99999,"kept"'),
      /of 99999 events/,
    ],
  ])("a trace that %s", (_, change, message) => {
    expect(broken(change)).toThrow(EvidenceError);
    expect(broken(change)).toThrow(message);
  });

  test("a verdict of another case", () => {
    const file = traceFile().replace("trace.jsonl", "verdict.json");
    expect(broken((text) => text.replace(/"role": "\w+"/, '"role": "neither"'), file)).toThrow(
      EvidenceError,
    );
    expect(broken(() => "{", file)).toThrow(/not JSON/);
  });

  test("a place where there is none", () => {
    expect(() => loadEvidence([join(dir, "nowhere")], catalogue)).toThrow(/there is no/);
    expect(() => loadEvidence([join(dir, "evidence", "none")], catalogue)).toThrow(EvidenceError);
  });
});
