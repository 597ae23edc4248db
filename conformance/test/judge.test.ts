/** The judge with traces made by hand: on both sides of each tolerance, without a clock. */
import { describe, expect, test } from "vitest";
import type { CaseSpec, CheckSpec } from "../src/cases/model.ts";
import { judge } from "../src/judge/judge.ts";
import type { CheckResult, DecodedFrame, Trace, TraceEvent, Verdict } from "../src/model.ts";

const UNIT_MS = 200;
/** What a unit of 200 ms allows. */
const LATE_MS = 80;
const EARLY_MS = 20;

const at = (ms: number): number => ms * 1e6;

const open: TraceEvent = { kind: "open", conn: 0, atNs: 0 };
const mark = (label: string, ms: number): TraceEvent => ({
  kind: "step",
  conn: 0,
  step: label,
  label,
  atNs: at(ms),
});
const frame = (ms: number, decoded: Partial<DecodedFrame>): TraceEvent => ({
  kind: "frame",
  direction: "received",
  conn: 0,
  atNs: at(ms),
  hex: "",
  bytes: 7,
  frame: { version: 1, body: "none", ...decoded },
});
const beat = (ms: number, heartbeat: DecodedFrame["heartbeat"] = {}): TraceEvent =>
  frame(ms, { body: "heartbeat", heartbeat });
const close = (ms: number, code: number): TraceEvent =>
  frame(ms, { body: "close", close: { code } });
const end = (ms: number, how: "fin" | "reset" = "fin"): TraceEvent => ({
  kind: "end",
  conn: 0,
  by: "testee",
  how,
  atNs: at(ms),
});
const lag = (ms: number, lagMs: number): TraceEvent => ({
  kind: "lag",
  conn: -1,
  atNs: at(ms),
  lagNs: at(lagMs),
});
const probe = (ms: number, timestamp: number): TraceEvent => ({
  ...(frame(ms, { body: "heartbeat", heartbeat: { replyRequested: true, timestamp } }) as object &
    TraceEvent),
  ...{ direction: "sent" as const },
});

function judged(
  check: Partial<CheckSpec> & Pick<CheckSpec, "kind" | "args">,
  events: readonly TraceEvent[],
): CheckResult {
  const spec: CaseSpec = {
    id: "TST-001",
    family: "test",
    title: "a case for the judge",
    level: "must",
    roles: ["listen"],
    transports: ["tcp"],
    features: [],
    process: "shared",
    clauses: { "PW-ADP-2": "" },
    testee: {},
    steps: [],
    checks: [
      { id: "it", level: "must", clauses: ["PW-ADP-2"], conn: 0, kills: [], ...check } as CheckSpec,
    ],
  };
  const trace: Trace = {
    caseId: spec.id,
    transport: "tcp",
    role: "listen",
    unitMs: UNIT_MS,
    events: [...events].sort((a, b) => a.atNs - b.atNs),
  };
  const result = judge(spec, trace).find(({ id }) => id === "TST-001/it");
  if (result === undefined) throw new Error("no result");
  return result;
}

const heartbeat = { body: "heartbeat" } as const;

describe("first", () => {
  const check = {
    kind: "first",
    args: { match: heartbeat, from: "hb", within: "100ms" },
  } as const;

  test.each<[string, number, Verdict]>([
    ["at once", 1, "pass"],
    ["at the last moment", 100 + LATE_MS, "pass"],
    ["a moment later", 100 + LATE_MS + 1, "fail"],
  ])("%s", (_, ms, verdict) => {
    expect(judged(check, [open, mark("hb", 50), beat(50 + ms)]).verdict).toBe(verdict);
  });

  test("never", () => {
    expect(judged(check, [open, mark("hb", 50), mark("finish", 900)]).verdict).toBe("fail");
  });

  test("what came before does not count", () => {
    expect(judged(check, [open, beat(10), mark("hb", 50), mark("finish", 900)]).verdict).toBe(
      "fail",
    );
  });

  test.each<[number, Verdict]>([
    [600 - EARLY_MS, "pass"],
    [600 - EARLY_MS - 1, "fail"],
  ])("not before 600 ms: %d ms", (ms, verdict) => {
    const args = { match: heartbeat, from: "hb", not_before: "3u", within: "700ms" };
    expect(judged({ kind: "first", args }, [open, mark("hb", 0), beat(ms)]).verdict).toBe(verdict);
  });

  test("a case that never came so far has not passed", () => {
    expect(judged(check, [open, beat(10)]).verdict).toBe("fail");
  });
});

describe("our own lag", () => {
  const check = {
    kind: "first",
    args: { match: heartbeat, from: "hb", within: "100ms" },
  } as const;

  test("is added to what the testee is allowed", () => {
    const events = [open, mark("hb", 0), lag(90, 30), beat(100 + LATE_MS + 30)];
    expect(judged(check, events).verdict).toBe("pass");
  });

  test("in what is tolerated counts too: what came before it was in time", () => {
    const late = beat(100 + LATE_MS + 25);
    expect(judged(check, [open, mark("hb", 0), lag(205, 30), late]).verdict).toBe("pass");
    // It began only when the time was over.
    expect(judged(check, [open, mark("hb", 0), lag(205, 24), late]).verdict).toBe("fail");
  });

  test("of up to half of the allowance excuses nothing", () => {
    const events = [open, mark("hb", 0), lag(90, 40), beat(100 + LATE_MS + 41)];
    expect(judged(check, events).verdict).toBe("fail");
  });

  test("beyond that makes a small miss inconclusive", () => {
    const events = [open, mark("hb", 0), lag(90, 41), beat(100 + LATE_MS + 42)];
    expect(judged(check, events).verdict).toBe("inconclusive");
  });

  test("does not excuse a great miss", () => {
    const events = [open, mark("hb", 0), lag(90, 50), mark("finish", 1_000)];
    expect(judged(check, events).verdict).toBe("fail");
  });

  test("outside of the window is of no interest", () => {
    const events = [open, mark("hb", 0), beat(100 + LATE_MS + 42), lag(1_000, 60)];
    expect(judged(check, events).verdict).toBe("fail");
  });

  test("of half a unit at any time before leaves open what the testee may have been right to do", () => {
    const events = [open, lag(50, 100), mark("hb", 200), mark("finish", 1_500)];
    expect(judged(check, events).verdict).toBe("inconclusive");
    const less = [open, lag(50, 99), mark("hb", 200), mark("finish", 1_500)];
    expect(judged(check, less).verdict).toBe("fail");
    const later = [open, mark("hb", 200), mark("finish", 1_500), lag(1_700, 150)];
    expect(judged(check, later).verdict).toBe("fail");
  });

  test("counts together with the stall before it, as what came in the one is read in the other", () => {
    const late = beat(100 + LATE_MS + 55);
    expect(judged(check, [open, mark("hb", 0), lag(70, 30), lag(105, 30), late]).verdict).toBe(
      "pass",
    );
    // Apart they are two.
    expect(judged(check, [open, mark("hb", 0), lag(40, 30), lag(105, 30), late]).verdict).toBe(
      "fail",
    );
  });

  test("makes what follows something we saw late look early, and is allowed for", () => {
    const ends = { kind: "ends", args: { from: "seen", after: "2u", by: "3u" } } as const;
    const seen = (step: string): TraceEvent => ({ ...mark("seen", 100), step }) as TraceEvent;
    const after = (step: string, ms: number): Verdict =>
      judged(ends, [open, lag(98, 40), seen(step), close(ms, 3), end(ms + 1)]).verdict;
    const row = [lag(30, 20), lag(60, 25), lag(98, 33)];
    const afterRow = (ms: number): Verdict =>
      judged(ends, [open, ...row, seen("expect a heartbeat"), close(ms, 3), end(ms + 1)]).verdict;
    // Of several in a row since the first of them began.
    expect(afterRow(500 - EARLY_MS - 90)).toBe("pass");
    expect(afterRow(500 - EARLY_MS - 91)).toBe("fail");
    // It may have been there since the stall began, 42 ms before we saw it.
    expect(after("expect a heartbeat", 500 - EARLY_MS - 42)).toBe("pass");
    expect(after("expect a heartbeat", 500 - EARLY_MS - 43)).toBe("fail");
    // Two turns that were each too short to be noticed may have passed before we saw it.
    const unnoticed = (ms: number): Verdict =>
      judged(ends, [open, seen("expect a heartbeat"), close(ms, 3), end(ms + 1)]).verdict;
    expect(unnoticed(500 - 30)).toBe("pass");
    expect(unnoticed(500 - 31)).toBe("fail");
    // What we did ourselves was done when it was done.
    expect(after("send", 500 - EARLY_MS)).toBe("pass");
    expect(after("send", 500 - EARLY_MS - 1)).toBe("fail");
  });

  test("does not turn one value into another", () => {
    const args = { match: heartbeat, has: { heartbeat_time: "1u" }, from: "hb" };
    const events = [
      open,
      mark("hb", 0),
      lag(90, 60),
      beat(400, { heartbeatTimeMs: 300 }),
      mark("finish", 500),
    ];
    expect(judged({ kind: "every", args }, events).verdict).toBe("fail");
    expect(judged({ kind: "every", args }, [...events, lag(90, 150)]).verdict).toBe("fail");
  });
});

describe("a testee that the machine keeps waiting", () => {
  const check = {
    kind: "first",
    args: { match: { body: "heartbeat" }, from: "hb", within: "100ms" },
  } as const;
  const starved = (ms: number, waitMs: number): TraceEvent => ({
    kind: "starved",
    conn: -1,
    atNs: at(ms),
    waitNs: at(waitMs),
  });
  const late = (byMs: number): TraceEvent => beat(100 + LATE_MS + byMs);

  test("gets no more time, but is not judged by a miss that may come of it", () => {
    const events = [open, mark("hb", 0), starved(120, 60)];
    expect(judged(check, [...events, late(0)]).verdict).toBe("pass");
    const excused = judged(check, [...events, late(120)]);
    expect(excused.verdict).toBe("inconclusive");
    expect(excused.seen).toContain("kept the testee waiting for up to 60 ms");
    expect(judged(check, [...events, late(121)]).verdict).toBe("fail");
  });

  test("a wait of up to half of the allowance excuses nothing", () => {
    const events = [open, mark("hb", 0), starved(120, LATE_MS / 2)];
    expect(judged(check, [...events, late(1)]).verdict).toBe("fail");
  });

  test("a wait elsewhere is of no interest, unless it was of half a unit and before", () => {
    const after = [open, mark("hb", 0), late(1), starved(1_000, 90)];
    expect(judged(check, after).verdict).toBe("fail");
    const before = [open, starved(150, 100), mark("hb", 200), beat(900), mark("end", 901)];
    expect(judged(check, before).verdict).toBe("inconclusive");
  });
});

describe("a case that stopped at a step", () => {
  const check = {
    kind: "first",
    args: { match: { body: "heartbeat" }, from: "hb", within: "100ms" },
  } as const;

  test("marks what it did not come to, and still fails it", () => {
    const stop = mark("gave up: waited, and none came", 600);
    expect(judged(check, [open, stop, mark("finish", 600)])).toMatchObject({
      verdict: "fail",
      notReached: true,
    });
    const came = judged(check, [open, mark("hb", 0), stop, mark("finish", 600)]);
    expect(came.verdict).toBe("fail");
    expect(came.notReached).toBeUndefined();
  });
});

describe("none", () => {
  const check = { kind: "none", args: { match: heartbeat, from: "open", to: "fence" } } as const;

  test("over the whole span", () => {
    expect(judged(check, [open, mark("fence", 600), beat(601)]).verdict).toBe("pass");
  });

  test("broken at its last moment", () => {
    expect(judged(check, [open, beat(599), mark("fence", 600)]).verdict).toBe("fail");
  });

  test("is worth nothing on a connection that has ended", () => {
    expect(judged(check, [open, end(300), mark("fence", 600)]).verdict).toBe("fail");
  });

  test("unless the end is part of it", () => {
    const args = { ...check.args, even_if_ended: true };
    expect(judged({ kind: "none", args }, [open, end(300), mark("fence", 600)]).verdict).toBe(
      "pass",
    );
  });
});

describe("every", () => {
  const check = {
    kind: "every",
    args: { match: heartbeat, has: { heartbeat_time: "1u" }, from: "open", at_least: 2 },
  } as const;
  const good = { heartbeatTimeMs: UNIT_MS };

  test("holds", () => {
    expect(judged(check, [open, beat(1, good), beat(2, good), mark("finish", 9)]).verdict).toBe(
      "pass",
    );
  });

  test("needs enough of them", () => {
    expect(judged(check, [open, beat(1, good), mark("finish", 9)]).verdict).toBe("fail");
  });

  test("is broken by one", () => {
    const events = [open, beat(1, good), beat(2, good), beat(3), mark("finish", 9)];
    expect(judged(check, events).verdict).toBe("fail");
  });
});

describe("cadence", () => {
  const slower = {
    kind: "cadence",
    args: { match: heartbeat, from: "open", beats: 8, no_slower: "1u" },
  } as const;
  const faster = {
    kind: "cadence",
    args: { match: heartbeat, from: "open", beats: 8, no_faster: "0.75u" },
  } as const;
  const beats = (periodMs: number, count = 10): TraceEvent[] => [
    open,
    ...Array.from({ length: count }, (_, index) => beat(index * periodMs)),
    mark("finish", count * periodMs),
  ];

  test.each<[number, Verdict]>([
    [160, "pass"],
    [200, "pass"],
    [215, "fail"],
    [300, "fail"],
  ])("every 200 ms at least: %d ms", (periodMs, verdict) => {
    expect(judged(slower, beats(periodMs)).verdict).toBe(verdict);
  });

  test.each<[number, Verdict]>([
    [150, "pass"],
    [175, "pass"],
    [140, "fail"],
    [100, "fail"],
  ])("every 150 ms at most: %d ms", (periodMs, verdict) => {
    expect(judged(faster, beats(periodMs)).verdict).toBe(verdict);
  });

  test("one late beat is no slow cadence", () => {
    const events = beats(190).map((event) =>
      event.kind === "frame" && event.atNs === at(4 * 190) ? { ...event, atNs: at(850) } : event,
    );
    expect(judged(slower, events).verdict).toBe("pass");
  });

  test.each<[Verdict, number, number]>([
    ["pass", 200 + LATE_MS, 0],
    ["fail", 200 + LATE_MS + 1, 0],
    // The second counts from the first, which was late itself.
    ["pass", 200 + LATE_MS, 2 * (200 + LATE_MS)],
    ["fail", 200 + LATE_MS, 2 * (200 + LATE_MS) + 1],
  ])("%s: the first beats at %d and %d ms", (verdict, first, second) => {
    const start = second === 0 ? [0, first] : [0, first, second];
    const rest = Array.from({ length: 9 }, (_, index) => (start.at(-1) ?? 0) + 160 * (index + 1));
    const times = [...start, ...rest].slice(0, 10);
    const events = [open, ...times.map((ms) => beat(ms)), mark("finish", 3_000)];
    expect(judged(slower, events).verdict).toBe(verdict);
  });

  test("what was seen late, and by too little to be noticed, makes no beat early", () => {
    const seenLate = (byMs: number): TraceEvent[] =>
      beats(150).map((event) =>
        event.kind === "frame" && event.atNs === 0 ? { ...event, atNs: at(byMs) } : event,
      );
    expect(judged(faster, seenLate(30)).verdict).toBe("pass");
    expect(judged(faster, seenLate(31)).verdict).toBe("fail");
  });

  test("needs as many beats as it names", () => {
    expect(judged(slower, beats(160, 8)).verdict).toBe("fail");
  });

  test("nothing is no cadence", () => {
    expect(judged(slower, [open, mark("finish", 2_000)]).verdict).toBe("fail");
  });

  test("too few beats are not too many", () => {
    expect(judged(faster, [open, mark("finish", 2_000)]).verdict).toBe("na");
    expect(judged(faster, [open, beat(1_000), mark("finish", 2_000)]).verdict).toBe("na");
  });
});

describe("gaps", () => {
  const check = {
    kind: "gaps",
    args: { match: heartbeat, from: "open", shortest: "100ms", at_least: 2 },
  } as const;
  const gap = (ms: number): TraceEvent[] => [open, beat(50), beat(50 + ms), mark("finish", 900)];

  test.each<[Verdict, number, TraceEvent[]]>([
    // Two turns that were each too short to be noticed may have passed before we saw the first.
    ["pass", 70, []],
    ["fail", 69, []],
    ["pass", 100 - EARLY_MS - 40, [lag(50, 40)]],
    ["fail", 100 - EARLY_MS - 41, [lag(50, 40)]],
  ])("%s: %d ms from one to the next", (verdict, ms, lags) => {
    expect(judged(check, [...gap(ms), ...lags]).verdict).toBe(verdict);
  });
});

describe("spread", () => {
  const spread = {
    kind: "spread",
    args: { match: { body: "heartbeat" }, from: "open", beats: 3, at_least: "0.2u" },
  } as const;
  const beats = (...times: number[]): TraceEvent[] => [open, ...times.map((ms) => beat(ms))];

  test.each<[Verdict, number[]]>([
    ["pass", [0, 160, 360, 550]],
    ["fail", [0, 160, 359, 550]],
    ["fail", [0, 160, 360]],
  ])("%s: beats at %j", (verdict, times) => {
    expect(judged(spread, beats(...times)).verdict).toBe(verdict);
  });

  test("is not made by our own lag at a beat, nor hidden by one elsewhere", () => {
    // The beat at 360 may have come at 340, as we saw nothing from then on.
    expect(judged(spread, [...beats(0, 160, 360, 550), lag(360, 20)]).verdict).toBe("fail");
    expect(judged(spread, [...beats(0, 160, 360, 550), lag(300, 30)]).verdict).toBe("pass");
  });
});

describe("ends", () => {
  const check = {
    kind: "ends",
    args: { from: "last", after: "3u", by: "3u + 100ms", code: 3 },
  } as const;

  test.each<[string, number, Verdict]>([
    ["at its earliest", 600 - EARLY_MS, "pass"],
    ["too early", 600 - EARLY_MS - 1, "fail"],
    ["at its latest", 700 + LATE_MS, "pass"],
    ["too late", 700 + LATE_MS + 1, "fail"],
  ])("%s", (_, ms, verdict) => {
    expect(judged(check, [open, mark("last", 0), close(ms, 3), end(ms + 1)]).verdict).toBe(verdict);
  });

  test("for another reason", () => {
    expect(judged(check, [open, mark("last", 0), close(650, 4), end(651)]).verdict).toBe("fail");
  });

  test("without a reason", () => {
    expect(judged(check, [open, mark("last", 0), end(650)]).verdict).toBe("fail");
    const { code: _, ...args } = check.args;
    expect(judged({ kind: "ends", args }, [open, mark("last", 0), end(650)]).verdict).toBe("pass");
  });

  test("never", () => {
    expect(judged(check, [open, mark("last", 0), mark("finish", 2_000)]).verdict).toBe("fail");
  });

  test("an early end is not excused by our lag", () => {
    const events = [open, mark("last", 0), lag(150, 100), close(200, 3), mark("finish", 700)];
    expect(judged(check, events).verdict).toBe("fail");
  });

  test("unless it came before what the end is counted from", () => {
    const events = [open, lag(150, 100), mark("last", 200), close(400, 3), mark("finish", 900)];
    expect(judged(check, events).verdict).toBe("inconclusive");
  });

  describe("unless what shows that there was no reason was seen", () => {
    const unless = {
      from: "last",
      all: [
        { match: heartbeat, at_least: 2 },
        { match: { body: "data" }, at_least: 1 },
      ],
      because: "nothing was blocked",
    } as const;
    const args = { ...check.args, unless };
    const data = frame(300, { body: "data", data: { bytes: 1 } });
    const finish = mark("finish", 2_000);

    test("all of it", () => {
      const events = [open, mark("last", 0), beat(100), beat(200), data, finish];
      const result = judged({ kind: "ends", args }, events);
      expect(result.verdict).toBe("na");
      expect(result.seen).toBe("nothing was blocked");
    });

    test("a part of it is no excuse", () => {
      const events = [open, mark("last", 0), beat(100), data, finish];
      expect(judged({ kind: "ends", args }, events).verdict).toBe("fail");
    });

    test("an end at the wrong time is one all the same", () => {
      const events = [open, mark("last", 0), beat(100), beat(200), data, close(400, 3), finish];
      expect(judged({ kind: "ends", args }, events).verdict).toBe("fail");
    });
  });

  test("a code that speaks of time may come of our lag, and no other", () => {
    const closedWith = (code: number) => [open, lag(150, 150), mark("last", 200), close(850, code)];
    expect(judged({ ...check, args: { ...check.args, code: 2 } }, closedWith(3)).verdict).toBe(
      "inconclusive",
    );
    expect(judged(check, closedWith(4)).verdict).toBe("fail");
  });
});

describe("transport_ends", () => {
  const check = { kind: "transport_ends", args: { by: "100ms" } } as const;

  test("with a FIN behind the Close", () => {
    expect(judged(check, [open, close(10, 1), end(11)]).verdict).toBe("pass");
  });

  test("with a reset", () => {
    expect(judged(check, [open, close(10, 1), end(11, "reset")]).verdict).toBe("fail");
  });

  test("as the transport of the connection has it, not that of the case", () => {
    const webSocket: TraceEvent = { ...open, transport: "ws", role: "dial" };
    const closed: TraceEvent = { ...end(11), how: "close-code", code: 4012 } as TraceEvent;
    expect(judged(check, [webSocket, close(10, 12), closed]).verdict).toBe("pass");
    expect(judged(check, [webSocket, close(10, 12), end(11)]).verdict).toBe("fail");
  });

  test("too late, or not at all", () => {
    expect(judged(check, [open, close(10, 1), end(10 + 100 + LATE_MS + 1)]).verdict).toBe("fail");
    expect(judged(check, [open, close(10, 1), mark("finish", 900)]).verdict).toBe("fail");
  });
});

describe("answered", () => {
  const check = { kind: "answered", args: { probe: "probe", within: "100ms" } } as const;

  test("by the heartbeat that echoes it", () => {
    const events = [open, mark("probe", 0), probe(0, 7), beat(20, { timestamp: 1, echo: 7 })];
    expect(judged(check, events).verdict).toBe("pass");
  });

  test("not by one that echoes another", () => {
    const events = [
      open,
      mark("probe", 0),
      probe(0, 7),
      beat(20, { echo: 6 }),
      mark("finish", 900),
    ];
    expect(judged(check, events).verdict).toBe("fail");
  });

  test("by any, where the testee uses no timestamps", () => {
    expect(judged(check, [open, mark("probe", 0), probe(0, 7), beat(20)]).verdict).toBe("pass");
  });
});

describe("overtakes", () => {
  const check = {
    kind: "overtakes",
    args: { match: heartbeat, last: { body: "data" }, from: "queued" },
  } as const;
  const data = (ms: number): TraceEvent => frame(ms, { body: "data", data: { bytes: 1 } });
  const begun = [open, mark("queued", 100), data(1_000), data(1_010)];

  test("the last of the queue, and not the first of it", () => {
    const after = [...begun, beat(1_005), mark("finish", 2_000)];
    expect(judged(check, after).verdict).toBe("pass");
    const behind = [...begun, beat(1_011), lag(1_500, 150), mark("finish", 2_000)];
    expect(judged(check, behind).verdict).toBe("fail");
  });

  test("is open where a busy machine did not come to the end of the queue", () => {
    const stop = mark("gave up: waited, and none came", 1_600);
    expect(judged(check, [...begun, stop]).verdict).toBe("fail");
    expect(judged(check, [...begun, lag(1_500, 60), stop]).verdict).toBe("inconclusive");
  });
});

describe("delivers", () => {
  const part = (ms: number, text: string, more = false): TraceEvent =>
    frame(ms, { body: "data", data: { bytes: text.length, text }, ...(more ? { more } : {}) });
  const check = {
    kind: "delivers",
    args: { messages: ["abcd", ""], from: "open", within: "1u" },
  } as const;
  const empty = frame(30, { body: "data", data: { bytes: 0 } });

  test("parts joined, and the empty message", () => {
    const events = [open, part(10, "ab", true), part(20, "cd"), empty];
    expect(judged(check, events).verdict).toBe("pass");
  });

  test("too late by what may come of our lag, however long the case goes on", () => {
    const late = (ms: number): TraceEvent => frame(ms, { body: "data", data: { bytes: 0 } });
    const until = (ms: number): TraceEvent[] => [
      open,
      part(10, "abcd"),
      lag(150, 60),
      late(ms),
      mark("finish", 3_000),
    ];
    expect(judged(check, until(200 + LATE_MS + 60)).verdict).toBe("pass");
    expect(judged(check, until(200 + LATE_MS + 61)).verdict).toBe("inconclusive");
    expect(judged(check, until(200 + LATE_MS + 60 + 121)).verdict).toBe("fail");
    expect(judged(check, [...until(10), lag(900, 60)]).verdict).toBe("pass");
  });

  test("not what is missing, split or too many", () => {
    expect(judged(check, [open, part(10, "ab", true), part(20, "cd")]).verdict).toBe("fail");
    expect(judged(check, [open, part(10, "ab"), part(20, "cd"), empty]).verdict).toBe("fail");
    const more = [open, part(10, "ab", true), part(20, "cd"), empty, part(40, "x")];
    expect(judged(check, more).verdict).toBe("fail");
  });
});

describe("levels", () => {
  const check = { kind: "opens_with", args: { match: heartbeat } } as const;
  const broken = [open, close(1, 1)];

  test("a broken SHOULD is a warning, and info is never judged", () => {
    expect(judged({ ...check, level: "should" }, broken).verdict).toBe("warn");
    expect(judged({ ...check, level: "info" }, broken).verdict).toBe("info");
    expect(judged({ ...check, level: "must" }, broken).verdict).toBe("fail");
  });
});
