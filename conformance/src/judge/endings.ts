/** Checks on the end of a connection: whether, when, why, and in whose words. */
import type { CheckKinds } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { closeCodeName, grpcStatusFor, webSocketCodeFor } from "../wire/close-codes.ts";
import { describeFrame, matches } from "./match.ts";
import { type Finding, INEXCUSABLE, notReached } from "./outcome.ts";
import { resolve, window } from "./spans.ts";
import { type EndEvent, ms, ns, type TraceView } from "./view.ts";

const PROTOCOL_ERROR = 4;
const FRAME_TOO_LARGE = 6;
/** HEARTBEAT_TIMEOUT, TOO_MANY_HEARTBEATS, FIRST_FRAME_TIMEOUT, OUTBOUND_BLOCKED, UPSTREAM_LOST. */
const CODES_OF_TIME: ReadonlySet<number> = new Set([3, 8, 9, 11, 12]);

/** What a library may say by itself in place of a Close [PW-WS-10, PW-GRPC-8]. */
function saysInstead(view: TraceView, end: EndEvent, code: number): boolean {
  const { transport, role } = view;
  if (transport === "ws") return code === FRAME_TOO_LARGE && end.code === 1009;
  if (transport !== "grpc" || (code !== FRAME_TOO_LARGE && code !== PROTOCOL_ERROR)) return false;
  // A client has no status to give: it ends its stream, or cancels.
  if (role === "dial") return end.how === "half-close" || end.how === "reset";
  return end.how === "status" && end.code === (code === FRAME_TOO_LARGE ? 8 : 13);
}

export function judgeEnds(view: TraceView, args: CheckKinds["ends"]): Finding {
  const { unitMs } = view.trace;
  const { earlyMs, lateMs } = view.tolerance;
  const by = parseTime(args.by, unitMs);
  const after = args.after === undefined ? 0 : parseTime(args.after, unitMs);
  const reason = args.code === undefined ? "" : ` with Close ${closeCodeName(args.code)}`;
  const expected = `the end${reason} between ${after} ms (-${args.after === undefined ? 0 : earlyMs}) and ${by} ms (+${lateMs}) after "${args.from}"`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const earliest = args.after === undefined ? from : from + ns(after) - view.earlyAfter(args.from);
  const latest = from + ns(by) + view.late(from, from + ns(by));
  const windows = [window("expected", "end", earliest, latest)];
  const { endedAt } = view;
  const nothingToJudge = endedAt === undefined ? whyNothing(view, args.unless) : undefined;
  if (nothingToJudge !== undefined)
    return { ok: undefined, expected, seen: nothingToJudge, windows };
  if (endedAt === undefined) {
    const watched = view.lastAt - from;
    const seen = `still open ${ms(watched)} after "${args.from}"`;
    return { ok: false, expected, seen, windows, missNs: view.lastAt - latest };
  }
  const seen = `${describeEnd(view)} ${ms(endedAt - from)} after "${args.from}"`;
  const inTime = endedAt >= earliest && endedAt <= latest;
  const named = args.code === undefined || namesReason(view, args.code);
  // No lag makes one code of another, but for those that speak of time.
  const missNs =
    !named && !isOfTime(view.close?.frame.close?.code)
      ? INEXCUSABLE
      : Math.max(earliest - endedAt, endedAt - latest, 0);
  const early = endedAt < earliest ? { causeBeforeNs: from } : {};
  return { ok: inTime && named, expected, seen, windows, missNs, ...early };
}

/** A code that has to do with time: with what we did too late, or all at once. */
export function isOfTime(code: number | undefined): boolean {
  return code !== undefined && CODES_OF_TIME.has(code);
}

/** Why there was no reason to end, if what shows that was seen. */
function whyNothing(view: TraceView, unless: CheckKinds["ends"]["unless"]): string | undefined {
  if (unless === undefined) return undefined;
  const stretch = resolve(view, unless);
  if (typeof stretch === "string") return undefined;
  const frames = view.received(stretch.from, stretch.to);
  const all = unless.all.every(
    ({ match, at_least }) =>
      frames.filter(({ frame }) => matches(frame, match, view.trace.unitMs)).length >= at_least,
  );
  return all ? unless.because : undefined;
}

function namesReason(view: TraceView, code: number): boolean {
  if (view.close !== undefined) return view.close.frame.close?.code === code;
  return view.transportEnds.some((end) => saysInstead(view, end, code));
}

export function judgeTransportEnds(view: TraceView, args: CheckKinds["transport_ends"]): Finding {
  const by = parseTime(args.by, view.trace.unitMs);
  const expected = `${properEnd(view)} within ${by} ms of ${args.from === undefined ? "its Close" : `"${args.from}"`}`;
  const from = args.from === undefined ? view.close?.atNs : view.moment(args.from);
  if (from === undefined)
    return args.from === undefined
      ? { ok: false, expected, seen: "there was no Close" }
      : notReached(args.from, expected);
  const latest = from + ns(by) + view.late(from, from + ns(by));
  const windows = [window("expected", "end of the transport", from, latest)];
  const end = view.transportEnds[0];
  if (end === undefined) {
    const missNs = view.lastAt - latest;
    return { ok: false, expected, seen: "the transport stayed open", windows, missNs };
  }
  const seen = `${describeTransportEnd(end)} after ${ms(end.atNs - from)}`;
  const proper = end.atNs >= from && isProper(view, end);
  const missNs = proper ? end.atNs - latest : INEXCUSABLE;
  return { ok: proper && missNs <= 0, expected, seen, windows, missNs };
}

/** How this binding ends a connection after a Close, in words. */
function properEnd(view: TraceView): string {
  const code = view.close?.frame.close?.code;
  if (code === undefined) return "the end of the transport";
  if (view.transport === "ws") return `a WebSocket close ${webSocketCodeFor(code)}`;
  if (view.transport === "tcp") return "a FIN, and no RST,";
  return view.role === "listen"
    ? `the gRPC status ${grpcStatusFor(code)}`
    : "a half-close or a cancellation";
}

function isProper(view: TraceView, end: EndEvent): boolean {
  const code = view.close?.frame.close?.code;
  // Without a Close of the testee there is nothing the end must agree with.
  if (code === undefined) return true;
  switch (view.transport) {
    case "tcp":
      return end.how === "fin";
    case "ws":
      return end.how === "close-code" && end.code === webSocketCodeFor(code);
    case "grpc":
      return view.role === "dial"
        ? end.how === "half-close" || end.how === "reset"
        : end.how === "status" && end.code === grpcStatusFor(code);
  }
}

export function judgeGone(view: TraceView, args: CheckKinds["gone"]): Finding {
  const by = parseTime(args.by, view.trace.unitMs);
  const deed = args.fin_suffices === true ? "ended, by FIN or RST," : "cut";
  const expected = `the transport ${deed} by the testee within ${by} ms of "${args.from}"`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const latest = from + ns(by) + view.late(from, from + ns(by));
  const windows = [window("expected", "cut", from, latest)];
  const cut = view.transportEnds.find(
    ({ how }) => how === "reset" || (how === "fin" && args.fin_suffices === true),
  );
  if (cut === undefined) return { ok: false, expected, seen: "it stayed open", windows };
  const seen = `${describeTransportEnd(cut)} after ${ms(cut.atNs - from)}`;
  return { ok: cut.atNs >= from && cut.atNs <= latest, expected, seen, windows };
}

export function judgeStaysOpen(view: TraceView, args: CheckKinds["stays_open"]): Finding {
  const expected = `the connection open from "${args.from}" to "${args.to ?? "finish"}"`;
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const { from, to } = stretch;
  const windows = [window("forbidden", "end", from, to)];
  const { endedAt } = view;
  if (endedAt !== undefined && endedAt < to)
    return {
      ok: false,
      expected,
      seen: `${describeEnd(view)} ${ms(endedAt - from)} after "${args.from}"`,
      windows,
      // Had our own heartbeats come late by half a unit, the testee would be right.
      missNs: view.unitNs,
    };
  return {
    ok: view.isOpen,
    expected,
    seen: view.isOpen ? `open for ${ms(to - from)}` : "it never opened",
    windows,
  };
}

export function judgeConfigRefused(view: TraceView): Finding {
  const expected = "the configuration refused as invalid, and no connection";
  const reply = view.trace.events.findLast(
    (event) => event.kind === "testee" && event.conn === view.conn && isReply(event.event),
  );
  const refusal =
    reply?.kind === "testee" && isReply(reply.event) ? reply.event.reply.err : undefined;
  const seen = `${refusal === undefined ? "no refusal" : `"${refusal}"`}${view.isOpen ? ", and a connection" : ""}`;
  return { ok: refusal === "invalid" && !view.isOpen, expected, seen, missNs: INEXCUSABLE };
}

function isReply(event: unknown): event is { readonly reply: { readonly err?: string } } {
  return typeof event === "object" && event !== null && "reply" in event;
}

export function judgeHandshakeRefused(
  view: TraceView,
  args: CheckKinds["handshake_refused"],
): Finding {
  const expected = "the connection refused by the testee, and no frame but a Close";
  const frame = view.received().find((event) => event.frame.body !== "close");
  if (frame !== undefined)
    return {
      ok: false,
      expected,
      seen: `${describeFrame(frame.frame)} was sent`,
      missNs: INEXCUSABLE,
    };
  const end = view.transportEnds[0];
  if (end === undefined) return { ok: false, expected, seen: "it was not refused" };
  const { code } = args;
  const ok = end.how === "refused" || code === undefined || end.code === code;
  return { ok, expected, seen: describeTransportEnd(end) };
}

function describeEnd(view: TraceView): string {
  const end = view.transportEnds[0];
  if (view.close !== undefined) return describeFrame(view.close.frame);
  return end === undefined ? "no end" : describeTransportEnd(end);
}

function describeTransportEnd(end: EndEvent): string {
  const names: Record<EndEvent["how"], string> = {
    fin: "a FIN",
    reset: "a reset",
    "half-close": "a half-close",
    status: "gRPC status",
    "close-code": "WebSocket close",
    refused: "a refusal",
    abort: "an abort",
  };
  const code = end.code === undefined ? "" : ` ${end.code}`;
  return `${names[end.how]}${code}${end.detail === undefined ? "" : ` (${end.detail})`}`;
}
