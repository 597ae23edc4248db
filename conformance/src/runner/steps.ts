/** What each verb of a case does. */

import { buildSending } from "../cases/config.ts";
import { buildFrame } from "../cases/frames.ts";
import type { HandshakeSketch, Step, TesteeArgs } from "../cases/model.ts";
import { FAREWELL } from "../judge/always.ts";
import { describeMatch, matches } from "../judge/match.ts";
import { toleranceFor } from "../judge/tolerance.ts";
import type { TraceEvent } from "../model.ts";
import type { Manners } from "../peers/peer.ts";
import { encodeFrame } from "../wire/encode.ts";
import { fromHex } from "../wire/hex.ts";
import { concat } from "../wire/protobuf.ts";
import { closePayload, Opcode, webSocketFrame } from "../wire/websocket-messages.ts";
import type { CaseConnection } from "./connection.ts";
import { type Execution, GaveUpError } from "./execution.ts";

/** An answer may have to wait for the one before it, and then comes at once [PW-PRB-2, PW-PRB-3]. */
const ANSWER_MS = 200;
/** Beyond all that the judge allows: waiting longer cannot change a verdict. */
const BEYOND_MS = 320;
/** The code of a Close that ends a connection because it is no longer needed. */
const NORMAL = 1;

/** What a step waits for beside its own time, so that the judge and not the step decides what is late. */
function patienceMs({ context }: Execution): number {
  return toleranceFor(context.unitMs).lateMs + BEYOND_MS;
}

/** Carries out one step; returns when the next may begin. */
export async function performStep(run: Execution, step: Step): Promise<void> {
  const mark = (label: string | undefined = step.as): void => run.mark(step.conn, step.verb, label);
  const frameOf = (sketch: Parameters<typeof buildFrame>[0]): Uint8Array =>
    buildFrame(sketch, run.context.unitMs);

  switch (step.verb) {
    case "connect": {
      mark();
      run.cursor = run.recorder.events.length;
      const sketch = step.args.refused_config ?? run.context.spec.testee;
      await run.connect(step, mannersOf(step.args.handshake, step.args.linger), sketch);
      return;
    }
    case "wait":
      await run.sleep(run.time(step.args));
      mark();
      return;
    case "expect":
      await expectFrame(run, step);
      return;
    case "expect_end":
      await expectEnd(run, step);
      return;
    case "testee":
      mark();
      run.cursor = run.recorder.events.length;
      await commandTestee(run, step.conn, step.args);
      return;
    default:
  }

  const connection = run.connection(step.conn);
  const { peer } = connection;
  run.cursor = run.recorder.events.length;
  switch (step.verb) {
    case "send":
      mark();
      connection.sendFrame(frameOf(step.args));
      return;
    case "join":
      mark();
      sendTogether(run, connection, step.args.map(frameOf));
      return;
    case "burst":
      mark();
      sendTogether(run, connection, Array(step.args.count).fill(frameOf(step.args.frame)));
      return;
    case "beat": {
      mark();
      const frame = frameOf(step.args.frame);
      connection.every(run.time(step.args.every), () => connection.sendFrame(frame));
      return;
    }
    case "stop":
      mark();
      connection.stopBackground();
      return;
    case "repeat": {
      const frame = frameOf(step.args.frame);
      for (let sent = 0; sent < step.args.count; sent += 1) {
        if (sent > 0) await run.sleep(run.time(step.args.every));
        if (sent === step.args.count - 1) mark();
        connection.sendFrame(frame);
      }
      return;
    }
    case "slice":
      await sendSlices(run, connection, step, frameOf(step.args.frame));
      return;
    case "finish_slice": {
      mark();
      if (connection.kept === undefined) throw new Error("finish_slice without a slice");
      run.recorder.frame("sent", step.conn, connection.kept.frame);
      peer.sendOctets(connection.kept.rest);
      connection.kept = undefined;
      return;
    }
    case "announce": {
      mark();
      const head = peer.head(step.args.bytes);
      run.recorder.octets(
        "sent",
        step.conn,
        head,
        `the head of a frame of ${step.args.bytes} octets`,
      );
      peer.sendOctets(head);
      return;
    }
    case "raw": {
      mark();
      const octets = fromHex(step.args.octets);
      run.recorder.octets("sent", step.conn, octets, step.args.what);
      peer.sendOctets(octets);
      return;
    }
    case "text":
      mark();
      run.recorder.octets("sent", step.conn, Buffer.from(step.args), "websocket text");
      peer.sendText(step.args);
      return;
    case "ping":
      mark();
      ping(run, connection);
      return;
    case "ping_every":
      mark();
      connection.every(run.time(step.args), () => ping(run, connection));
      return;
    case "pause":
      mark();
      peer.pause();
      return;
    case "resume":
      mark();
      connection.readAll();
      return;
    case "sip":
      mark();
      connection.sipEvery(run.time(step.args.every), step.args.bytes);
      return;
    case "half_close":
      mark();
      run.recorder.record({ kind: "end", conn: step.conn, by: "harness", how: "half-close" });
      peer.halfClose();
      return;
    case "end":
      mark();
      run.recorder.record({ kind: "end", conn: step.conn, by: "harness", how: "fin" });
      if (step.args.websocket === undefined) peer.end(step.args.code);
      else {
        // The harness is the client where the testee listens, and clients mask.
        const masked = run.context.role === "listen";
        const payload = closePayload(step.args.websocket);
        peer.sendOctets(webSocketFrame(Opcode.close, payload, masked));
        peer.halfClose();
      }
      return;
    case "reset":
      mark();
      run.recorder.record({ kind: "end", conn: step.conn, by: "harness", how: "reset" });
      peer.reset();
      return;
    case "fence":
      await fence(run, connection, step.as);
      return;
  }
}

function mannersOf(sketch: HandshakeSketch | undefined, linger: boolean | undefined): Manners {
  const { subprotocol, compression, path, withhold_headers } = sketch ?? {};
  return {
    ...(subprotocol === undefined
      ? {}
      : { subprotocol: subprotocol === "none" ? null : subprotocol }),
    ...(compression === undefined ? {} : { offerCompression: compression }),
    ...(path === undefined ? {} : { path }),
    ...(withhold_headers === undefined ? {} : { withholdHeaders: withhold_headers }),
    ...(linger === undefined ? {} : { linger }),
    // The harness takes any client: what it offers and calls is for the judge to see.
    anySubprotocol: true,
    anyMethod: true,
    anyResponse: true,
  };
}

function sendTogether(
  run: Execution,
  connection: CaseConnection,
  frames: readonly Uint8Array[],
): void {
  for (const frame of frames) run.recorder.frame("sent", connection.index, frame);
  connection.peer.sendOctets(concat(frames.map((frame) => connection.peer.framed(frame))));
}

async function sendSlices(
  run: Execution,
  connection: CaseConnection,
  step: Step & { readonly verb: "slice" },
  frame: Uint8Array,
): Promise<void> {
  const { pieces, every, keep = 0 } = step.args;
  const whole = connection.peer.framed(frame);
  const octets = whole.subarray(0, whole.length - keep);
  const size = Math.ceil(octets.length / pieces);
  for (let at = 0; at < octets.length; at += size) {
    if (at > 0) await run.sleep(run.time(every));
    const piece = octets.subarray(at, at + size);
    const isLast = at + size >= octets.length;
    if (isLast) run.mark(step.conn, step.verb, step.as);
    if (isLast && keep === 0) run.recorder.frame("sent", step.conn, frame);
    else run.recorder.octets("sent", step.conn, piece, "a piece of a frame");
    connection.peer.sendOctets(piece);
  }
  if (keep > 0) connection.kept = { rest: whole.subarray(whole.length - keep), frame };
}

function ping(run: Execution, connection: CaseConnection): void {
  const what = run.context.transport === "ws" ? "websocket ping" : "http2 ping";
  run.recorder.octets("sent", connection.index, new Uint8Array(0), what);
  connection.peer.ping();
}

/** Sends a probe without a heartbeat-time, which changes nothing, and waits for the answer. */
async function fence(
  run: Execution,
  connection: CaseConnection,
  as: string | undefined,
): Promise<void> {
  const { label, timestamp } = run.nextFence();
  run.mark(connection.index, "fence", label);
  if (as !== undefined) run.mark(connection.index, "fence label", as);
  connection.sendFrame(encodeFrame({ heartbeat: { replyRequested: true, timestamp } }));
  const isAnswer = (event: TraceEvent): boolean => {
    if (event.kind !== "frame" || event.direction !== "received") return false;
    const { heartbeat } = event.frame;
    if (event.conn !== connection.index || heartbeat === undefined) return false;
    if (heartbeat.replyRequested === true) return false;
    return heartbeat.echo === undefined || heartbeat.echo === timestamp;
  };
  await awaitEvent(run, connection, isAnswer, ANSWER_MS + patienceMs(run));
}

/**
 * Says goodbye on a connection that is open at the end, and waits until the
 * testee has let go of it.
 */
export async function sayFarewell(run: Execution, connection: CaseConnection): Promise<void> {
  // After a Close nothing more is sent [PW-CLS-2].
  connection.stopBackground();
  run.mark(connection.index, FAREWELL, FAREWELL);
  connection.sendFrame(encodeFrame({ close: { code: NORMAL } }));
  const limitMs = ANSWER_MS + patienceMs(run);
  await run.until(() => (connection.isGone ? true : undefined), limitMs);
}

async function expectFrame(
  run: Execution,
  step: Step & { readonly verb: "expect" },
): Promise<void> {
  const { match, within } = step.args;
  const { unitMs } = run.context;
  const connection = run.connection(step.conn);
  const found = await awaitEvent(
    run,
    connection,
    (event) =>
      event.kind === "frame" &&
      event.direction === "received" &&
      event.conn === step.conn &&
      matches(event.frame, match, unitMs),
    run.time(within) + patienceMs(run),
  );
  if (found === undefined) {
    const outcome = connection.isGone ? "the connection ended before one came" : "none came";
    throw new GaveUpError(
      `waited ${run.time(within)} ms for ${describeMatch(match, unitMs)}, and ${outcome}`,
    );
  }
  run.mark(step.conn, `expect ${describeMatch(match, unitMs)}`, step.as, found.atNs);
}

async function expectEnd(
  run: Execution,
  step: Step & { readonly verb: "expect_end" },
): Promise<void> {
  const connection = run.connection(step.conn);
  // Until the transport is gone, so that all of the end is on record; that it comes is for the judge.
  await run.until(
    () => (connection.isGone ? true : undefined),
    run.limit(run.time(step.args.within) + patienceMs(run)),
  );
  run.mark(step.conn, step.verb, step.as);
}

/** The first such event after the cursor, which then moves behind it. */
async function awaitEvent(
  run: Execution,
  connection: CaseConnection,
  isIt: (event: TraceEvent) => boolean,
  limitMs: number,
): Promise<TraceEvent | undefined> {
  let at = run.cursor;
  const outcome = await run.until<TraceEvent | "gone">(() => {
    for (; at < run.recorder.events.length; at += 1) {
      const event = run.recorder.events[at] as TraceEvent;
      if (isIt(event)) return event;
    }
    return connection.isGone ? "gone" : undefined;
  }, run.limit(limitMs));
  if (outcome === undefined || outcome === "gone") return undefined;
  run.cursor = at + 1;
  return outcome;
}

async function commandTestee(run: Execution, conn: number, args: TesteeArgs): Promise<void> {
  if ("stall" in args) {
    await run.command(conn, { cmd: "stall", ms: Math.round(run.time(args.stall)) });
    return;
  }
  if ("suspend" in args) {
    await run.command(conn, { cmd: "suspend", ms: Math.round(run.time(args.suspend)) });
    return;
  }
  const id = await run.testeeId(run.connection(conn));
  if ("send" in args)
    await run.command(conn, {
      cmd: "send",
      conn: id,
      ...buildSending(args.send, run.context.unitMs),
    });
  else if ("close" in args) {
    const { code, reason_bytes } = args.close;
    await run.command(conn, {
      cmd: "close",
      conn: id,
      ...(code === undefined ? {} : { code }),
      // Three octets a character: a cut at a fixed number of octets would leave half of one.
      ...(reason_bytes === undefined ? {} : { reason: "\u20ac".repeat(reason_bytes / 3) }),
    });
  } else await run.command(conn, { cmd: "read", conn: id });
}
