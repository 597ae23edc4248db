/** Checks that no case has to ask for. */
import type { Trace } from "../model.ts";
import { isOfTime } from "./endings.ts";
import { judgeAnswered } from "./frames.ts";
import { describeFrame } from "./match.ts";
import { type Finding, INEXCUSABLE } from "./outcome.ts";
import { window } from "./spans.ts";
import {
  counted,
  type FrameEvent,
  GAVE_UP,
  ms,
  ns,
  type StepEvent,
  type TraceView,
} from "./view.ts";

/** Answers come at once, which is 100 ms [PW-PRB-2]. */
const ANSWER_MS = 100;
/** An answer may have to wait for the one before it [PW-PRB-3]. */
const ANSWER_SPACING_MS = 100;
const CEILING_MS = 3_600_000;
const MAX_FRAME_BYTES = 1_048_576;
const MAX_REASON_BYTES = 512;

/** The label of that, where the testee sent more than could be kept. */
export const FLOOD = "flood";

/** The step in which the harness closes a connection after its last fence. */
export const FAREWELL = "farewell";
/** A received Close ends the connection at once, which is 100 ms [PW-CLS-3]. */
const FAREWELL_MS = 100;

/**
 * The testee let go of the connection when the harness closed it. A heartbeat
 * after a probe may be a coincidence, or an answer by rote: this is the proof
 * that what the harness says reaches somebody.
 */
export function judgeFarewell(view: TraceView, farewell: StepEvent): Finding {
  const expected = `the end of the transport, and no Close, within ${FAREWELL_MS} ms of the Close of the harness (+${view.tolerance.lateMs} ms)`;
  const from = farewell.atNs;
  const latest = from + ns(FAREWELL_MS) + view.late(from, from + ns(FAREWELL_MS));
  const windows = [window("expected", "end", from, latest)];
  const answer = view.received(from).find((event) => event.frame.body === "close");
  if (answer !== undefined) {
    // A Close that has to do with time may have been on its way before ours was there.
    const missNs = isOfTime(answer.frame.close?.code) ? 0 : INEXCUSABLE;
    return { ok: false, expected, seen: "a Close that answers it", windows, missNs };
  }
  const end = view.transportEnds[0];
  if (end === undefined)
    return { ok: false, expected, seen: "it stayed open", windows, missNs: view.lastAt - latest };
  return {
    ok: end.atNs >= from && end.atNs <= latest,
    expected,
    seen: `its end after ${ms(end.atNs - from)}`,
    windows,
    missNs: end.atNs - latest,
  };
}

/** The probe of a fence was answered: the testee lives and listens. */
export function judgeFence(view: TraceView, fence: StepEvent): Finding {
  const label = fence.label;
  if (label === undefined) throw new Error("a fence without a label");
  const before = view
    .sent(fence.atNs - ns(ANSWER_SPACING_MS + ANSWER_MS), fence.atNs - 1)
    .some((event) => event.frame.heartbeat?.replyRequested === true);
  const within = ANSWER_MS + (before ? ANSWER_SPACING_MS : 0);
  return judgeAnswered(view, { probe: label, within: `${within}ms` });
}

/** The case came to its end; undefined if it did, as that alone proves nothing. */
export function judgeSteps(view: TraceView): Finding | undefined {
  const stop = view.gaveUp;
  if (stop === undefined) return undefined;
  return {
    ok: false,
    expected: "every step of the case, as each needs those before it",
    seen: stop.step.slice(GAVE_UP.length),
    // Reading a flood makes us late ourselves.
    ...(stop.label === FLOOD ? { missNs: INEXCUSABLE } : {}),
  };
}

/** Every frame the testee sent is one that the protocol allows at all. */
export function judgeWire(trace: Trace): Finding {
  const expected = "well-formed frames of version 1 with lawful values, and none after Close";
  let count = 0;
  const closed = new Set<number>();
  for (const event of trace.events) {
    if (event.kind !== "frame" || event.direction !== "received") continue;
    count += 1;
    const problem = closed.has(event.conn)
      ? `a ${describeFrame(event.frame)} after its Close`
      : frameProblem(event);
    if (problem !== undefined) return { ok: false, expected, seen: problem, missNs: INEXCUSABLE };
    if (event.frame.body === "close") closed.add(event.conn);
  }
  if (count === 0) return { ok: undefined, expected, seen: "the testee sent no frame" };
  return { ok: true, expected, seen: `so in ${counted(count, "frame")}` };
}

/** What is unlawful about a frame, whoever sends it and whenever; undefined if nothing is. */
export function frameProblem({
  frame,
  bytes,
}: Pick<FrameEvent, "frame" | "bytes">): string | undefined {
  if (frame.body === "malformed" || frame.body === "none" || frame.body === "unknown")
    return `a ${describeFrame(frame)}`;
  if (frame.version !== 1) return `version ${frame.version} in a ${describeFrame(frame)}`;
  if (bytes > MAX_FRAME_BYTES) return `a frame of ${bytes} octets`;
  const time = frame.heartbeat?.heartbeatTimeMs;
  if (time !== undefined && (time < 1 || time > CEILING_MS)) return `heartbeat_time_ms ${time}`;
  if (frame.close?.code === 0) return "a Close with code 0";
  if (new TextEncoder().encode(frame.close?.reason ?? "").length > MAX_REASON_BYTES)
    return "a Close with a reason of more than 512 octets";
  return undefined;
}
