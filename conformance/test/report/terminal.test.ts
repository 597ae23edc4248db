import { describe, expect, test } from "vitest";
import { renderTerminal } from "../../src/report/index.ts";
import { textTimeline } from "../../src/report/text/timeline.ts";
import {
  adoptionEvents,
  at,
  beat,
  hostileReport,
  reportOf,
  resultOf,
  sampleReport,
  window,
} from "./fixture.ts";

const ESCAPE = "\u001b";

describe("renderTerminal", () => {
  test("draws a failure in full", () => {
    const pass = resultOf("pass", { role: "dial" });
    const report = reportOf([pass, resultOf("fail")], { exitCode: 1 });
    expect(renderTerminal(report, { color: false, columns: 80 })).toBe(
      `Pulsewire conformance: acme-pulse 0.4.1 (go)
protocol 1, suite 0.1.0, unit 200 ms, tolerance -20/+80 ms, linux x64, 2 CPUs,
Node 20.19.0

                                                        tcp
                                                        d l
adoption
  ADP-001 a passive peer adopts on the first heartbeat  ✓ ✗

✗ fail   ✓ pass   d peer dials   l peer listens

✗ FAIL ADP-001  a passive peer adopts on the first heartbeat
  where     tcp, peer listens, ending: coded, 1.2 s, harness lag at most 2.5 ms
  MUST      PW-ADP-2 "A side that receives a heartbeat with a value *T* MUST set
            *E* to max(*T*, floor) if *E* is undefined or *T* is less than *E*."
  expected  a heartbeat of 200 ms within 100 ms (+80) of the one sent
  seen      first heartbeat after 412 ms

  ms       0                200             400              600
  -> peer  ·h················h···············h································c
  <- peer  ···································h··············h················|
  expect    [==============] announces E

  again     npx pulsewire-conformance run --case ADP-001 --transport tcp --role listen

h heartbeat  ? probe  d data  c close  u unknown  m malformed  o octets  | end
2-9,* several

Does not conform  12.3 s
1 of 2 results is a failure.
✗ 1 fail   ✓ 1 pass
`,
    );
  });

  test.each([60, 80, 100, 140])("keeps to %i columns, but for commands", (columns) => {
    const text = renderTerminal(sampleReport(), { color: false, columns });
    const tooLong = text
      .split("\n")
      .filter((line) => line.length > columns && !line.includes("npx pulsewire-conformance"));
    expect(tooLong).toEqual([]);
  });

  test("shows every case with a symbol for each binding", () => {
    const text = renderTerminal(sampleReport(), { color: false, columns: 80 });
    expect(text).toContain(
      "  LIV-001 does not declare down before the deadline         ✗ ✗  ✓ ✓  ✓ ✓",
    );
    expect(text).toContain(
      "  DAT-004 drops what is unfinished at the end               – –  – –  ⊘ ⊘",
    );
    expect(text.match(/^ {2}[A-Z]{3}-\d{3} /gm)).toHaveLength(60);
  });

  test("tells a case that fails alike on many bindings once, and names them all", () => {
    const results = (["tcp", "ws", "grpc"] as const).map((transport) =>
      resultOf("fail", { transport }),
    );
    const text = renderTerminal(reportOf(results, { exitCode: 1 }), { color: false });
    expect(text.match(/✗ FAIL/g)).toHaveLength(1);
    expect(text).toContain("  also      ws, peer listens: first heartbeat after 412 ms");
    expect(text).toContain("  also      grpc, peer listens: first heartbeat after 412 ms");
    expect(text.match(/again/g)).toHaveLength(3);
  });

  test.each([
    ["fail", "✗ FAIL", true],
    ["untestable", "⊘ UNTESTABLE", true],
    ["error", "E ERROR", true],
    ["inconclusive", "? INCONCLUSIVE", true],
    ["warn", "! WARN", true],
    ["pass", "PASS", false],
    ["info", "INFO ADP", false],
    ["na", "NA ADP", false],
  ] as const)("tells %s in full: %s %s", (verdict, heading, told) => {
    const text = renderTerminal(reportOf([resultOf(verdict)]), { color: false });
    expect(text.includes(heading)).toBe(told);
  });

  test("says why a run has no results", () => {
    const { testee: _, ...report } = reportOf([], { exitCode: 4, problem: "spawn ./x ENOENT" });
    expect(renderTerminal(report, { color: false })).toBe(
      `Pulsewire conformance: a testee that never said hello
protocol 1, suite 0.1.0, unit 200 ms, tolerance -20/+80 ms, linux x64, 2 CPUs,
Node 20.19.0

The testee broke its contract  12.3 s
What it said or did over the control channel cannot be judged.
  problem   spawn ./x ENOENT
`,
    );
  });

  test("does not call an empty run good", () => {
    expect(renderTerminal(reportOf([], { exitCode: 3 }), { color: false })).toContain(
      "Nothing was judged",
    );
  });

  test("uses colour only when asked", () => {
    const report = reportOf([resultOf("fail")], { exitCode: 1 });
    expect(renderTerminal(report, { color: false })).not.toContain(ESCAPE);
    expect(renderTerminal(report, { color: true })).toContain(`${ESCAPE}[31m✗${ESCAPE}[39m`);
  });

  test("lets no testee write to the terminal", () => {
    const text = renderTerminal(hostileReport(), { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
  });
});

describe("textTimeline", () => {
  const trace = { ...resultOf("pass").trace, events: adoptionEvents(412) };

  test("shows forbidden windows by another sign", () => {
    const lines = textTimeline(trace, 60, [window("silent", 400, 500, "forbidden")]);
    expect(lines.at(-1)).toBe("forbid                           [xxxxxx] silent");
  });

  test("counts what falls into one column", () => {
    const events = Array.from({ length: 12 }, () => beat("received", 100));
    expect(textTimeline({ ...trace, events }, 40)).toEqual([
      "ms       0",
      "-> peer  ······························",
      "<- peer  ···············*··············",
    ]);
  });

  test("keeps connections apart", () => {
    const events = [beat("sent", 0, 200), { ...beat("sent", 200, 200), conn: 1 }];
    expect(textTimeline({ ...trace, events }, 32).map((line) => line.slice(0, 10))).toEqual([
      "ms       0",
      "-> peer 0h",
      "<- peer 0·",
      "-> peer 1·",
      "<- peer 1·",
    ]);
  });

  test("draws nothing of nothing", () => {
    expect(textTimeline({ ...trace, events: [at(0, { kind: "open" })] }, 60)).toEqual([]);
  });
});
