/** The judge of pairs, by traces made by hand: each check on both sides of what it asks. */
import { describe, expect, test } from "vitest";
import { loadClauses } from "../../src/cases/clauses.ts";
import { PAIR_CHECKS } from "../../src/matrix/judge/judge-pair.ts";
import type { PairEvent, PairSetup } from "../../src/matrix/model.ts";
import type { Verdict } from "../../src/model.ts";
import {
  beat,
  beats,
  close,
  end,
  fault,
  finish,
  goodbye,
  handSetup,
  judged,
  lag,
  OPENING,
  open,
  say,
  seen,
  told,
  toldToClose,
  verdict,
} from "./traces.ts";

/** A second in which nothing happens but heartbeats. */
const SECOND = [...OPENING, ...beats("dialer", 351, 1_000), ...beats("listener", 353, 1_000)];

const GOOD = [...SECOND, ...goodbye(1_010)];

function without(events: readonly PairEvent[], ...left: readonly PairEvent[]): PairEvent[] {
  const gone = new Set(left.map((event) => JSON.stringify(event)));
  return events.filter((event) => !gone.has(JSON.stringify(event)));
}

/** Nothing arrives any more; the listener beats on, and only the dialer's side of it is told. */
function silence(from: number): PairEvent[] {
  return [
    fault(from, "black hole"),
    ...[from + 10, from + 310, from + 610].map((at) =>
      beat("listener", at, 400, { delivered: null }),
    ),
    ...[from + 40, from + 340].map((at) => beat("dialer", at, 400, { delivered: null })),
  ];
}

/** The last that reaches the dialer before the hole, and when it acts on that. */
const LAST = 703;
const HOLE = [
  ...OPENING,
  ...beats("dialer", 351, 701),
  ...beats("listener", 353, LAST),
  ...silence(750),
];
const PROBE = beat("dialer", LAST + 600, 400, { probe: true, delivered: null });
const hole = handSetup("both", "black-hole");

describe("a run in which all is well", () => {
  test("passes every check that has a place in it", () => {
    const checks = [...judged(handSetup(), GOOD).values()];
    expect(checks.filter(({ verdict: found }) => found !== "pass")).toEqual([]);
    expect(checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["dialer/opens", "listener/announces", "listener/heeds"]),
    );
  });

  test("quotes sentences that there are", () => {
    const known = new Set(loadClauses().map(({ id }) => id));
    for (const { clauses } of PAIR_CHECKS)
      for (const clause of clauses) expect(known).toContain(clause);
  });
});

interface Row {
  readonly check: string;
  readonly what: string;
  readonly setup?: PairSetup;
  readonly events: readonly PairEvent[];
  readonly found: Verdict | undefined;
}

const passive = handSetup("both-passive");
const webSocket = handSetup("both", "none", "ws");
const grpc = handSetup("both", "none", "grpc");
const HANDSHAKE = [
  seen(
    "dialer",
    0,
    "websocket handshake: GET / HTTP/1.1; subprotocol pulsewire.v1; extensions none",
  ),
  seen(
    "listener",
    0,
    "websocket handshake: HTTP/1.1 101 Switching Protocols; subprotocol pulsewire.v1; extensions none",
  ),
];
const [ASKS] = HANDSHAKE as [PairEvent, PairEvent];

const ROWS: readonly Row[] = [
  // connects
  {
    check: "listener/connects",
    what: "the listener does not take the connection",
    events: [open("dialer", 0), finish(500)],
    found: "fail",
  },
  {
    check: "listener/connects",
    what: "nobody came",
    events: [finish(500)],
    found: "na",
  },
  {
    check: "dialer/connects",
    what: "nobody came, whose fault it is",
    events: [finish(500)],
    found: "fail",
  },
  {
    check: "dialer/connects",
    what: "the listener did not answer the handshake",
    setup: webSocket,
    events: [ASKS, finish(500)],
    found: "na",
  },
  {
    check: "listener/connects",
    what: "it did not answer the handshake",
    setup: webSocket,
    events: [ASKS, finish(500)],
    found: "fail",
  },
  {
    check: "listener/connects",
    what: "the call did not come before the end that the dialer made of it",
    setup: grpc,
    events: [
      open("dialer", 0),
      end("dialer", 300, "reset"),
      end("listener", 301, "reset"),
      finish(500),
    ],
    found: "na",
  },
  {
    check: "listener/connects",
    what: "it let go before the call came",
    setup: grpc,
    events: [open("dialer", 0), end("listener", 300, "reset"), finish(500)],
    found: "fail",
  },
  {
    check: "dialer/stays",
    what: "it is told that all of the connection has failed",
    setup: grpc,
    events: [
      ...SECOND,
      seen("listener", 500, "http2 GOAWAY 2"),
      end("dialer", 501, "reset"),
      finish(800),
    ],
    found: "pass",
  },
  {
    check: "dialer/stays",
    what: "it is told that there will be no other call",
    setup: grpc,
    events: [
      ...SECOND,
      seen("listener", 500, "http2 GOAWAY 0"),
      end("dialer", 501, "reset"),
      finish(800),
    ],
    found: "fail",
  },
  // subprotocol, no-compression
  {
    check: "listener/subprotocol",
    what: "the subprotocol is selected",
    setup: webSocket,
    events: [...HANDSHAKE, ...GOOD],
    found: "pass",
  },
  {
    check: "listener/subprotocol",
    what: "another is",
    setup: webSocket,
    events: [
      ASKS,
      seen(
        "listener",
        0,
        "websocket handshake: HTTP/1.1 101 OK; subprotocol none; extensions none",
      ),
      ...GOOD,
    ],
    found: "fail",
  },
  {
    check: "listener/no-compression",
    what: "compression is taken up",
    setup: webSocket,
    events: [
      ASKS,
      seen(
        "listener",
        0,
        "websocket handshake: HTTP/1.1 101 OK; subprotocol pulsewire.v1; extensions permessage-deflate",
      ),
      ...GOOD,
    ],
    found: "warn",
  },
  {
    check: "listener/no-compression",
    what: "it is not",
    setup: webSocket,
    events: [...HANDSHAKE, ...GOOD],
    found: "pass",
  },
  // opens
  {
    check: "dialer/opens",
    what: "the first heartbeat is late",
    events: [...without(GOOD, beat("dialer", 1, 400)), beat("dialer", 200, 400)],
    found: "fail",
  },
  {
    check: "dialer/opens",
    what: "data comes first",
    events: [...GOOD, say("dialer", 0.5, "hello")],
    found: "fail",
  },
  {
    check: "dialer/opens",
    what: "it comes within the allowance",
    events: [...without(GOOD, beat("dialer", 1, 400)), beat("dialer", 170, 400)],
    found: "pass",
  },
  // times
  {
    check: "listener/times",
    what: "a heartbeat says what it no longer uses",
    events: [...GOOD, beat("listener", 500, 800)],
    found: "fail",
  },
  {
    check: "listener/times",
    what: "one crosses the heartbeat that changes it",
    events: [...without(GOOD, beat("listener", 1, 800)), beat("listener", 2, 800)],
    found: "pass",
  },
  {
    check: "dialer/times",
    what: "E rises to what the peer says",
    events: [...GOOD, beat("dialer", 500, 800)],
    found: "fail",
  },
  // announces
  {
    check: "listener/announces",
    what: "it does so at once",
    events: GOOD,
    found: "pass",
  },
  {
    check: "listener/announces",
    what: "it does so with its next beat",
    events: without(GOOD, beat("listener", 3, 400)),
    found: "fail",
  },
  // cadence
  {
    check: "dialer/cadence",
    what: "one heartbeat is missing",
    events: without(GOOD, beat("dialer", 701, 400)),
    found: "fail",
  },
  {
    check: "dialer/cadence",
    what: "data stands in for it",
    events: [...without(GOOD, beat("dialer", 701, 400)), say("dialer", 701, "hello")],
    found: "pass",
  },
  {
    check: "dialer/cadence",
    what: "each is late by less than the allowance, and all of them together are not",
    events: [
      ...OPENING,
      ...beats("dialer", 451, 2_700, 450),
      ...beats("listener", 353, 2_700),
      ...goodbye(2_710),
    ],
    found: "fail",
  },
  {
    check: "dialer/cadence",
    what: "it falls silent towards the end",
    events: without(GOOD, ...beats("dialer", 351, 1_000)),
    found: "fail",
  },
  // pace
  {
    check: "dialer/pace",
    what: "a heartbeat comes after half of E",
    events: [...GOOD, beat("dialer", 551, 400)],
    found: "warn",
  },
  {
    check: "dialer/pace",
    what: "the one before it was seen late, and by too little to be noticed",
    events: [
      ...without(SECOND, ...beats("dialer", 351, 1_000)),
      beat("dialer", 351, 400),
      beat("dialer", 351 + 270, 400),
      ...goodbye(640),
    ],
    found: "pass",
  },
  {
    check: "dialer/pace",
    what: "no lateness of ours explains it",
    events: [
      ...without(SECOND, ...beats("dialer", 351, 1_000)),
      beat("dialer", 351, 400),
      beat("dialer", 351 + 269, 400),
      ...goodbye(640),
    ],
    found: "warn",
  },
  {
    check: "dialer/pace",
    what: "it answers a probe",
    events: [...GOOD, beat("listener", 550, 400, { probe: true }), beat("dialer", 551, 400)],
    found: "pass",
  },
  {
    check: "dialer/pace",
    what: "heartbeats keep to their rhythm beside data",
    events: [...GOOD, say("dialer", 600, "hello")],
    found: "pass",
  },
  // passive
  {
    check: "dialer/passive",
    what: "a passive side beats",
    setup: passive,
    events: [open("dialer", 0), open("listener", 0), beat("dialer", 300, undefined), finish(900)],
    found: "fail",
  },
  {
    check: "dialer/passive",
    what: "it answers a probe",
    setup: passive,
    events: [
      open("dialer", 0),
      open("listener", 0),
      beat("listener", 299, undefined, { probe: true }),
      beat("dialer", 300, undefined),
      finish(900),
    ],
    found: "pass",
  },
  {
    check: "dialer/passive",
    what: "a legacy peer beats",
    setup: { ...passive, sides: { ...passive.sides, dialer: { legacy: true } } },
    events: [
      open("dialer", 0),
      open("listener", 0),
      beat("listener", 299, undefined, { probe: true }),
      beat("dialer", 300, undefined),
      finish(900),
    ],
    found: "fail",
  },
  // answers
  {
    check: "dialer/answers",
    what: "a probe is answered",
    events: [...GOOD, beat("listener", 400, 400, { probe: true }), beat("dialer", 450, 400)],
    found: "pass",
  },
  {
    check: "dialer/answers",
    what: "it is not, but by the next beat",
    events: [...GOOD, beat("listener", 400, 400, { probe: true })],
    found: "fail",
  },
  // suspects
  {
    check: "dialer/suspects",
    what: "it asks in time",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 801, 3),
      end("dialer", LAST + 801),
      finish(1_600),
    ],
    found: "pass",
  },
  {
    check: "dialer/suspects",
    what: "it never asks",
    setup: hole,
    events: [...HOLE, close("dialer", LAST + 801, 3), end("dialer", LAST + 801), finish(1_600)],
    found: "fail",
  },
  {
    check: "dialer/suspects",
    what: "it asks too soon",
    events: [...GOOD, beat("dialer", 600, 400, { probe: true })],
    found: "fail",
  },
  {
    check: "dialer/suspects",
    what: "it asks twice in one silence",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      beat("dialer", LAST + 700, 400, { probe: true, delivered: null }),
      close("dialer", LAST + 801, 3),
      end("dialer", LAST + 801),
      finish(1_600),
    ],
    found: "fail",
  },
  // stays
  {
    check: "dialer/stays",
    what: "it declares its peer down before the deadline",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 770, 3),
      end("dialer", LAST + 770),
      finish(1_600),
    ],
    found: "fail",
  },
  {
    check: "dialer/stays",
    what: "it does so after it",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 801, 3),
      end("dialer", LAST + 801),
      finish(1_600),
    ],
    found: "pass",
  },
  {
    check: "dialer/stays",
    what: "it ends for no reason",
    events: [
      ...SECOND,
      close("dialer", 500, 13),
      end("dialer", 500),
      end("listener", 502),
      finish(600),
    ],
    found: "fail",
  },
  {
    check: "dialer/stays",
    what: "it ends as its peer sends what is no frame",
    events: [
      ...SECOND,
      seen("listener", 499, "a length is not complete after five octets"),
      close("dialer", 500, 4),
      end("dialer", 500),
      end("listener", 502),
      finish(600),
    ],
    found: "pass",
  },
  {
    check: "dialer/stays",
    what: "a passive side ends for silence",
    setup: handSetup("both-passive", "black-hole"),
    events: [
      open("dialer", 0),
      open("listener", 0),
      fault(500, "black hole"),
      close("dialer", 3_000, 3, { delivered: null }),
      end("dialer", 3_000, "fin", { delivered: null }),
      finish(3_100),
    ],
    found: "fail",
  },
  {
    check: "dialer/stays",
    what: "both passive sides bear it",
    setup: handSetup("both-passive", "black-hole"),
    events: [open("dialer", 0), open("listener", 0), fault(500, "black hole"), finish(3_100)],
    found: "pass",
  },
  // down
  {
    check: "dialer/down",
    what: "in time",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 890, 3),
      end("dialer", LAST + 890),
      finish(2_400),
    ],
    found: "pass",
  },
  {
    check: "dialer/down",
    what: "late",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 1_000, 3),
      end("dialer", LAST + 1_000),
      finish(2_400),
    ],
    found: "fail",
  },
  {
    check: "dialer/down",
    what: "never",
    setup: hole,
    events: [...HOLE, PROBE, ...beats("dialer", 1_400, 2_300), finish(2_400)],
    found: "fail",
  },
  {
    check: "dialer/down",
    what: "never, as the run was over before",
    setup: hole,
    events: [...HOLE, PROBE, finish(LAST + 850)],
    found: undefined,
  },
  {
    check: "dialer/says-why",
    what: "it was told to close when the deadline had just passed",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      toldToClose("dialer", LAST + 850),
      close("dialer", LAST + 851, 1),
      end("dialer", LAST + 851),
      finish(2_400),
    ],
    found: undefined,
  },
  // says-why
  {
    check: "dialer/says-why",
    what: "it does",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 810, 3),
      end("dialer", LAST + 810),
      finish(2_400),
    ],
    found: "pass",
  },
  {
    check: "dialer/says-why",
    what: "it hangs up",
    setup: hole,
    events: [...HOLE, PROBE, end("dialer", LAST + 810), finish(2_400)],
    found: "warn",
  },
  // gone
  {
    check: "dialer/gone",
    what: "the socket goes with the verdict",
    setup: { ...hole, transport: "ws" },
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 810, 3),
      end("dialer", LAST + 810, "close-code", { code: 4003 }),
      end("dialer", LAST + 815),
      finish(2_400),
    ],
    found: "pass",
  },
  {
    check: "dialer/gone",
    what: "it waits for an answer that cannot come",
    setup: { ...hole, transport: "ws" },
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 810, 3),
      end("dialer", LAST + 810, "close-code", { code: 4003 }),
      finish(2_400),
    ],
    found: "fail",
  },
  // goodbye
  { check: "dialer/goodbye", what: "NORMAL", events: GOOD, found: "pass" },
  {
    check: "dialer/goodbye",
    what: "without a Close",
    events: [
      ...SECOND,
      toldToClose("dialer", 1_010),
      end("dialer", 1_011),
      end("listener", 1_013),
      finish(1_100),
    ],
    found: "warn",
  },
  {
    check: "dialer/goodbye",
    what: "it had declared its peer down before it was told",
    setup: hole,
    events: [
      ...HOLE,
      PROBE,
      close("dialer", LAST + 810, 3),
      end("dialer", LAST + 810),
      toldToClose("dialer", LAST + 900),
      finish(2_400),
    ],
    found: undefined,
  },
  // lets-go
  { check: "dialer/lets-go", what: "a FIN", events: GOOD, found: "pass" },
  {
    check: "dialer/lets-go",
    what: "a reset, which may take the Close with it",
    events: [...without(GOOD, end("dialer", 1_011)), end("dialer", 1_011, "reset")],
    found: "fail",
  },
  {
    check: "dialer/lets-go",
    what: "it lingers",
    events: [
      ...without(GOOD, end("dialer", 1_011), end("listener", 1_013), finish(1_073)),
      finish(1_700),
    ],
    found: "fail",
  },
  {
    check: "dialer/lets-go",
    what: "a code that does not fit the Close",
    setup: webSocket,
    events: [
      ...without(GOOD, end("dialer", 1_011)),
      end("dialer", 1_011, "close-code", { code: 4000 }),
    ],
    found: "fail",
  },
  {
    check: "listener/lets-go",
    what: "a server waits for its client, which cancels",
    setup: grpc,
    events: [...SECOND, close("listener", 1_010, 3), end("dialer", 2_000, "cancel"), finish(3_300)],
    found: "pass",
  },
  // heeds
  { check: "listener/heeds", what: "at once", events: GOOD, found: "pass" },
  {
    check: "listener/heeds",
    what: "it goes on after a Close",
    events: [
      ...without(GOOD, end("listener", 1_013), finish(1_073)),
      ...beats("listener", 1_300, 1_700),
      finish(1_800),
    ],
    found: "fail",
  },
  {
    check: "listener/heeds",
    what: "it answers a Close",
    events: [...GOOD, close("listener", 1_012, 1)],
    found: "fail",
  },
  {
    check: "listener/heeds",
    what: "it stays although the dialer has died",
    setup: handSetup("both", "kill-dialer"),
    events: [...SECOND, fault(1_010, "kill"), end("dialer", 1_011), finish(1_700)],
    found: "fail",
  },
  {
    check: "listener/heeds",
    what: "its Close crosses that of the dialer",
    events: [...GOOD, toldToClose("listener", 1_011), close("listener", 1_012, 1)],
    found: "pass",
  },
  // frames
  { check: "dialer/frames", what: "lawful", events: GOOD, found: "pass" },
  {
    check: "dialer/frames",
    what: "one after Close",
    events: [...GOOD, beat("dialer", 1_020, 400)],
    found: "fail",
  },
  {
    check: "dialer/frames",
    what: "a heartbeat-time of 0",
    events: [...GOOD, beat("dialer", 900, 0)],
    found: "fail",
  },
  // says, echoes
  {
    check: "dialer/says",
    what: "what it was told",
    events: [...GOOD, told("dialer", 100, "1"), say("dialer", 101, "1"), say("listener", 102, "1")],
    found: "pass",
  },
  {
    check: "dialer/says",
    what: "something else",
    events: [...GOOD, told("dialer", 100, "1"), say("dialer", 101, "2")],
    found: "fail",
  },
  {
    check: "dialer/says",
    what: "nothing",
    events: [...GOOD, told("dialer", 100, "1")],
    found: "fail",
  },
  {
    check: "listener/echoes",
    what: "whole and in order",
    events: [
      ...GOOD,
      say("dialer", 101, "1"),
      say("dialer", 101, "2"),
      say("listener", 102, "1"),
      say("listener", 102, "2"),
    ],
    found: "pass",
  },
  {
    check: "listener/echoes",
    what: "out of order",
    events: [
      ...GOOD,
      say("dialer", 101, "1"),
      say("dialer", 101, "2"),
      say("listener", 102, "2"),
      say("listener", 102, "1"),
    ],
    found: "fail",
  },
  {
    check: "listener/echoes",
    what: "one of two",
    events: [...GOOD, say("dialer", 101, "1"), say("dialer", 101, "2"), say("listener", 102, "1")],
    found: "fail",
  },
  {
    check: "listener/echoes",
    what: "what never reached it",
    events: [...GOOD, say("dialer", 101, "1", { delivered: null }), say("listener", 102, "1")],
    found: undefined,
  },
];

describe("a check", () => {
  test.each(ROWS)("$check, $what: $found", ({ check, setup = handSetup(), events, found }) => {
    expect(verdict(check, setup, events)).toBe(found);
  });

  test("can pass and can fail, whichever it is", () => {
    const scored = PAIR_CHECKS.filter(({ level }) => level !== "info").map(({ id }) => id);
    const of = (verdicts: readonly Verdict[]): Set<string> =>
      new Set(
        ROWS.filter(({ found }) => found !== undefined && verdicts.includes(found)).map(
          ({ check }) => check.split("/")[1] ?? "",
        ),
      );
    const passing = new Set(
      [...judged(handSetup(), GOOD).values()].map(({ id }) => id.split("/")[1]),
    );
    for (const id of scored) {
      expect(of(["fail", "warn"])).toContain(id);
      expect(of(["pass"]).has(id) || passing.has(id), id).toBe(true);
    }
  });
});

describe("a process that was stopped", () => {
  const long = handSetup("both", "stop-long-dialer");
  const STOPPED = [
    ...OPENING,
    ...beats("dialer", 351, 701),
    ...beats("listener", 353, 703),
    fault(750, "stop"),
    ...beats("listener", 1_053, 1_403),
    beat("listener", 1_301, 400, { probe: true }),
    close("listener", 1_505, 3),
    end("listener", 1_505),
    fault(2_350, "continue"),
  ];

  test("ends when it wakes and reads that it was taken for dead", () => {
    const checks = judged(
      long,
      STOPPED,
      beat("dialer", 2_351, 400),
      end("dialer", 2_352),
      finish(2_420),
    );
    expect([...checks.values()].filter(({ verdict: found }) => found === "fail")).toEqual([]);
    expect(checks.get("dialer/heeds")?.verdict).toBe("pass");
    expect(checks.get("listener/down")?.verdict).toBe("pass");
  });

  test("takes nobody for dead whose octets waited for it", () => {
    const checks = judged(
      long,
      STOPPED,
      close("dialer", 2_351, 3),
      end("dialer", 2_351),
      finish(2_420),
    );
    expect(checks.get("dialer/heeds")?.verdict).toBe("fail");
  });

  test("kills nobody after a short stop", () => {
    const short = handSetup("both", "stop-short-dialer");
    const events = [
      ...OPENING,
      ...beats("dialer", 351, 701),
      ...beats("listener", 353, 1_100),
      fault(750, "stop"),
      fault(1_050, "continue"),
    ];
    const killed = [
      close("dialer", 1_051, 3),
      end("dialer", 1_051),
      end("listener", 1_053),
      finish(1_200),
    ];
    expect(verdict("dialer/stays", short, events, killed)).toBe("fail");
    expect(verdict("dialer/stays", short, events, beat("dialer", 1_051, 400), finish(1_200))).toBe(
      "pass",
    );
    expect(
      verdict("dialer/cadence", short, events, beat("dialer", 1_051, 400), finish(1_200)),
    ).toBe("pass");
  });
});

describe("what was on its way", () => {
  test("is delivered later, and judged by that", () => {
    const setup = handSetup("both", "delay");
    const events = [
      open("dialer", 0),
      open("listener", 0),
      beat("dialer", 1, 400, { delivered: 101 }),
      beat("listener", 1, 800, { delivered: 101 }),
      // It still had its own value when it sent this, and could not have heard of another.
      beat("listener", 90, 800, { delivered: 190 }),
      beat("listener", 105, 400, { delivered: 205 }),
      ...beats("dialer", 351, 701),
      ...beats("listener", 455, 805),
      finish(900),
    ];
    expect(verdict("listener/announces", setup, events)).toBe("pass");
    expect(verdict("listener/times", setup, events)).toBe("pass");
  });

  test("is no reason to take its sender for one that goes on after a Close", () => {
    const events = [
      ...without(GOOD, end("listener", 1_013)),
      beat("listener", 1_030, 400),
      end("listener", 1_060),
    ];
    expect(verdict("listener/heeds", handSetup(), events)).toBe("pass");
  });
});

describe("our own lag", () => {
  const late = [...without(GOOD, beat("dialer", 701, 400)), beat("dialer", 851, 400)];

  test("excuses what it explains", () => {
    expect(verdict("dialer/cadence", handSetup(), late)).toBe("fail");
    expect(verdict("dialer/cadence", handSetup(), late, lag(850, 60))).toBe("pass");
    const later = [...without(GOOD, beat("dialer", 701, 400)), beat("dialer", 900, 400)];
    expect(verdict("dialer/cadence", handSetup(), later, lag(890, 60))).toBe("inconclusive");
  });

  test("excuses nothing that it cannot have caused", () => {
    const never = [...HOLE, PROBE, ...beats("dialer", 1_400, 2_300), finish(2_400)];
    expect(verdict("dialer/down", hole, never, lag(1_500, 110))).toBe("fail");
    expect(
      verdict("dialer/times", handSetup(), [...GOOD, beat("dialer", 500, 800)], lag(500, 150)),
    ).toBe("fail");
  });

  test("leaves open what life a side had when we saw it act", () => {
    // Looked at after 450 ms: what was delivered in between it may not have had by then.
    const probe = beat("listener", 1_300, 400, { probe: true });
    const quiet = [...OPENING, beat("dialer", 350, 400, { delivered: 700 }), finish(1_490)];
    expect(verdict("listener/suspects", handSetup(), quiet, probe)).toBe("pass");
    const early = beat("listener", 1_100, 400, { probe: true });
    expect(verdict("listener/suspects", handSetup(), quiet, early)).toBe("fail");
    expect(verdict("listener/suspects", handSetup(), quiet, early, lag(1_120, 450))).not.toBe(
      "fail",
    );
  });

  test("makes nobody a side that hangs up on the living, or with a reset", () => {
    const crossing = [
      ...without(GOOD, end("listener", 1_013), finish(1_073)),
      close("listener", 1_014, 3),
      end("listener", 1_014),
      finish(1_073),
    ];
    expect(verdict("listener/heeds", handSetup(), crossing)).toBe("fail");
    expect(verdict("listener/heeds", handSetup(), crossing, lag(1_020, 60))).toBe("pass");
    const cut = [...without(GOOD, end("dialer", 1_011)), end("dialer", 1_050, "reset")];
    expect(verdict("dialer/lets-go", handSetup(), cut, lag(1_060, 50))).toBe("inconclusive");
  });

  test("of a whole unit leaves anything open", () => {
    const never = [...HOLE, PROBE, ...beats("dialer", 1_400, 2_300), finish(2_400)];
    expect(verdict("dialer/down", hole, never, lag(1_000, 210))).toBe("inconclusive");
    const wrong = [...GOOD, say("dialer", 101, "1"), say("listener", 102, "2")];
    expect(verdict("listener/echoes", handSetup(), wrong, lag(500, 210))).toBe("fail");
  });

  test("of one peer that waited for a processor excuses like ours", () => {
    const starved: PairEvent = { kind: "starved", side: "dialer", atNs: 840e6, waitNs: 90e6 };
    expect(verdict("dialer/cadence", handSetup(), late, starved)).toBe("inconclusive");
  });
});

describe("a part of a frame", () => {
  const part = (at: number): PairEvent =>
    ({ ...seen("listener", at, "a part of a frame"), bytes: 5 }) as PairEvent;

  test("is life over TCP", () => {
    const events = [
      ...HOLE,
      part(LAST + 40),
      close("dialer", LAST + 801, 3),
      end("dialer", LAST + 801),
      finish(1_700),
    ];
    expect(verdict("dialer/stays", hole, events)).toBe("fail");
  });

  test("may be life over WebSocket", () => {
    const setup: PairSetup = { ...hole, transport: "ws" };
    const ended = (at: number): PairEvent[] => [
      close("dialer", at, 3),
      end("dialer", at, "close-code", { code: 4003 }),
      end("dialer", at),
      finish(2_400),
    ];
    for (const at of [LAST + 801, LAST + 40 + 890]) {
      expect(verdict("dialer/stays", setup, HOLE, part(LAST + 40), ended(at))).toBe("pass");
      expect(verdict("dialer/down", setup, HOLE, part(LAST + 40), ended(at))).toBe("pass");
    }
  });
});
