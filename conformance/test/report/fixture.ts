// Reports made by hand: a realistic one of any size, and builders for small ones.
import type {
  CaseResult,
  CheckResult,
  Clause,
  DecodedFrame,
  Direction,
  Report,
  Role,
  Trace,
  TraceEvent,
  TransportName,
  Verdict,
  Window,
} from "../../src/model.ts";

const NS = 1e6;
const UNIT = 200;
const COMMAND =
  'npx pulsewire-conformance run --testee "./acme-shim --quiet" --transport tcp,ws,grpc --unit 200';

/** Sentences of the specification, as a report quotes them. */
export const CLAUSES: readonly Clause[] = [
  [
    "PW-FRM-3",
    "A side that receives a malformed frame MUST end the connection with Close(PROTOCOL_ERROR).",
  ],
  [
    "PW-FRM-4",
    "A side MUST ignore fields it does not know, and a frame whose body it does not know or that has none, and MUST go on as if they had not been there, except that they are life.",
  ],
  [
    "PW-HBT-1",
    "`heartbeat_time_ms` MUST be the sender's *E* as it sends, and MUST be absent if and only if the sender is passive.",
  ],
  [
    "PW-ADP-1",
    "A side MUST begin every connection with *E* equal to its configured heartbeat-time, or undefined if it has none.",
  ],
  [
    "PW-ADP-2",
    "A side that receives a heartbeat with a value *T* MUST set *E* to max(*T*, floor) if *E* is undefined or *T* is less than *E*.",
  ],
  ["PW-ADP-6", "*E* MUST NOT rise within a connection."],
  [
    "PW-ADP-8",
    "Only a heartbeat causes adoption: data, unknown bodies and malformed frames MUST NOT make a passive side send heartbeats.",
  ],
  [
    "PW-SND-1",
    "A configured side MUST send a heartbeat at once when the connection opens, before any data, whatever else it has to send.",
  ],
  [
    "PW-SND-2",
    "A side whose *E* has just changed MUST announce it with a heartbeat at once, and in any case no later than *E*/2 after the heartbeat that changed it; data MUST NOT replace that heartbeat.",
  ],
  [
    "PW-SND-3",
    "While *E* is defined a side MUST transmit a heartbeat or data no later than *E* after its last transmission.",
  ],
  [
    "PW-SND-5",
    "A side SHOULD draw the moment of each heartbeat anew, at random between 0.75 *E* and *E* after its last transmission, so that many connections do not beat together.",
  ],
  [
    "PW-SND-9",
    "A passive side MUST NOT send a heartbeat, except as the answer to a probe or under [PW-VER-3].",
  ],
  [
    "PW-DAT-2",
    "A message MAY be split over several data frames, of which all but the last MUST carry `more`, and the receiver MUST deliver the parts joined in the order of their arrival.",
  ],
  ["PW-LIV-4", "A side MUST NOT declare its peer down before the deadline."],
  [
    "PW-LIV-5",
    "A side MUST declare its peer down no later than max(*E*/4, 100) after the deadline, unless section 8 gives the peer more time.",
  ],
  [
    "PW-LIV-6",
    "A side that declares its peer down MUST end the connection itself and at once, without waiting for the peer, and SHOULD try to send Close(HEARTBEAT_TIMEOUT) as it does so.",
  ],
  [
    "PW-PRB-1",
    "When max(*E*, *P*) plus half the slack has passed since the last octet, the peer is suspect and the side MUST send one probe, and only one in one silence.",
  ],
  [
    "PW-PRB-2",
    "A side that receives a probe MUST answer it with a heartbeat at once; a passive side answers without a heartbeat-time and stays passive.",
  ],
  [
    "PW-PRB-3",
    "A side MUST NOT send answers less than 100 ms apart; probes that come sooner MUST share one answer, sent when the 100 ms are over.",
  ],
  [
    "PW-CLS-3",
    "A side that receives Close MUST NOT send anything more, MUST NOT answer it, and MUST close the transport at once.",
  ],
  [
    "PW-CLS-6",
    "A `reason` MUST NOT be longer than 512 octets when it is sent, and a receiver MUST NOT act on it.",
  ],
  [
    "PW-VER-5",
    "If there is no such version, a side MUST send Close(UNSUPPORTED_VERSION), with its highest version in `version` and its lowest in `lowest_version`, and end the connection.",
  ],
  [
    "PW-LIM-3",
    "A side MUST accept 40 heartbeats at once and 20 a second after that, and MUST end the connection with Close(TOO_MANY_HEARTBEATS) when a peer sends more.",
  ],
  ["PW-GWY-2", "A gateway MUST NOT forward a heartbeat from one connection to the other."],
].map(([id = "", sentence = ""]) => ({ id, sentence, page: "protocol.md" }));

const TITLES: readonly (readonly [
  family: string,
  prefix: string,
  clause: string,
  titles: readonly string[],
])[] = [
  [
    "frames",
    "FRM",
    "PW-FRM-3",
    [
      "answers version 0 with PROTOCOL_ERROR",
      "answers a frame of no octets with PROTOCOL_ERROR",
      "goes on after an unknown field",
      "goes on after an unknown body",
      "reads a frame that comes octet by octet",
      "reads three frames of one segment",
    ],
  ],
  [
    "heartbeats",
    "HBT",
    "PW-HBT-1",
    [
      "advertises what it uses",
      "advertises nothing while passive",
      "takes a heartbeat-time of 0 for none",
      "takes one above the ceiling for the ceiling",
    ],
  ],
  [
    "adoption",
    "ADP",
    "PW-ADP-2",
    [
      "a passive peer adopts on the first heartbeat",
      "the smaller of two values wins",
      "a greater value changes nothing",
      "comes down twice",
      "raises a value below the floor to the floor",
      "does not adopt from data",
      "does not adopt from a malformed frame",
      "forgets with the connection",
      "touches no other connection",
      "two values in one segment",
    ],
  ],
  [
    "sending",
    "SND",
    "PW-SND-3",
    [
      "the first heartbeat is at once",
      "announces before E/2",
      "keeps its cadence over eight beats",
      "draws each beat anew",
      "data takes the place of a heartbeat",
      "what it receives postpones nothing",
      "does not answer one for one",
      "beats while it streams",
      "is silent while passive",
    ],
  ],
  [
    "data",
    "DAT",
    "PW-DAT-2",
    [
      "delivers an empty message",
      "joins the parts of a message",
      "a heartbeat between two parts",
      "drops what is unfinished at the end",
    ],
  ],
  [
    "liveness",
    "LIV",
    "PW-LIV-4",
    [
      "does not declare down before the deadline",
      "declares down soon after the deadline",
      "a partial frame is life",
      "an unknown body is life",
      "waits for the greater of E and P",
      "ends the connection itself",
      "two passive sides wait for ever",
    ],
  ],
  [
    "probes",
    "PRB",
    "PW-PRB-2",
    [
      "answers a probe at once",
      "answers while passive and stays so",
      "probes once in one silence",
      "shares an answer among hasty probes",
      "an answer asks for nothing",
    ],
  ],
  [
    "closing",
    "CLS",
    "PW-CLS-3",
    [
      "sends nothing after a Close",
      "takes a half-close for the end",
      "reads an unknown code as an end",
      "keeps its reasons short",
      "says GOING_AWAY as it shuts down",
    ],
  ],
  [
    "versions",
    "VER",
    "PW-VER-5",
    [
      "refuses a version it does not speak",
      "reads a frame of a later version",
      "reads a Close of any version",
    ],
  ],
  [
    "limits",
    "LIM",
    "PW-LIM-3",
    [
      "accepts forty heartbeats at once",
      "refuses a flood of heartbeats",
      "accepts a frame of one mebibyte",
      "refuses a longer one before it arrives",
      "gives the first frame ten seconds",
    ],
  ],
  ["gateways", "GWY", "PW-GWY-2", ["does not forward a heartbeat", "closes the other leg"]],
];

const BINDINGS: readonly (readonly [TransportName, Role])[] = [
  ["tcp", "dial"],
  ["tcp", "listen"],
  ["ws", "dial"],
  ["ws", "listen"],
  ["grpc", "dial"],
  ["grpc", "listen"],
];

/** A report as of a real run: 60 cases on six bindings, most of them well. */
export function sampleReport(): Report {
  const random = mulberry(7);
  const results = TITLES.flatMap(([family, prefix, clause, titles]) =>
    titles.flatMap((title, index) =>
      BINDINGS.map(([transport, role]) => {
        const caseId = `${prefix}-${String(index + 1).padStart(3, "0")}`;
        return sampleResult({ caseId, title, family, clause, transport, role }, random);
      }),
    ),
  );
  return reportOf(results, { exitCode: 1, durationMs: 48_213 });
}

/** A report around some results. */
export function reportOf(results: readonly CaseResult[], changes: Partial<Report> = {}): Report {
  return {
    schema: 1,
    suiteVersion: "0.1.0",
    protocolVersion: 1,
    startedAt: "2026-03-14T09:26:53.589Z",
    durationMs: 12_345,
    unitMs: UNIT,
    tolerance: { earlyMs: 20, lateMs: 80 },
    environment: { platform: "linux x64", cpus: 2, node: "20.19.0" },
    testee: {
      name: "acme-pulse",
      version: "0.4.1",
      language: "go",
      transports: ["tcp", "ws", "grpc"],
      roles: ["dial", "listen"],
      features: ["data", "state"],
    },
    command: COMMAND,
    clauses: CLAUSES,
    results,
    exitCode: 0,
    ...changes,
  };
}

/** One result with one check of the given verdict. */
export function resultOf(verdict: Verdict, changes: Partial<CaseResult> = {}): CaseResult {
  const transport = changes.transport ?? "tcp";
  const role = changes.role ?? "listen";
  const caseId = changes.caseId ?? "ADP-001";
  const ran = verdict !== "na" && verdict !== "untestable";
  return {
    caseId,
    title: "a passive peer adopts on the first heartbeat",
    family: "adoption",
    transport,
    role,
    verdict,
    ending: ran ? "coded" : "none",
    checks: ran ? [checkOf(verdict, caseId)] : [],
    durationMs: 1234,
    attempts: 1,
    maxLagMs: 2.5,
    trace: { caseId, transport, role, unitMs: UNIT, events: ran ? adoptionEvents(412) : [] },
    stderr: "",
    repro: `npx pulsewire-conformance run --case ${caseId} --transport ${transport} --role ${role}`,
    ...(ran ? {} : { reason: 'the feature "data" is not claimed' }),
    ...changes,
  };
}

/** The check of a passive peer that has to adopt, with its window. */
export function checkOf(verdict: Verdict, caseId = "ADP-001"): CheckResult {
  const warn = verdict === "warn";
  return {
    id: `${caseId}/adopts`,
    clauses: [warn ? "PW-SND-5" : "PW-ADP-2"],
    level: warn ? "should" : verdict === "info" ? "info" : "must",
    verdict,
    expected: "a heartbeat of 200 ms within 100 ms (+80) of the one sent",
    seen: verdict === "pass" ? "one of 200 ms after 3.1 ms" : "first heartbeat after 412 ms",
    windows: [window("announces E", 10, 190)],
  };
}

/** Harness heartbeats at each unit; the peer's first after `firstMs`, and then a close and an end. */
export function adoptionEvents(firstMs: number): readonly TraceEvent[] {
  return [
    at(0, { kind: "open" }),
    at(0, { kind: "step", step: "send", label: "heartbeat 200" }),
    beat("sent", 10, 200),
    beat("sent", 210, 200),
    beat("sent", 410, 200),
    beat("received", 10 + firstMs, 200, { batch: 1 }),
    beat("received", 190 + firstMs, 200, { batch: 2 }),
    at(650, { kind: "lag", lagNs: 2.5 * NS }),
    frame("sent", 800, { version: 1, body: "close", close: { code: 1 } }, "08011a020801"),
    at(802.4, { kind: "end", by: "testee", how: "fin" }),
  ];
}

/** A stretch that a check looks at, in milliseconds. */
export function window(
  label: string,
  fromMs: number,
  toMs: number,
  kind: Window["kind"] = "expected",
): Window {
  return { label, fromNs: fromMs * NS, toNs: toMs * NS, kind };
}

/** A heartbeat, or a probe. */
export function beat(
  direction: Direction,
  ms: number,
  heartbeatTimeMs?: number,
  more: { readonly probe?: boolean; readonly batch?: number } = {},
): TraceEvent {
  const heartbeat = {
    ...(heartbeatTimeMs === undefined ? {} : { heartbeatTimeMs }),
    ...(more.probe === true ? { replyRequested: true } : {}),
  };
  const hex = more.probe === true ? "0801120508c8011001" : "0801120308c801";
  const event = frame(direction, ms, { version: 1, body: "heartbeat", heartbeat }, hex);
  return more.batch === undefined ? event : ({ ...event, batch: more.batch } as TraceEvent);
}

/** Any frame. */
export function frame(
  direction: Direction,
  ms: number,
  decoded: DecodedFrame,
  hex: string,
): TraceEvent {
  return at(ms, { kind: "frame", direction, hex, bytes: hex.length / 2, frame: decoded });
}

type WithoutPlace<T> = T extends unknown ? Omit<T, "atNs" | "conn"> : never;

/** Any event, at a time in milliseconds. */
export function at(ms: number, event: WithoutPlace<TraceEvent>, conn = 0): TraceEvent {
  return { atNs: Math.round(ms * NS), conn, ...event } as TraceEvent;
}

interface SampleCase {
  readonly caseId: string;
  readonly title: string;
  readonly family: string;
  readonly clause: string;
  readonly transport: TransportName;
  readonly role: Role;
}

function sampleResult(sample: SampleCase, random: () => number): CaseResult {
  const verdict = sampleVerdict(sample, random);
  const { clause, ...identity } = sample;
  const { caseId, transport, role } = sample;
  const base = resultOf(verdict, {
    ...identity,
    ...(verdict === "na" ? { reason: 'the testee does not claim the feature "gateway"' } : {}),
    ...(verdict === "untestable"
      ? { reason: 'claims "data", and answered the command "send" with an error' }
      : {}),
    ...(verdict === "error" ? { reason: 'answered "open" with a line that is no JSON' } : {}),
    ...(verdict === "inconclusive" ? { attempts: 3, maxLagMs: 141.2 } : { maxLagMs: random() * 6 }),
    durationMs: 900 + random() * 2400,
    stderr:
      verdict === "pass" || verdict === "na"
        ? ""
        : "2026/03/14 09:26:54 conn a: up\n2026/03/14 09:26:55 conn a: heartbeat sent\n",
  });
  if (base.trace.events.length === 0) return base;
  const scene = caseId.startsWith("LIV")
    ? silenceScene
    : caseId.startsWith("LIM")
      ? floodScene
      : cadenceScene;
  const { events, checks } = scene(verdict, clause, caseId, random);
  const trace: Trace = { caseId, transport, role, unitMs: UNIT, events };
  return {
    ...base,
    checks,
    trace,
    ending: events.some((event) => event.kind === "end") ? "coded" : "open",
  };
}

function sampleVerdict({ caseId, transport, role }: SampleCase, random: () => number): Verdict {
  const binding = `${transport}/${role}`;
  if (caseId.startsWith("GWY")) return "na";
  if (caseId === "DAT-004") return transport === "grpc" ? "untestable" : "na";
  if (caseId === "ADP-006" || (caseId === "LIV-001" && transport === "tcp")) return "fail";
  if (caseId === "LIM-002" && role === "listen") return "fail";
  if (caseId === "SND-004") return "warn";
  if (caseId === "CLS-004" && transport === "ws") return "warn";
  if (caseId === "LIV-005" && binding === "grpc/listen") return "inconclusive";
  if (caseId === "VER-002" && binding === "ws/dial") return "error";
  if (caseId === "LIM-005") return "info";
  return random() < 0.004 ? "inconclusive" : "pass";
}

interface Scene {
  readonly events: readonly TraceEvent[];
  readonly checks: readonly CheckResult[];
}

/** Both sides beat; the peer begins late if it fails. */
function cadenceScene(
  verdict: Verdict,
  clause: string,
  caseId: string,
  random: () => number,
): Scene {
  const late = verdict === "fail" ? 640 : 2 + random() * 3;
  const events = [
    at(0, { kind: "open" }),
    at(1, { kind: "step", step: "send", label: "heartbeat 200" }),
  ];
  for (let ms = 4; ms < 2400; ms += 150 + random() * 48) events.push(beat("sent", ms, 200));
  let batch = 0;
  for (let ms = 4 + late; ms < 2400; ms += 150 + random() * 48)
    events.push(beat("received", ms, 200, { batch: ++batch }));
  events.push(
    at(1100, { kind: "step", step: "send", label: "data" }),
    frame(
      "sent",
      1101,
      { version: 1, body: "data", data: { bytes: 5, text: "hello" } },
      "08011a0568656c6c6f",
    ),
    at(1300, { kind: "testee", event: { ev: "state", conn: "a", peer: "up" } }),
    at(2400, { kind: "step", step: "fence", label: "fence" }),
    beat("sent", 2401, 200, { probe: true }),
    beat("received", 2403 + random() * 3, 200, { batch: 99 }),
  );
  for (let ms = 100; ms < 2400; ms += 180)
    events.push(at(ms, { kind: "lag", lagNs: random() * 4 * NS }));
  if (verdict === "inconclusive") events.push(at(700, { kind: "lag", lagNs: 141.2 * NS }));
  events.sort((a, b) => a.atNs - b.atNs);
  const windows = [window("announces E", 4, 104), window("eight beats", 204, 1804)];
  return {
    events,
    checks: [
      {
        ...checkOf(verdict, caseId),
        clauses: [verdict === "warn" ? "PW-SND-5" : clause, "PW-SND-2"],
        windows,
        seen: seenOf(verdict, late),
      },
      {
        ...checkOf("pass", caseId),
        id: `${caseId}/cadence`,
        clauses: ["PW-SND-3"],
        expected: "eight beats, each 150 to 200 ms (+80) after the one before",
        seen: "eight beats, slope 173.4 ms, worst 196.0 ms",
        windows: [window("eight beats", 204, 1804)],
      },
      {
        ...checkOf("pass", caseId),
        id: `${caseId}/fence`,
        clauses: ["PW-PRB-2"],
        expected: "an answer to the fence within 100 ms (+80)",
        seen: "a heartbeat of 200 ms after 2.4 ms",
        windows: [window("answer", 2401, 2581)],
      },
    ],
  };
}

/** The harness falls silent; the peer has to probe, wait and close, and does so early if it fails. */
function silenceScene(
  verdict: Verdict,
  clause: string,
  caseId: string,
  random: () => number,
): Scene {
  const down = verdict === "fail" ? 985 : 1412 + random() * 20;
  const events = [at(0, { kind: "open" })];
  for (const ms of [3, 190, 372]) events.push(beat("sent", ms, 200));
  events.push(at(374, { kind: "step", step: "stall", label: "silence" }));
  let batch = 0;
  for (let ms = 5; ms < down - 30; ms += 152 + random() * 46)
    events.push(beat("received", ms, 200, { batch: ++batch }));
  events.push(
    beat("received", Math.min(972, down - 13), 200, { probe: true, batch: ++batch }),
    frame(
      "received",
      down,
      { version: 1, body: "close", close: { code: 3, reason: "peer silent" } },
      "08011a0f08031a0b706565722073696c656e74",
    ),
    at(down + 0.6, { kind: "end", by: "testee", how: "fin" }),
    at(down + 4, { kind: "testee", event: { ev: "end", kind: "peer-silent" } }),
  );
  if (verdict === "inconclusive") events.push(at(1300, { kind: "lag", lagNs: 141.2 * NS }));
  events.push(at(640, { kind: "lag", lagNs: 3.4 * NS }));
  events.sort((a, b) => a.atNs - b.atNs);
  return {
    events,
    checks: [
      {
        ...checkOf(verdict, caseId),
        id: `${caseId}/not-before`,
        clauses: [clause],
        expected: "the connection open until 1372 ms (372 + 200 + 800), less 20",
        seen: `Close(HEARTBEAT_TIMEOUT) at ${down.toFixed(1)} ms`,
        windows: [
          window("not before the deadline", 372, 1352, "forbidden"),
          window("down", 1372, 1552),
        ],
      },
      {
        ...checkOf(verdict === "fail" ? "pass" : verdict, caseId),
        id: `${caseId}/says-why`,
        clauses: ["PW-LIV-6"],
        level: "should",
        expected: "Close(HEARTBEAT_TIMEOUT)",
        seen: 'Close(HEARTBEAT_TIMEOUT), reason "peer silent"',
        windows: [],
      },
      {
        ...checkOf("pass", caseId),
        id: `${caseId}/probes`,
        clauses: ["PW-PRB-1"],
        expected: "one probe between 972 and 1052 ms",
        seen: "one probe",
        windows: [window("probe", 972, 1052)],
      },
    ],
  };
}

/** A burst of heartbeats that has to be refused, and is not if it fails. */
function floodScene(verdict: Verdict, clause: string, caseId: string, random: () => number): Scene {
  const events = [
    at(0, { kind: "open" }),
    beat("received", 2.2, 200, { batch: 1 }),
    at(199, { kind: "step", step: "flood", label: "60 heartbeats at once" }),
  ];
  for (let index = 0; index < 60; index += 1) events.push(beat("sent", 200 + index * 0.05, 200));
  events.push(
    frame("sent", 420, { body: "malformed", problem: "field 2: truncated" }, "0801120908"),
    at(470, { kind: "octets", direction: "sent", hex: "0708", bytes: 2, what: "half a frame" }),
    frame("sent", 520, { version: 1, body: "unknown" }, "0801520100"),
    beat("received", 610 + random() * 9, 200, { batch: 2 }),
  );
  if (verdict !== "fail") {
    events.push(
      frame(
        "received",
        640,
        { version: 1, body: "close", close: { code: 8, retryAfterMs: 1000 } },
        "08011a0508081 0e807".replace(" ", ""),
      ),
      at(641, { kind: "end", by: "testee", how: "fin" }),
    );
  }
  return {
    events,
    checks: [
      {
        ...checkOf(verdict, caseId),
        clauses: [clause],
        expected: "Close(TOO_MANY_HEARTBEATS) within 500 ms (+80)",
        seen:
          verdict === "fail"
            ? "nothing: still open after 1000 ms"
            : "Close(TOO_MANY_HEARTBEATS) after 440 ms",
        windows: [window("close", 200, 780)],
      },
    ],
  };
}

function seenOf(verdict: Verdict, late: number): string {
  switch (verdict) {
    case "pass":
      return `a heartbeat of 200 ms after ${late.toFixed(1)} ms`;
    case "warn":
      return "all gaps are 200.0 ms, within 0.4 ms: not drawn anew";
    case "inconclusive":
      return "the harness was 141.2 ms late inside the window";
    default:
      return `first heartbeat after ${late.toFixed(1)} ms`;
  }
}

/** Small, seeded, good enough: the same report every time. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a testee says that means harm to whoever prints it. */
export const HOSTILE =
  "</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> ]]> &amp; \"'` | [x](javascript:1) " +
  "@all https://evil.example \u001b[2J\u001b]0;owned\u0007\u0000\u0008\u2028\u2029\u202e\ud800 %%DATA%% $& __proto__";

/** A report in which every string that a testee controls is hostile. */
export function hostileReport(): Report {
  const event = { ev: HOSTILE, [HOSTILE]: [HOSTILE], constructor: HOSTILE };
  const results = (["fail", "warn", "pass"] as const).map((verdict) =>
    resultOf(verdict, {
      caseId: `BAD-${verdict}`,
      reason: HOSTILE,
      stderr: `${HOSTILE}\n${HOSTILE}`,
      checks: [{ ...checkOf(verdict), seen: HOSTILE, windows: [window(HOSTILE, 0, 300)] }],
      trace: {
        caseId: `BAD-${verdict}`,
        transport: "tcp",
        role: "listen",
        unitMs: UNIT,
        events: [
          frame(
            "received",
            3,
            { version: 1, body: "data", data: { bytes: 5, text: HOSTILE } },
            "0801",
          ),
          frame(
            "received",
            5,
            { version: 1, body: "close", close: { code: 99, reason: HOSTILE } },
            "0801",
          ),
          at(6, { kind: "end", by: "testee", how: "reset", detail: HOSTILE }),
          at(7, { kind: "testee", event: JSON.parse(`{"__proto__": {"polluted": true}}`) }),
          at(8, { kind: "testee", event }),
        ],
      },
    }),
  );
  const testee = {
    name: HOSTILE,
    version: HOSTILE,
    language: HOSTILE,
    transports: ["tcp" as const],
    roles: ["listen" as const],
    features: [HOSTILE],
  };
  return reportOf(results, { testee, problem: HOSTILE, exitCode: 1 });
}
