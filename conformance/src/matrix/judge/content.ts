/** Checks on what the frames hold: that they are lawful, and that messages arrive whole and in order. */
import { frameProblem } from "../../judge/always.ts";
import { describeFrame } from "../../judge/match.ts";
import { type Finding, INEXCUSABLE } from "../../judge/outcome.ts";
import { counted, ms } from "../../judge/view.ts";
import { SUBPROTOCOL } from "../../peers/peer.ts";
import type { PairEvent } from "../model.ts";
import { handshakeOf, isProvocation, type PairFrame, type SideView } from "./pair-view.ts";

type Message = PairFrame & Required<Pick<PairFrame, "message">>;
type Sent = Extract<PairEvent, { kind: "command"; command: "send" }>;

/** Every frame is one that the protocol allows at all. */
export function judgeFrames(side: SideView): Finding | undefined {
  const expected = "well-formed frames of version 1 with lawful values, and none after Close";
  let isClosed = false;
  for (const event of side.sent) {
    const problem = isClosed
      ? `${describeFrame(event.frame)} after its Close`
      : frameProblem(event);
    if (problem !== undefined) return { ok: false, expected, seen: problem, missNs: INEXCUSABLE };
    isClosed = event.frame.body === "close";
  }
  const stray = strayOctets(side);
  if (stray !== undefined) return { ok: false, expected, seen: stray, missNs: INEXCUSABLE };
  if (side.sent.length === 0) return undefined;
  return { ok: true, expected, seen: `so in ${counted(side.sent.length, "frame")}` };
}

/** What is no frame, no handshake and no business of the transport. */
function strayOctets({ pair, side }: SideView): string | undefined {
  for (const event of pair.trace.events)
    if (event.kind === "octets" && event.from === side && isProvocation(event.what))
      if (!event.what.startsWith("websocket handshake"))
        // The handshake has a check of its own.
        return event.what;
  return undefined;
}

/** What the application was told to say stands on the wire, whole and in order. */
export function judgeSays(side: SideView): Finding | undefined {
  const { pair } = side;
  const told = pair.trace.events.filter(
    (event): event is Sent =>
      event.kind === "command" && event.command === "send" && event.side === side.side,
  );
  if (told.length === 0) return undefined;
  const expected = `${counted(told.length, "message")}, whole and in order`;
  const said = messagesOf(side);
  const odd = said.findIndex((message, index) => !isMessage(message, told[index]));
  if (odd >= 0) {
    const seen = `as number ${odd + 1} ${describeMessage(said[odd])}`;
    return { ok: false, expected, seen, missNs: INEXCUSABLE };
  }
  const missing = told[said.length];
  if (missing !== undefined) {
    const latest = missing.atNs + pair.unitNs + pair.late(missing.atNs, missing.atNs + pair.unitNs);
    const seen = `${said.length} of them`;
    if (side.dutyNs > latest && !side.isDisturbed(missing.atNs, latest))
      return { ok: false, expected, seen, missNs: side.dutyNs - latest };
    return {
      ok: said.length > 0 ? true : undefined,
      expected,
      seen: `${seen}, and then it was over`,
    };
  }
  return { ok: true, expected, seen: "so" };
}

/** What reached it comes back, whole and in order. */
export function judgeEchoes(side: SideView): Finding | undefined {
  const { pair, config } = side;
  if (config.reply !== "echo") return undefined;
  const heard = messagesOf(side.other).filter(({ deliveredNs }) => deliveredNs !== undefined);
  if (heard.length === 0) return undefined;
  const expected = `${counted(heard.length, "message")} sent back, whole and in order`;
  const echoes = messagesOf(side);
  const odd = echoes.findIndex((echo, index) => {
    const original = heard[index];
    const isSame =
      original?.message.sum === echo.message.sum && original.message.bytes === echo.message.bytes;
    return !isSame || (original.deliveredNs ?? 0) > echo.atNs;
  });
  if (odd >= 0) {
    const seen = `as number ${odd + 1} ${describeMessage(echoes[odd])} for ${describeMessage(heard[odd])}`;
    return { ok: false, expected, seen, missNs: INEXCUSABLE };
  }
  const missing = heard[echoes.length];
  if (missing !== undefined) {
    const from = side.awakeNs(missing.deliveredNs ?? 0);
    const latest = from + pair.unitNs + pair.late(from, from + pair.unitNs);
    const seen = `${echoes.length} of them`;
    if (side.dutyNs > latest && !side.isDisturbed(from, latest))
      return {
        ok: false,
        expected,
        seen: `${seen} by ${ms(side.dutyNs)}`,
        missNs: side.dutyNs - latest,
      };
    return {
      ok: echoes.length > 0 ? true : undefined,
      expected,
      seen: `${seen}, and then it was over`,
    };
  }
  return { ok: true, expected, seen: "so" };
}

/** The listener selects the subprotocol, and no compression. */
export function judgeSubprotocol(side: SideView): Finding | undefined {
  const handshake = handshakeOf(side);
  // A refusal selects nothing.
  if (handshake === undefined || isRefusal(side, handshake)) return undefined;
  const expected = `the subprotocol ${SUBPROTOCOL} ${side.side === "dialer" ? "offered" : "selected"}`;
  const seen = /subprotocol ([^;]*)/.exec(handshake)?.[1] ?? "none";
  const ok = seen.split(/,\s*/).includes(SUBPROTOCOL);
  return { ok, expected, seen, missNs: INEXCUSABLE };
}

function isRefusal({ side }: SideView, handshake: string): boolean {
  return side === "listener" && !handshake.includes(" 101 ");
}

export function judgeCompression(side: SideView): Finding | undefined {
  const handshake = handshakeOf(side);
  if (handshake === undefined || side.side === "dialer") return undefined;
  const seen = /extensions (.*)$/.exec(handshake)?.[1] ?? "none";
  return {
    ok: !seen.includes("permessage-deflate"),
    expected: "no permessage-deflate negotiated",
    seen,
    missNs: INEXCUSABLE,
  };
}

/** The messages that a side sent, by the frames that completed them. */
function messagesOf(side: SideView): Message[] {
  return side.sent.filter((event): event is Message => event.message !== undefined);
}

function isMessage({ message, frame }: Message, told: Sent | undefined): boolean {
  if (told === undefined || message.bytes !== told.bytes) return false;
  return told.text === undefined || frame.data?.text === told.text;
}

function describeMessage(message: Message | undefined): string {
  if (message === undefined) return "nothing";
  const { text } = message.frame.data ?? {};
  return text === undefined ? `a message of ${message.message.bytes} octets` : `"${text}"`;
}
