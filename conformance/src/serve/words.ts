/** What a case asks of a peer, and what the harness does, in words for a person. */
import { buildConfig } from "../cases/config.ts";
import { buildFrame } from "../cases/frames.ts";
import type { CaseSpec, FrameSketch, SendingSketch, Step } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { describeFrame, describeMatch } from "../judge/match.ts";
import type { Role, TraceEvent } from "../model.ts";
import { decodeFrame } from "../wire/decode.ts";

const KEY_WIDTH = 24;

/** How the peer must be configured, a line for each key. */
export function configLines({ testee }: CaseSpec, unitMs: number): string[] {
  const config = buildConfig(testee, unitMs);
  const rows: [string, string][] = [
    ["heartbeat_time_ms", config.heartbeat_time_ms === undefined ? "none: it is passive" : ""],
    ...Object.entries(config).map(([key, value]): [string, string] => [key, JSON.stringify(value)]),
  ];
  return rows
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `  ${key.padEnd(KEY_WIDTH)}${value}`);
}

/** What a step does. */
export function stepInWords(step: Step, unitMs: number, role: Role): string {
  const ms = (text: string): string => `${Math.round(parseTime(text, unitMs))} ms`;
  const frame = (sketch: FrameSketch): string =>
    describeFrame(decodeFrame(buildFrame(sketch, unitMs)));
  const on = step.conn === 0 ? "" : ` on connection ${step.conn}`;
  switch (step.verb) {
    case "connect":
      return `${role === "listen" ? "dial the peer" : "wait for the peer to dial"}${on}`;
    case "wait":
      return `wait ${ms(step.args)}`;
    case "send":
      return `send a ${frame(step.args)}${on}`;
    case "join":
      return `send in one write: ${step.args.map(frame).join("; ")}${on}`;
    case "burst":
      return `send ${step.args.count} times in one write: ${frame(step.args.frame)}${on}`;
    case "repeat":
      return `send ${step.args.count} times, every ${ms(step.args.every)}: ${frame(step.args.frame)}${on}`;
    case "beat":
      return `send from now on, every ${ms(step.args.every)}: ${frame(step.args.frame)}${on}`;
    case "slice":
      return `send in ${step.args.pieces} pieces, ${ms(step.args.every)} apart: ${frame(step.args.frame)}${on}`;
    case "expect":
      return `wait for ${describeMatch(step.args.match, unitMs)}, due within ${ms(step.args.within)}${on}`;
    case "expect_end":
      return `wait for the end of the connection, due within ${ms(step.args.within)}${on}`;
    case "fence":
      return `send a probe, which must be answered${on}`;
    case "testee":
      return `you: ${instruction(step, ms)}${on}`;
    case "stop":
      return `stop whatever is sent again and again${on}`;
    case "finish_slice":
      return `send the rest of the frame${on}`;
    case "announce":
      return `send the head of a frame of ${step.args.bytes} octets, and no more${on}`;
    case "raw":
      return `send ${step.args.what}${on}`;
    case "text":
      return `send the text message "${step.args}"${on}`;
    case "ping":
      return `send a ping of the transport${on}`;
    case "ping_every":
      return `send a ping of the transport every ${ms(step.args)}${on}`;
    case "pause":
      return `stop reading${on}`;
    case "resume":
      return `read again${on}`;
    case "sip":
      return `read ${step.args.bytes} octets every ${ms(step.args.every)}${on}`;
    case "half_close":
      return `end this direction of the transport${on}`;
    case "end":
      return `end the transport${on}`;
    case "reset":
      return `cut the transport${on}`;
  }
}

function instruction(
  { args }: Step & { readonly verb: "testee" },
  ms: (text: string) => string,
): string {
  if ("send" in args) return `let the application send ${messages(args.send, ms)}`;
  if ("read" in args) return "let the application read its messages";
  if ("stall" in args) return `stop the whole process for ${ms(args.stall)}, and let it go on`;
  if ("suspend" in args)
    return `make it believe that its machine was suspended for ${ms(args.suspend)}`;
  const { code, reason_bytes } = args.close;
  const why = reason_bytes === undefined ? "" : ` and a reason of ${reason_bytes} octets`;
  return `let the application close the connection${code === undefined ? "" : ` with code ${code}`}${why}`;
}

function messages(
  { bytes, text, repeat = 1, every }: SendingSketch,
  ms: (text: string) => string,
): string {
  const what = text === undefined ? `a message of ${bytes ?? 0} octets` : `the message "${text}"`;
  const often = repeat === 1 ? "" : ` ${repeat} times`;
  return `${what}${often}${every === undefined ? "" : `, every ${ms(every)}`}`;
}

/** One thing that happened, for whoever looks on; undefined for what needs no line. */
export function eventInWords(event: TraceEvent): string | undefined {
  const at = `${(event.atNs / 1e6).toFixed(0).padStart(8)} ms`;
  const on = event.conn > 0 ? ` [${event.conn}]` : "";
  switch (event.kind) {
    case "open":
      return `${at}    connected${on}`;
    case "frame":
      return `${at} ${event.direction === "sent" ? "->" : "<-"} ${describeFrame(event.frame)}${on}`;
    case "octets":
      return `${at} ${event.direction === "sent" ? "->" : "<-"} ${event.what}${on}`;
    case "end":
      return `${at} ${event.by === "harness" ? "->" : "<-"} end: ${event.how}${event.code === undefined ? "" : ` ${event.code}`}${event.detail === undefined ? "" : ` (${event.detail})`}${on}`;
    default:
      return undefined;
  }
}
