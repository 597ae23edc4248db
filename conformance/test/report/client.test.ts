// The parts of the page's script that touch no page.
import { describe, expect, test } from "vitest";
import { createFilter, matchesCell, matchesRow } from "../../assets/report/client/filter.js";
import { neighbour } from "../../assets/report/client/grid.js";
import {
  buildModel,
  columnText,
  differs,
  linkTo,
  weightOf,
} from "../../assets/report/client/model.js";
import { placeAfter } from "../../assets/report/client/timeline-view.js";
import { arrowWords, eventWords, hexWords } from "../../assets/report/client/timeline-words.js";
import type { Report, TraceEvent } from "../../src/model.ts";
import { asidesOf } from "../../src/report/asides.ts";
import { brokenSentences, findingsOf } from "../../src/report/findings.ts";
import { headlineOf } from "../../src/report/headline.ts";
import type { PeerData } from "../../src/report/html/data.ts";
import { VERDICTS } from "../../src/report/verdicts.ts";
import { at, beat, frame, reportOf, resultOf } from "./fixture.ts";

function peer(report: Report): PeerData {
  const findings = findingsOf(report);
  return {
    report,
    omissions: {},
    headline: headlineOf(report),
    findings: findings.map(({ results, again }) => ({
      results: results.map((result) => report.results.indexOf(result)),
      again,
    })),
    broken: brokenSentences(findings),
    asides: asidesOf(report),
  };
}

function modelOf(...reports: readonly Report[]): ReturnType<typeof buildModel> {
  return buildModel({ peers: reports.map(peer), verdicts: VERDICTS });
}

function named(name: string, report: Report): Report {
  return report.testee === undefined ? report : { ...report, testee: { ...report.testee, name } };
}

const expectation = {
  status: "fail",
  entry: "ADP-001",
  issue: "https://example.org/7",
  expires: "2027-01-31",
} as const;

describe("the model of one report", () => {
  const report = reportOf([
    resultOf("pass", { role: "dial" }),
    resultOf("fail"),
    resultOf("pass", { transport: "grpc", caseId: "ADP-002" }),
  ]);
  const model = modelOf(report);

  test("has a column for each place that has a result", () => {
    expect(model.columns.map((column) => column.key)).toEqual([
      "tcp/dial",
      "tcp/listen",
      "grpc/listen",
    ]);
    expect(model.columns.map(columnText)[2]).toBe("gRPC, peer listens");
  });

  test("finds a result by its address", () => {
    expect(model.byKey.get("ADP-001/tcp/listen")?.result.verdict).toBe("fail");
    expect(linkTo("A/B/tcp/dial")).toBe("#case=A/B/tcp/dial");
    expect(linkTo("A b/tcp/dial")).toBe("#case=A%20b/tcp/dial");
  });

  test("knows of each clause which cases judge it, and how that went", () => {
    const entry = model.clauses.find(({ id }) => id === "PW-ADP-2");
    expect([...(entry?.cases.keys() ?? [])]).toEqual(["ADP-001", "ADP-002"]);
    expect([...(entry?.cases.get("ADP-001")?.verdicts ?? [])]).toEqual([
      ["tcp/dial", ["pass"]],
      ["tcp/listen", ["fail"]],
    ]);
    expect(model.worst(["pass", "warn", "fail", "na"])).toBe("fail");
  });

  test("keeps a clause that no report quotes, without its words", () => {
    const { clauses } = modelOf({ ...report, clauses: [] });
    expect(clauses.map(({ id, sentence }) => [id, sentence])).toEqual([["PW-ADP-2", ""]]);
  });

  test("leads from a finding to its results", () => {
    expect(model.findings.map(({ cells }) => cells.map(({ key }) => key))).toEqual([
      ["ADP-001/tcp/listen"],
    ]);
  });
});

describe("the model of several reports", () => {
  const one = named("acme", reportOf([resultOf("pass"), resultOf("pass", { caseId: "ADP-002" })]));
  const two = named("brand", reportOf([resultOf("fail"), resultOf("pass", { caseId: "ADP-002" })]));
  const model = modelOf(one, two);

  test("has a group of columns for each peer", () => {
    expect(model.columns.map((column) => [column.key, columnText(column)])).toEqual([
      ["1/tcp/listen", "acme 0.4.1, TCP, peer listens"],
      ["2/tcp/listen", "brand 0.4.1, TCP, peer listens"],
    ]);
    expect(model.byKey.get("ADP-001/2/tcp/listen")?.result.verdict).toBe("fail");
  });

  test("tells the same peer at two times apart by the time", () => {
    const later = { ...one, startedAt: "2026-04-01T10:00:00.000Z" };
    expect(modelOf(one, later).peers.map(({ name }) => name)).toEqual([
      "acme 0.4.1, 2026-03-14 09:26 UTC",
      "acme 0.4.1, 2026-04-01 10:00 UTC",
    ]);
  });

  test("knows in which cases they differ", () => {
    const differing = [...model.rows.values()].filter((row) => differs(model, row));
    expect(differing.map(({ caseId }) => caseId)).toEqual(["ADP-001"]);
    const filter = { ...createFilter(), differing: true };
    const shown = [...model.rows.values()].filter((row) => matchesRow(model, filter, row));
    expect(shown).toEqual(differing);
  });

  test("takes a report without a testee and without results", () => {
    const { testee: _, ...empty } = reportOf([], { exitCode: 4, problem: "spawn ENOENT" });
    const { peers, rows } = modelOf(one, empty);
    expect(peers.map(({ name }) => name)).toEqual(["acme 0.4.1", "unknown testee"]);
    expect(rows.size).toBe(2);
  });
});

describe("what a result weighs", () => {
  test.each([
    [resultOf("fail"), "fail"],
    [resultOf("fail", { expectation }), "expected"],
    [resultOf("pass", { expectation: { ...expectation, status: "flaky" } }), "pass"],
    [resultOf("fail", { scored: false, expectation }), "unscored"],
  ])("$#", (result, weight) => {
    expect(weightOf(result)).toBe(weight);
  });
});

describe("the filter", () => {
  const model = modelOf(
    reportOf([resultOf("fail"), resultOf("fail", { transport: "ws", expectation })]),
  );
  const cells = [...model.byKey.values()];
  const shown = (...weights: readonly string[]): readonly boolean[] =>
    cells.map((cell) => matchesCell({ ...createFilter(), weights: new Set(weights) }, cell));

  test("shows everything until something is chosen", () => {
    expect(shown()).toEqual([true, true]);
  });

  test("sets what is expected apart from what is not", () => {
    expect(shown("fail")).toEqual([true, false]);
    expect(shown("expected")).toEqual([false, true]);
  });

  test.each([
    ["adp-001", true],
    ["PASSIVE heartbeat", true],
    ["PW-ADP-2", true],
    ["PW-ADP-2 nonsense", false],
  ])("looks for every word of %j", (text, found) => {
    const [row] = model.rows.values();
    expect(row && matchesRow(model, { ...createFilter(), text }, row)).toBe(found);
  });
});

describe("the keys", () => {
  const grid = [["a1", "a2", "a3"], ["b1"], ["c1", "c2"]];

  test.each([
    ["a2", "ArrowRight", "a3"],
    ["a3", "ArrowRight", "a3"],
    ["a3", "ArrowDown", "b1"],
    ["b1", "ArrowDown", "c1"],
    ["a1", "ArrowUp", "a1"],
    ["c1", "End", "c2"],
    ["a3", "Home", "a1"],
    ["a1", "x", undefined],
    ["elsewhere", "End", undefined],
  ])("lead in a table from %s by %s to %s", (from, key, to) => {
    expect(neighbour(grid, from, key)).toBe(to);
  });

  test.each([
    ["ArrowRight", -1, 0],
    ["ArrowRight", 4, 4],
    ["ArrowLeft", 0, 0],
    ["Home", 3, 0],
    ["End", 0, 4],
    ["PageUp", 0, 4],
    ["a", 0, undefined],
  ])("lead in a timeline by %s from %i to %s", (key, from, to) => {
    expect(placeAfter(key, from, 5)).toBe(to);
    expect(placeAfter(key, -1, 0)).toBeUndefined();
  });
});

describe("the words of an event", () => {
  test.each<[TraceEvent, string, string]>([
    [beat("sent", 0, 200, { probe: true }), "heartbeat, 200 ms, a probe", "harness → peer"],
    [beat("received", 0), "heartbeat, without a heartbeat-time", "peer → harness"],
    [
      frame("received", 0, { version: 2, body: "close", close: { code: 3, reason: "x" } }, ""),
      "close of version 2, HEARTBEAT_TIMEOUT: x",
      "peer → harness",
    ],
    [frame("sent", 0, { body: "close", close: { code: 99 } }, ""), "close, 99", "harness → peer"],
    [
      frame("sent", 0, { body: "malformed", problem: "no version" }, "00"),
      "malformed frame: no version",
      "harness → peer",
    ],
    [
      at(0, { kind: "end", by: "testee", how: "close-code", code: 4003, detail: "cut" }),
      "end by the testee, close-code 4003: cut",
      "peer → harness",
    ],
    [at(0, { kind: "lag", lagNs: 2.5e6 }), "the harness was 2.5 ms late", ""],
    [at(0, { kind: "testee", event: { a: 1 } }), 'testee says {"a":1}', ""],
  ])("%#", (event, words, way) => {
    expect(eventWords(event)).toBe(words);
    expect(arrowWords(event)).toBe(way);
  });

  test("show octets two digits each, and say how many are left out", () => {
    expect(hexWords(beat("sent", 0, 200))).toBe("08 01 12 03 08 c8 01");
    const cut = { ...beat("sent", 0, 200), bytes: 300 } as TraceEvent;
    expect(hexWords(cut)).toBe("08 01 12 03 08 c8 01 … (300 octets)");
    expect(hexWords(at(0, { kind: "open" }))).toBeUndefined();
  });
});
