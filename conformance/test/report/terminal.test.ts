import { describe, expect, test } from "vitest";
import { abilitiesOf, renderTerminal } from "../../src/report/index.ts";
import { textTimeline } from "../../src/report/text/timeline.ts";
import {
  adoptionEvents,
  at,
  beat,
  checkOf,
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
    expect(renderTerminal(report, { color: false, columns: 80, reports: "out" })).toBe(
      `Pulsewire conformance: acme-pulse 0.4.1 (go)
protocol 1, suite 0.1.0, unit 200 ms, tolerance -20/+80 ms, linux x64, 2 CPUs,
Node 20.19.0

         tcp
         dial     listen
adoption ✓ 1      ✗ 0/1

✗ FAIL ADP-001  a passive peer adopts on the first heartbeat
  MUST      PW-ADP-2 "A side that receives a heartbeat with a value *T* MUST set
            *E* to max(*T*, floor) if *E* is undefined or *T* is less than *E*."
  expected  a heartbeat of 200 ms within 100 ms (+80) of the one sent
  seen      first heartbeat after 412 ms

  ms       0                200             400              600
  -> peer  ·h················h···············h································c
  <- peer  ···································h··············h················|
  expect    [==============] announces E

  where     tcp listen; the harness closed with NORMAL after 800 ms; harness lag
            at most 2.5 ms
  evidence  out/index.html#case=ADP-001/tcp/listen
  again     npx pulsewire-conformance run --case ADP-001 --transport tcp --role listen

h heartbeat  ? probe  d data  c close  u unknown  m malformed  o octets  | end
2-9,* several

Does not conform  12.3 s
1 case failed, in 1 of 2 results.
Broken most often: PW-ADP-2 (1)
✗ 1 fail   ✓ 1 pass
`,
    );
  });

  test.each([32, 40, 60, 80, 100, 120])(
    "keeps to %i columns, but for what is to be copied",
    (columns) => {
      const text = renderTerminal(sampleReport(), { color: false, columns, reports: "out" });
      const tooLong = text
        .split("\n")
        .filter((line) => line.length > columns && !/npx pulsewire-conformance|out\//.test(line));
      expect(tooLong).toEqual([]);
    },
  );

  test("sums up the families in each place", () => {
    const text = renderTerminal(sampleReport(), { color: false, columns: 80 });
    expect(text).toContain("liveness   ✗ 6/7    ✗ 6/7    ✓ 7      ✓ 7      ✓ 7      ? 6/7");
    expect(text).toContain("gateways   –        –        –        –        –        –");
    expect(text).toContain("sending    ! 9      ! 9      ! 9      ! 9      ! 9      ! 9");
  });

  test("sums up the roles, and then the transports, where there is no room for them", () => {
    const lines = (columns: number): readonly string[] =>
      renderTerminal(sampleReport(), { color: false, columns }).split("\n");
    expect(lines(40)).toContain("liveness   ✗ 12/14  ✓ 14     ? 13/14");
    expect(lines(32)).toContain("liveness   ✗ 39/42");
  });

  test("tells a case that fails alike in many places once, and names them all", () => {
    const results = (["tcp", "ws", "grpc"] as const).flatMap((transport) =>
      (["dial", "listen"] as const).map((role) => resultOf("fail", { transport, role })),
    );
    const text = renderTerminal(reportOf(results, { exitCode: 1 }), { color: false });
    expect(text.match(/✗ FAIL/g)).toHaveLength(1);
    expect(text).toContain("where     tcp dial/listen, ws dial/listen, grpc dial/listen (shown:");
    expect(text).toContain("again     npx pulsewire-conformance run --case ADP-001\n");
    expect(text).toContain("1 case failed, in 6 of 6 results.");
  });

  test("tells apart what fails for another cause", () => {
    const steps = { ...checkOf("fail"), id: "ADP-001/steps", seen: "waited in vain" };
    const results = [resultOf("fail"), resultOf("fail", { transport: "ws", checks: [steps] })];
    const text = renderTerminal(reportOf(results, { exitCode: 1 }), { color: false });
    expect(text.match(/✗ FAIL/g)).toHaveLength(2);
  });

  test("tells a check that is not scored after those that are, and says so", () => {
    const light = { ...checkOf("fail"), id: "ADP-001/farewell", scored: false as const };
    const result = resultOf("fail", { checks: [light, checkOf("fail")] });
    const text = renderTerminal(reportOf([result], { exitCode: 1 }), { color: false });
    expect(text).toContain("also      ✗ ADP-001/farewell (not scored): expected a heartbeat");
  });

  test("leads with the step that failed, and blames no sentence for what was not reached", () => {
    const seen = 'the case never came to "hb"';
    const missed = { ...checkOf("fail"), seen, notReached: true as const };
    const beats = { ...missed, id: "ADP-001/keeps-beating" };
    const steps = {
      ...checkOf("fail"),
      id: "ADP-001/steps",
      clauses: [],
      seen: "waited 200 ms for a heartbeat, and none came",
    };
    const result = resultOf("fail", { checks: [missed, beats, steps] });
    const text = renderTerminal(reportOf([result], { exitCode: 1 }), { color: false });
    expect(text).toContain(
      "seen      waited 200 ms for a heartbeat, and none came\n  also      not",
    );
    expect(text).toMatch(/also {6}not reached: [a-z-]+, keeps-beating\n/);
    expect(text).not.toContain("never came to");
    expect(text).not.toContain("PW-ADP-2");
    expect(text).not.toContain("Broken most often");
  });

  test("tells twenty findings in full and the rest in a line each", () => {
    const results = Array.from({ length: 27 }, (_, index) =>
      resultOf("fail", { caseId: `ADP-${String(index + 1).padStart(3, "0")}` }),
    );
    const text = renderTerminal(reportOf(results, { exitCode: 1 }), { color: false });
    expect(text.match(/✗ FAIL/g)).toHaveLength(20);
    expect(text).toContain("And 7 more; --case shows one in full:");
    expect(text).toContain("\n✗ ADP-027 tcp listen: first heartbeat after 412 ms\n");
  });

  test("sets apart what is expected, not scored, run again and not applicable", () => {
    const expectation = {
      status: "fail",
      entry: "ADP-001",
      issue: "https://example.org/7",
      expires: "2027-01-31",
    } as const;
    const results = [
      resultOf("fail", { expectation }),
      resultOf("fail", { expectation, transport: "ws" }),
      resultOf("fail", { caseId: "ADP-090", scored: false }),
      resultOf("pass", { caseId: "ADP-002", attempts: 2 }),
      resultOf("na", { caseId: "GWY-001" }),
    ];
    const problem = {
      kind: "stale",
      entry: "ADP-003",
      line: 4,
      sentence: "it passes now: delete it",
    } as const;
    const baseline = { file: "expected.yaml", entries: 2, problems: [problem] };
    const text = renderTerminal(reportOf(results, { exitCode: 1, baseline }), { color: false });
    expect(text.slice(text.indexOf("The baseline"))).toBe(
      `The baseline no longer holds
  expected.yaml:4 ADP-003 (stale): it passes now: delete it

Expected to fail
  ADP-001 tcp listen, ws listen: fail, until 2027-01-31: https://example.org/7

Not scored
  ADP-090 tcp listen: fail

Run again, because this machine was late
  ADP-002 tcp listen: 2 attempts, well in the end

Not applicable
  1 result: the feature "data" is not claimed

Does not conform  12.3 s
1 entry of the baseline no longer holds.
✓ 1 pass   – 1 not applicable   2 expected to fail   1 not scored
`,
    );
    expect(text).not.toContain("✗ FAIL");
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

  problem   spawn ./x ENOENT

The testee broke its contract  12.3 s
This says nothing of the protocol: the control channel, by which the suite
drives the testee, failed.
  - The shell did not find the program, or may not run it: --testee takes a
    command line, as you would type it here.
  - "pulsewire-conformance check-shim --testee <command>" tries the contract
    step by step, and shows what the testee writes to standard error.
  - Start the testee by hand and write it one line: {"id": 1, "cmd": "hello",
    "contract": 1, "suite": "0"}. One line of JSON has to come back.
  - Logs belong to standard error: every line on standard output has to be one
    of the contract.
  - The contract is in docs/conformance.md, and what is checked in
    conformance/schema/testee.schema.json.
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
    expect(renderTerminal(report, { color: true })).toContain(`${ESCAPE}[31m✗ 0/1`);
  });

  test("lets no testee write to the terminal", () => {
    const text = renderTerminal(hostileReport(), { color: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there.
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e]/);
  });
});

describe("what a stream can show", () => {
  const tty = { isTTY: true, columns: 100 };

  test.each<[string, object, NodeJS.ProcessEnv, boolean]>([
    ["a terminal", tty, {}, true],
    ["a log", {}, {}, false],
    ["a terminal with NO_COLOR", tty, { NO_COLOR: "1" }, false],
    ["a terminal with an empty NO_COLOR", tty, { NO_COLOR: "" }, true],
    ["a log with FORCE_COLOR", {}, { FORCE_COLOR: "1" }, true],
    ["a terminal with FORCE_COLOR=0", tty, { FORCE_COLOR: "0" }, false],
    ["both", tty, { NO_COLOR: "1", FORCE_COLOR: "1" }, false],
    ["a dumb terminal", tty, { TERM: "dumb" }, false],
  ])("%s: colour", (_name, out, env, color) => {
    expect(abilitiesOf(out, env).color).toBe(color);
  });

  test.each<[NodeJS.ProcessEnv, boolean]>([
    [{}, true],
    [{ LANG: "C" }, false],
    [{ LANG: "POSIX" }, false],
    [{ LANG: "de_DE.ISO-8859-1" }, false],
    [{ LANG: "C.UTF-8" }, true],
    [{ LANG: "en_US.utf8" }, true],
    [{ LANG: "en_US.UTF-8", LC_ALL: "C" }, false],
  ])("%o: unicode %s", (env, unicode) => {
    expect(abilitiesOf({}, env).unicode).toBe(unicode);
  });

  test("knows the width of a terminal, and of nothing else", () => {
    expect(abilitiesOf(tty, {}).columns).toBe(100);
    expect(abilitiesOf({ isTTY: true, columns: 0 }, {})).not.toHaveProperty("columns");
    expect(abilitiesOf({ columns: 100 }, {})).not.toHaveProperty("columns");
  });

  test("ASCII is all that is written where nothing else arrives, in the same columns", () => {
    const options = { color: true, columns: 80, reports: "out" };
    const report = sampleReport();
    const ascii = renderTerminal(report, { ...options, unicode: false });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the range that is meant.
    expect(ascii).toMatch(/^[\u0000-\u007f]*$/);
    expect(ascii.split("\n").map((line) => line.length)).toEqual(
      renderTerminal(report, options)
        .split("\n")
        .map((line) => line.length),
    );
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
