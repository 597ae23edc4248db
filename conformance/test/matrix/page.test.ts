/** The page of a matrix: what it holds, how much of it, and where everything in a ladder goes. */
import { Script } from "node:vm";
import { describe, expect, test } from "vitest";
import { whatWords } from "../../assets/report/client/pairs/ladder.js";
import { layoutLadder } from "../../assets/report/client/pairs/ladder-layout.js";
import { buildPairs, checksOf, countWell } from "../../assets/report/client/pairs/model.js";
import { inflate, unpack } from "../../assets/report/client/unpack.js";
import { loadClauses } from "../../src/cases/clauses.ts";
import { judgePair } from "../../src/matrix/judge/judge-pair.ts";
import type { MatrixReport, PairEvent, PairResult, PairSetup } from "../../src/matrix/model.ts";
import { renderMatrixJunit } from "../../src/matrix/report/junit.ts";
import { type MatrixPageData, pageData, type RunEvent } from "../../src/matrix/report/page-data.ts";
import { renderMatrix } from "../../src/matrix/report/terminal.ts";
import { readAssets } from "../../src/report/html/assets.ts";
import { renderPage } from "../../src/report/html/page.ts";
import { HOSTILE } from "../report/fixture.ts";
import {
  beat,
  beats,
  close,
  end,
  fault,
  finish,
  goodbye,
  handSetup,
  OPENING,
  say,
  seen,
  toldToClose,
} from "./traces.ts";

function resultOf(setup: PairSetup, events: readonly PairEvent[]): PairResult {
  const sorted = [...events].sort((a, b) => a.atNs - b.atNs);
  const checks = judgePair(setup, { events: sorted });
  const failed = checks.some(({ verdict }) => verdict === "fail");
  return {
    ...setup,
    verdict: failed ? "fail" : "pass",
    checks,
    durationMs: 2_000,
    attempts: 1,
    maxLagMs: 0.5,
    trace: { events: sorted },
    repro: "npx pulsewire-conformance matrix peers.yaml --pair one:two",
  };
}

function reportOf(results: readonly PairResult[]): MatrixReport {
  return {
    schema: 1,
    suiteVersion: "0.1.0",
    protocolVersion: 1,
    startedAt: "2026-03-14T09:26:53.589Z",
    durationMs: 90_000,
    unitMs: 200,
    tolerance: { earlyMs: 20, lateMs: 80 },
    environment: { platform: "linux", cpus: 2, node: "v22.0.0" },
    command: "npx pulsewire-conformance matrix peers.yaml",
    file: "peers.yaml",
    peers: [
      { name: "one", language: "Go" },
      { name: "two", language: "Rust" },
      { name: "three", language: "C", leftOut: { why: HOSTILE, advice: HOSTILE } },
    ],
    clauses: loadClauses(),
    results,
    exitCode: 1,
  };
}

const GOOD = [
  ...OPENING,
  ...beats("dialer", 351, 2_000),
  ...beats("listener", 353, 2_000),
  say("dialer", 100, "1"),
  say("listener", 101, "1"),
  ...goodbye(2_010),
];
const HOLE = [
  ...OPENING,
  ...beats("dialer", 351, 701),
  ...beats("listener", 353, 703),
  fault(750, "black hole"),
  beat("dialer", 1_051, 400, { delivered: null }),
  close("dialer", 1_600, 3, { delivered: null }),
  end("dialer", 1_601, "fin", { delivered: null }),
  finish(1_700),
];

async function dataOf(html: string): Promise<MatrixPageData> {
  const packed = /<script type="application\/octet-stream" id="data">(.*?)<\/script>/s.exec(html);
  return unpack<MatrixPageData>(JSON.parse(await inflate(packed?.[1] ?? "")));
}

const good = resultOf(handSetup(), GOOD);
const late = resultOf(handSetup("both", "black-hole"), HOLE);
const killed = resultOf(handSetup("both", "kill-listener"), [...OPENING, finish(100)]);

describe("the page", () => {
  test("tells of every run, its checks and its findings", async () => {
    const page = await dataOf(await renderPage("matrix", pageData(reportOf([good, late, killed]))));
    const model = buildPairs(page);
    expect([...model.pairs.keys()]).toEqual(["one:two"]);
    expect(model.disturbed.map(({ disturbance }) => disturbance)).toEqual([
      { kind: "kill", victim: "listener" },
    ]);
    expect(model.names).toEqual(["one", "two"]);
    const run = model.byKey.get("one:two/tcp/both/black-hole");
    expect(run?.data.verdict).toBe("fail");
    const check = run && checksOf(model, run.data).find(({ id }) => id === "dialer/down");
    expect(check).toMatchObject({ level: "must", verdict: "pass" });
    expect(check?.clauses).toContain("PW-LIV-5");
    expect(model.clauses.map(({ id }) => id)).toContain("PW-LIV-5");
    const finding = model.findings.find(({ check: name }) => name === "suspects");
    expect(finding).toMatchObject({ who: "one", verdict: "fail" });
    expect(countWell(model.runs)).toEqual({ well: 2, judged: 3 });
  });

  test("stays below 3 MB with 1,800 runs", async () => {
    const results = Array.from({ length: 1_800 }, (_, at) => {
      const shifted = GOOD.map((event) => {
        const by = at * 37_777 + (event.atNs % 977) * 1_013;
        const moved = { ...event, atNs: event.atNs + by };
        return "deliveredNs" in event && event.deliveredNs !== undefined
          ? { ...moved, deliveredNs: event.deliveredNs + by + 90_000 }
          : moved;
      });
      const name = { dialer: `peer${at % 5}`, listener: `peer${at % 7}` };
      return { ...resultOf({ ...handSetup(), ...name }, shifted), repro: `matrix --pair ${at}` };
    });
    const html = await renderPage("matrix", pageData(reportOf(results)));
    expect(html.length).toBeLessThan(3_000_000);
  });

  test("cuts a trace without end, and keeps how it began and ended", () => {
    const flood = Array.from({ length: 4_000 }, (_, at) => beat("dialer", at / 10, 400));
    const [run] = pageData(reportOf([resultOf(handSetup(), [...flood, finish(500)])])).runs;
    expect(run?.events).toHaveLength(300);
    expect(run?.events.at(-1)?.kind).toBe("finish");
  });

  test("turns no string of a testee into markup", async () => {
    const hostile = { ...good, reason: HOSTILE, dialer: HOSTILE, repro: HOSTILE };
    const html = await renderPage("matrix", pageData(reportOf([hostile])));
    expect(html.match(/<script/g)).toHaveLength(2);
    expect((await dataOf(html)).runs[0]?.reason).toBe(HOSTILE);
  });

  test("has a script that parses", async () => {
    const { script } = await readAssets("matrix");
    expect(() => new Script(`"use strict";{${script}}`)).not.toThrow();
  });
});

describe("a hostile peer", () => {
  const hostile = { ...late, reason: HOSTILE, dialer: HOSTILE, repro: HOSTILE };

  test("does not move the cursor", () => {
    const told = renderMatrix(reportOf([hostile]), { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what this looks for.
    expect(told).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  });

  test("leaves the report as wide as the terminal, but for what is to be copied", () => {
    const { peers: _, ...report } = reportOf([good, late]);
    const peers = [
      { name: "one", language: "Go" },
      { name: "two", language: "Rust" },
    ];
    const told = renderMatrix({ ...report, peers }, { color: false, columns: 40 });
    for (const line of told.split("\n"))
      if (!line.includes("npx")) expect(line.length).toBeLessThanOrEqual(40);
  });

  test("leaves JUnit well-formed", () => {
    const xml = renderMatrixJunit(reportOf([hostile]));
    expect(xml).not.toContain("<img");
    expect(xml).toMatch(/<testsuite name="left out"/);
    expect(xml).toMatch(/failures="1"/);
  });
});

/** 1,000 ms in 1,036 pixels: a pixel a millisecond after a margin of 18. */
function ladder(events: readonly PairEvent[], setup: PairSetup = handSetup()) {
  const [run] = pageData(reportOf([resultOf(setup, events)])).runs;
  return layoutLadder(run?.events ?? [], [], {
    width: 1_036,
    unitMs: 200,
    names: { dialer: "one", listener: "two" },
    fault: setup.fault,
  });
}

describe("a ladder", () => {
  test("has the dialer above, and what it sent where it was read and where it arrived", () => {
    const { rails, rungs } = ladder([
      ...OPENING,
      beat("dialer", 400, 400, { delivered: 500 }),
      finish(1_000),
    ]);
    expect(rails.map(({ title }) => title)).toEqual(["one (dialer)", "two (listener)"]);
    expect((rails[0]?.y ?? 0) < (rails[1]?.y ?? 0)).toBe(true);
    const rung = rungs.at(-1);
    expect(rung).toMatchObject({ from: "dialer", x1: 418, x2: 518, arrives: true });
    expect([rung?.y1, rung?.y2]).toEqual([rails[0]?.y, rails[1]?.y]);
  });

  test("lets what was lost end on the way", () => {
    const { rails, rungs, hole } = ladder(
      [
        ...OPENING,
        fault(600, "black hole"),
        beat("dialer", 700, 400, { delivered: null }),
        finish(1_000),
      ],
      handSetup("both", "black-hole"),
    );
    const lost = rungs.find(({ arrives }) => !arrives);
    expect(lost?.y2).toBeGreaterThan(rails[0]?.y ?? 0);
    expect(lost?.y2).toBeLessThan(rails[1]?.y ?? 0);
    expect(hole).toMatchObject({ x: 618, w: 400, side: undefined });
  });

  test("stacks what coincides away from the middle, and keeps every event", () => {
    const burst = Array.from({ length: 6 }, (_, at) => say("listener", 500 + at / 10, String(at)));
    const { rails } = ladder([...OPENING, ...burst, finish(1_000)]);
    const marks = rails[1]?.marks.filter(({ glyph }) => glyph === "data") ?? [];
    expect(marks.length).toBeLessThan(6);
    expect(marks.flatMap(({ events }) => events)).toHaveLength(6);
    for (const { y } of marks) expect(y).toBeGreaterThanOrEqual(rails[1]?.y ?? 0);
  });

  test("says how each side ended, and what was done to it", () => {
    const { rails, moments } = ladder([...OPENING, ...goodbye(600)]);
    expect(rails.map(({ terminal }) => terminal?.text)).toEqual(["NORMAL, fin", "fin"]);
    expect(moments.map(({ text }) => text)).toEqual(["the dialer is told to close"]);
    const stopped = ladder(
      [...OPENING, fault(300, "stop"), fault(600, "continue"), finish(1_000)],
      handSetup("both", "stop-short-listener"),
    );
    expect(stopped.rails.map(({ stop }) => stop)).toEqual([
      undefined,
      { victim: "listener", x: 318, w: 300, text: "stopped" },
    ]);
  });

  test.each<[RunEvent, string]>([
    [{ kind: "open", side: "dialer", at: 0 }, "open"],
    [{ kind: "fault", what: "kill", at: 0 }, "the harness: kill"],
    [{ kind: "end", from: "dialer", how: "close-code", code: 4003, at: 0 }, "end: close-code 4003"],
    [
      { kind: "octets", from: "dialer", what: "http2 ping", bytes: 8, at: 0 },
      "http2 ping, 8 octets",
    ],
    [{ kind: "lag", for: 125, at: 0 }, "the harness was 12.5 ms late"],
  ])("tells of %j", (event, words) => {
    expect(whatWords(event)).toBe(words);
  });
});

test("what the harness saw and told is in the page's words", () => {
  const setup = handSetup();
  const [run] = pageData(
    reportOf([resultOf(setup, [seen("dialer", 1, "x"), toldToClose("dialer", 2), finish(3)])]),
  ).runs;
  expect(run?.events.map(({ kind }) => kind)).toEqual(["octets", "command", "finish"]);
});
