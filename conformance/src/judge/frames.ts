/** Checks on single frames: that they come, that they do not, and what is in them. */
import type { CheckKinds } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { describeFrame, describeMatch, describeTraits, matches } from "./match.ts";
import { type Finding, INEXCUSABLE, notReached } from "./outcome.ts";
import { resolve, window } from "./spans.ts";
import { counted, type FrameEvent, ms, ns, type TraceView } from "./view.ts";

export function judgeFirst(view: TraceView, args: CheckKinds["first"]): Finding {
  const { unitMs } = view.trace;
  const what = describeMatch(args.match, unitMs);
  const within = parseTime(args.within, unitMs);
  const notBefore = args.not_before === undefined ? 0 : parseTime(args.not_before, unitMs);
  const expected = `${what} ${notBefore > 0 ? `between ${notBefore} and ${within} ms` : `within ${within} ms`} of "${args.from}" (+${view.tolerance.lateMs} ms)`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const latest = from + ns(within) + view.late(from, from + ns(within));
  const earliest = notBefore === 0 ? from : from + ns(notBefore) - view.earlyAfter(args.from);
  const windows = [window("expected", what, earliest, latest)];
  const found = view.received(from).find((event) => matches(event.frame, args.match, unitMs));
  if (found === undefined)
    return { ok: false, expected, seen: "none", windows, missNs: view.lastAt - latest };
  const seen = `${describeFrame(found.frame)} after ${ms(found.atNs - from)}`;
  const missNs = Math.max(earliest - found.atNs, found.atNs - latest);
  const early = found.atNs < earliest ? { causeBeforeNs: from } : {};
  return { ok: missNs <= 0, expected, seen, windows, missNs, ...early };
}

export function judgeOpensWith(view: TraceView, args: CheckKinds["opens_with"]): Finding {
  const expected = `${describeMatch(args.match, view.trace.unitMs)} before anything else`;
  const first = view.received()[0];
  if (first === undefined) return { ok: false, expected, seen: "no frame" };
  return {
    ok: matches(first.frame, args.match, view.trace.unitMs),
    expected,
    seen: `${describeFrame(first.frame)} first`,
    missNs: INEXCUSABLE,
  };
}

export function judgeNone(view: TraceView, args: CheckKinds["none"]): Finding {
  const { unitMs } = view.trace;
  const what = describeMatch(args.match, unitMs);
  const stretch = resolve(view, args);
  const expected = `not ${what} from "${args.from}" to "${args.to ?? "finish"}"`;
  if (typeof stretch === "string") return notReached(stretch, expected);
  const { from, to } = stretch;
  const windows = [window("forbidden", what, from, to)];
  const found = view.received(from, to).find((event) => matches(event.frame, args.match, unitMs));
  if (found !== undefined)
    return {
      ok: false,
      expected,
      seen: `${describeFrame(found.frame)} after ${ms(found.atNs - from)}`,
      windows,
      // It may have come before the window, and have been seen only in it.
      missNs: found.atNs - from,
    };
  const { endedAt } = view;
  if (args.even_if_ended !== true && endedAt !== undefined && endedAt < to)
    return {
      ok: false,
      expected: `${expected}, on a connection that is open`,
      seen: `the testee ended the connection ${ms(endedAt - from)} after "${args.from}"`,
      windows,
      missNs: view.unitNs,
    };
  return { ok: true, expected, seen: `none in ${ms(to - from)}`, windows };
}

export function judgeEvery(view: TraceView, args: CheckKinds["every"]): Finding {
  const { unitMs } = view.trace;
  const atLeast = args.at_least ?? 1;
  const expected = `${describeTraits(args.has, unitMs)} in each ${args.match.body ?? "frame"}, and ${atLeast} or more of them`;
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const frames = view
    .received(stretch.from, stretch.to)
    .filter((event) => matches(event.frame, args.match, unitMs));
  const windows = [window("expected", args.match.body ?? "frame", stretch.from, stretch.to)];
  const odd = frames.find((event) => !matches(event.frame, args.has, unitMs));
  if (odd !== undefined)
    return {
      ok: false,
      expected,
      seen: `${describeFrame(odd.frame)} after ${ms(odd.atNs - stretch.from)}`,
      windows,
      missNs: odd.atNs - stretch.from,
      wrongValue: true,
    };
  return {
    ok: frames.length >= atLeast,
    expected,
    seen: counted(frames.length, "such frame"),
    windows,
  };
}

export function judgeCount(view: TraceView, args: CheckKinds["count"]): Finding {
  const { unitMs } = view.trace;
  const what = describeMatch(args.match, unitMs);
  const { min = 0, max = Number.POSITIVE_INFINITY } = args;
  const expected = `${what}, ${howOften(min, max)}`;
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const { from, to } = stretch;
  const count = view
    .received(from, to)
    .filter((event) => matches(event.frame, args.match, unitMs)).length;
  return {
    ok: count >= min && count <= max,
    expected,
    seen: `${count} in ${ms(to - from)}`,
    windows: [window("expected", what, from, to)],
  };
}

/** "exactly once", "3 or more times", "5 to 9 times" */
function howOften(min: number, max: number): string {
  if (min === max) return min === 1 ? "exactly once" : `exactly ${min} times`;
  if (max !== Number.POSITIVE_INFINITY) return `${min} to ${max} times`;
  return min === 1 ? "once or more" : `${min} or more times`;
}

/**
 * The heartbeat that answers a probe.
 *
 * A testee that uses timestamps shows by its echo which heartbeat answers; of
 * one that does not, the next heartbeat is taken for the answer.
 */
export function findAnswer(view: TraceView, probedAt: number): FrameEvent | undefined {
  const probe = view
    .sent(probedAt)
    .find((event) => event.frame.heartbeat?.replyRequested === true)?.frame;
  const timestamp = probe?.heartbeat?.timestamp;
  return view.received(probedAt).find(({ frame: { heartbeat } }) => {
    // No answer asks back [PW-PRB-4]: what does is a probe, or our own that was sent back to us.
    if (heartbeat === undefined || heartbeat.replyRequested === true) return false;
    if (timestamp === undefined || heartbeat.echo === undefined) return true;
    return heartbeat.echo === timestamp;
  });
}

export function judgeAnswered(view: TraceView, args: CheckKinds["answered"]): Finding {
  const within = parseTime(args.within, view.trace.unitMs);
  const expected = `a heartbeat that answers within ${within} ms of "${args.probe}" (+${view.tolerance.lateMs} ms)`;
  const from = view.moment(args.probe);
  if (from === undefined) return notReached(args.probe, expected);
  const latest = from + ns(within) + view.late(from, from + ns(within));
  const windows = [window("expected", "answer", from, latest)];
  const answer = findAnswer(view, from);
  if (answer === undefined)
    return { ok: false, expected, seen: "no answer", windows, missNs: view.lastAt - latest };
  return {
    ok: answer.atNs <= latest,
    expected,
    seen: `${describeFrame(answer.frame)} after ${ms(answer.atNs - from)}`,
    windows,
    missNs: answer.atNs - latest,
  };
}

export function judgeDelivers(view: TraceView, args: CheckKinds["delivers"]): Finding {
  const within = parseTime(args.within, view.trace.unitMs);
  const wanted = args.messages.map(String).join(" | ");
  const expected = `the messages ${wanted} back within ${within} ms of "${args.from}"`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const latest = from + ns(within) + view.late(from, from + ns(within));
  const all = joinMessages(view.received(from));
  const messages = all.filter(({ atNs }) => atNs <= latest);
  const ok =
    messages.length === args.messages.length &&
    args.messages.every((want, index) => {
      const got = messages[index];
      return typeof want === "number" ? got?.bytes === want : got?.text === want;
    });
  const seen = messages.map((message) => message.text ?? `${message.bytes} octets`).join(" | ");
  return {
    ok,
    expected,
    seen: seen === "" ? "no message" : seen,
    windows: [window("expected", "messages", from, latest)],
    // Too few may come yet, or have come since; what came wrong stays wrong.
    missNs:
      messages.length < args.messages.length
        ? (all[args.messages.length - 1]?.atNs ?? view.lastAt) - latest
        : INEXCUSABLE,
  };
}

/** A message, and when the last of it came. */
interface Message {
  readonly bytes: number;
  readonly text?: string;
  readonly atNs: number;
}

/** The whole messages that data frames make [PW-DAT-2]. */
function joinMessages(frames: readonly FrameEvent[]): Message[] {
  const messages: Message[] = [];
  let bytes = 0;
  let text: string | undefined = "";
  for (const { frame, atNs } of frames) {
    if (frame.data === undefined) continue;
    bytes += frame.data.bytes;
    const part: string | undefined = frame.data.bytes === 0 ? "" : frame.data.text;
    text = text === undefined || part === undefined ? undefined : text + part;
    if (frame.more === true) continue;
    messages.push({ bytes, atNs, ...(text === undefined ? {} : { text }) });
    bytes = 0;
    text = "";
  }
  return messages;
}

export function judgeRoundTrip(view: TraceView, args: CheckKinds["round_trip"]): Finding {
  const expected =
    args.aspect === "echo"
      ? "in each heartbeat with a timestamp, the last timestamp the harness sent, and none before it sent one"
      : "beside each echo, how long it was held";
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const { from, to } = stretch;
  const windows = [window("expected", args.aspect, from, to)];
  const beats = view
    .received(from, to)
    .filter(({ frame: { heartbeat } }) =>
      args.aspect === "echo"
        ? heartbeat?.timestamp !== undefined || heartbeat?.echo !== undefined
        : heartbeat?.echo !== undefined || heartbeat?.heldUs !== undefined,
    );
  if (beats.length === 0)
    return { ok: undefined, expected, seen: "the testee measures no round trip", windows };
  for (const beat of beats) {
    const problem = args.aspect === "echo" ? echoProblem(view, beat) : heldProblem(view, beat);
    if (problem !== undefined)
      return { ok: false, expected, seen: `${problem} after ${ms(beat.atNs - from)}`, windows };
  }
  return { ok: true, expected, seen: `so in ${counted(beats.length, "heartbeat")}`, windows };
}

function echoProblem(view: TraceView, beat: FrameEvent): string | undefined {
  const echo = beat.frame.heartbeat?.echo;
  const stamped = view
    .sent(0, beat.atNs)
    .filter((event) => event.frame.heartbeat?.timestamp !== undefined);
  // What was sent just before may not have been read yet: the one before it will do as well.
  const settled = stamped.filter((event) => event.atNs <= beat.atNs - view.late(0, beat.atNs));
  const newest = settled.at(-1);
  if (newest === undefined) {
    const known = stamped.some((event) => event.frame.heartbeat?.timestamp === echo);
    return echo === undefined || known ? undefined : `echo ${echo} of nothing`;
  }
  const allowed = stamped.filter((event) => event.atNs >= newest.atNs);
  if (allowed.some((event) => event.frame.heartbeat?.timestamp === echo)) return undefined;
  return echo === undefined ? "no echo" : `echo ${echo}, not ${newest.frame.heartbeat?.timestamp}`;
}

function heldProblem(view: TraceView, beat: FrameEvent): string | undefined {
  const { echo, heldUs } = beat.frame.heartbeat ?? {};
  if (echo === undefined) return "held_us without an echo";
  if (heldUs === undefined) return "an echo without held_us";
  const heard = view
    .sent(0, beat.atNs)
    .findLast((event) => event.frame.heartbeat?.timestamp === echo);
  if (heard === undefined) return `echo ${echo} of nothing`;
  const age = beat.atNs - heard.atNs;
  const held = heldUs * 1e3;
  if (held > age + view.early || held < age - view.late(heard.atNs, beat.atNs))
    return `held_us ${heldUs} of a timestamp that was sent ${ms(age)} before`;
  return undefined;
}

export function judgeOvertakes(view: TraceView, args: CheckKinds["overtakes"]): Finding {
  const { unitMs } = view.trace;
  const what = describeMatch(args.match, unitMs);
  const expected = `${what} before the last ${args.last.body ?? "frame"}`;
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const frames = view.received(stretch.from, stretch.to);
  const windows = [window("expected", what, stretch.from, stretch.to)];
  const last = frames.findLastIndex((event) => matches(event.frame, args.last, unitMs));
  if (last < 0) return { ok: false, expected, seen: "nothing to overtake", windows };
  const first = frames.findIndex((event) => matches(event.frame, args.match, unitMs));
  const behind = frames.length - 1 - last;
  const seen =
    first < 0
      ? "none at all"
      : first < last
        ? `it came ${counted(last - first, "frame")} before the last`
        : `it came after the last, with ${counted(behind, "frame")} behind it`;
  // Of a queue that was not read to its end nobody knows what the last of it is.
  const missNs = view.gaveUp === undefined ? INEXCUSABLE : 0;
  return { ok: first >= 0 && first < last, expected, seen, windows, missNs };
}

export function judgeOctets(view: TraceView, args: CheckKinds["octets"]): Finding {
  const within = parseTime(args.within, view.trace.unitMs);
  const expected = `${args.absent === true ? "not " : ""}"${args.what}" within ${within} ms of "${args.from}"`;
  // A handshake precedes the opening, so "open" stands for the beginning here.
  const from = args.from === "open" ? 0 : view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const latest = (view.moment(args.from) ?? from) + ns(within) + view.late(from, view.lastAt);
  const windows = [window("expected", args.what, from, latest)];
  const all = view.octets(from, latest);
  const found = all.find((event) => event.what.includes(args.what));
  if (args.absent === true && all.length === 0)
    return { ok: undefined, expected, seen: "there was no handshake to look at", windows };
  const seen = found?.what ?? all.map((event) => event.what).join("; ");
  return {
    ok: (found !== undefined) !== (args.absent === true),
    expected,
    seen: seen === "" ? "nothing of the kind" : seen,
    windows,
  };
}
