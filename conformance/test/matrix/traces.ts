/** Traces made by hand, in milliseconds, and what the judge of pairs makes of them. */
import { crc32 } from "node:zlib";
import { setupFor } from "../../src/matrix/configurations.ts";
import { judgePair } from "../../src/matrix/judge/judge-pair.ts";
import type {
  Configuration,
  EndHow,
  Fault,
  FaultMoment,
  PairEvent,
  PairSetup,
  Side,
} from "../../src/matrix/model.ts";
import type { CheckResult, DecodedFrame, TransportName, Verdict } from "../../src/model.ts";

const UNIT_MS = 200;

/** A setup in which the dialer has 400 ms where one has more, and speaks. */
export function handSetup(
  configuration: Configuration = "both",
  fault: Fault = "none",
  transport: TransportName = "tcp",
): PairSetup {
  const peer = (name: string): { name: string; index: number } => ({ name, index: 0 });
  const place = { dialer: peer("one"), listener: peer("two"), transport, configuration, fault };
  const setup = setupFor(place, UNIT_MS);
  const { heartbeat_time_ms: dialer } = setup.sides.dialer;
  const { heartbeat_time_ms: listener } = setup.sides.listener;
  const isAsWanted = dialer === 400 || listener === undefined;
  const sides = isAsWanted
    ? setup.sides
    : { dialer: setup.sides.listener, listener: setup.sides.dialer };
  const { reply: _, ...speaking } = sides.dialer;
  return {
    ...setup,
    sides: { dialer: speaking, listener: { ...sides.listener, reply: "echo" } },
    speaker: "dialer",
    closer: "dialer",
  };
}

interface Way {
  /** When it was delivered: at once if absent, never if null. */
  readonly delivered?: number | null;
}

function passing(from: Side, at: number, { delivered = at }: Way) {
  return { from, atNs: at * 1e6, ...(delivered === null ? {} : { deliveredNs: delivered * 1e6 }) };
}

function frame(from: Side, at: number, decoded: DecodedFrame, way: Way): PairEvent {
  return { kind: "frame", bytes: 8, frame: { version: 1, ...decoded }, ...passing(from, at, way) };
}

export function open(side: Side, at: number): PairEvent {
  return { kind: "open", side, atNs: at * 1e6 };
}

/** A heartbeat; without a heartbeat-time if that is undefined. */
export function beat(
  from: Side,
  at: number,
  time: number | undefined,
  way: Way & { readonly probe?: true } = {},
): PairEvent {
  const heartbeat = {
    ...(time === undefined ? {} : { heartbeatTimeMs: time }),
    ...(way.probe === true ? { replyRequested: true } : {}),
  };
  return frame(from, at, { body: "heartbeat", heartbeat }, way);
}

/** Heartbeats of a steady clock. */
export function beats(from: Side, first: number, last: number, every = 350): PairEvent[] {
  const count = Math.floor((last - first) / every) + 1;
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    beat(from, first + index * every, 400),
  );
}

/** A message in one frame. */
export function say(from: Side, at: number, text: string, way: Way = {}): PairEvent {
  const message = { bytes: text.length, sum: crc32(text) };
  const data = { bytes: text.length, text };
  return { ...frame(from, at, { body: "data", data }, way), message } as PairEvent;
}

export function told(side: Side, at: number, text: string): PairEvent {
  return { kind: "command", command: "send", side, atNs: at * 1e6, text, bytes: text.length };
}

export function toldToClose(side: Side, at: number): PairEvent {
  return { kind: "command", command: "close", side, atNs: at * 1e6 };
}

export function close(from: Side, at: number, code: number, way: Way = {}): PairEvent {
  return frame(from, at, { body: "close", close: { code } }, way);
}

export function end(
  from: Side,
  at: number,
  how: EndHow = "fin",
  way: Way & { readonly code?: number } = {},
): PairEvent {
  const { code } = way;
  return { kind: "end", how, ...(code === undefined ? {} : { code }), ...passing(from, at, way) };
}

export function fault(at: number, what: FaultMoment): PairEvent {
  return { kind: "fault", what, atNs: at * 1e6 };
}

export function lag(at: number, forMs: number): PairEvent {
  return { kind: "lag", atNs: at * 1e6, lagNs: forMs * 1e6 };
}

export function finish(at: number): PairEvent {
  return { kind: "finish", atNs: at * 1e6 };
}

/** What was seen that is no frame. */
export function seen(from: Side, at: number, what: string): PairEvent {
  return { kind: "octets", what, bytes: 0, ...passing(from, at, {}) };
}

/** All checks, by their ids. */
export function judged(
  setup: PairSetup,
  ...events: readonly (PairEvent | readonly PairEvent[])[]
): Map<string, CheckResult> {
  const sorted = events.flat().sort((a, b) => a.atNs - b.atNs);
  return new Map(judgePair(setup, { events: sorted }).map((check) => [check.id, check]));
}

/** The verdict of one check; undefined where it has no place. */
export function verdict(
  id: string,
  setup: PairSetup,
  ...events: readonly (PairEvent | readonly PairEvent[])[]
): Verdict | undefined {
  return judged(setup, ...events).get(id)?.verdict;
}

/** Both open, both say what they have, and the listener comes down to 400 ms. */
export const OPENING: readonly PairEvent[] = [
  open("dialer", 0),
  open("listener", 0),
  beat("dialer", 1, 400),
  beat("listener", 1, 800),
  beat("listener", 3, 400),
];

/** The dialer is told to close at a moment, and both let go. */
export function goodbye(at: number): PairEvent[] {
  return [
    toldToClose("dialer", at),
    close("dialer", at + 1, 1),
    end("dialer", at + 1),
    end("listener", at + 3),
    finish(at + 63),
  ];
}
