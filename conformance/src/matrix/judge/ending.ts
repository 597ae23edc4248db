/** Checks on the end of a connection: who may end it, who must, when, and how [PW-LIV, PW-CLK, PW-CLS]. */
import { type Finding, INEXCUSABLE } from "../../judge/outcome.ts";
import { window } from "../../judge/spans.ts";
import { ms, ns } from "../../judge/view.ts";
import { closeCodeName, webSocketCodeFor } from "../../wire/close-codes.ts";
import type { EndHow } from "../model.ts";
import {
  AT_ONCE_MS,
  handshakeOf,
  isProvocation,
  type PairEnd,
  type PairFrame,
  type SideView,
} from "./pair-view.ts";

const NORMAL = 1;
const HEARTBEAT_TIMEOUT = 3;
/** How long a side may wait for the other to let go of the transport [PW-CLS-8]. */
const LINGER_MS = 2_000;

/** The connection came about; if it did not, by whose fault. */
export function judgeConnects(side: SideView): Finding {
  const expected = "a connection";
  if (side.openNs !== undefined)
    return { ok: true, expected, seen: `one, after ${ms(side.openNs)}` };
  if (waitsForOther(side))
    return { ok: undefined, expected, seen: "none, as the other side did not do its part" };
  // A handshake has its limits in time, and those are not ours to know.
  return { ok: false, expected, seen: "none", missNs: 0 };
}

/** Whether a handshake has come to where it is the turn of the other side. */
function waitsForOther(side: SideView): boolean {
  switch (side.pair.setup.transport) {
    case "tcp":
      return side.side === "listener" && side.other.openNs === undefined;
    case "ws":
      return side.side === "dialer"
        ? isOffer(handshakeOf(side))
        : !isOffer(handshakeOf(side.other));
    case "grpc":
      // The call arrives or it does not: all that its server can do is to let go before that.
      return side.side === "listener" && !hasLeft(side);
  }
}

/** Whether it ended of its own. */
function hasLeft({ endedNs, reasonNs }: SideView): boolean {
  return endedNs !== undefined && endedNs < (reasonNs ?? Number.POSITIVE_INFINITY);
}

function isOffer(handshake: string | undefined): boolean {
  return handshake !== undefined && !isProvocation(handshake);
}

/** It ends nothing without a reason: it was told to, or its peer had been silent for too long. */
export function judgeStays(side: SideView): Finding | undefined {
  if (side.openNs === undefined) return undefined;
  const { pair, endedNs, reasonNs } = side;
  const patience = side.patienceMs(endedNs ?? pair.lastAt);
  const expected =
    patience === undefined
      ? "no end of its own, as it has no deadline"
      : `no end of its own before ${patience + side.slackMs} ms of silence (-${pair.tolerance.earlyMs} ms)`;
  if (endedNs === undefined || (reasonNs !== undefined && reasonNs <= endedNs))
    return { ok: true, expected, seen: `none by ${ms(side.dutyNs)}` };
  const lives = side.lastLives(endedNs);
  const [life = 0] = lives;
  const how = describeEnding(side);
  const seen = `${how} after ${ms(endedNs - life)} of silence, ${ms(endedNs)} after the beginning`;
  const windows = [window("forbidden", `an end by the ${side.side}`, life, endedNs)];
  const missNs = Math.min(...lives.map((each) => earlyEnd(side, each, endedNs)));
  return { ok: missNs <= 0, expected, seen, windows, missNs };
}

/** By how much an end is too early, if this was the last life before it. */
function earlyEnd(side: SideView, life: number, endedNs: number): number {
  const patience = side.patienceMs(life);
  if (patience === undefined) return INEXCUSABLE;
  return life + ns(patience + side.slackMs) - side.earlyAfter(life) - endedNs;
}

/** A peer that was silent for too long is declared down, in time. */
export function judgeDown(side: SideView): Finding | undefined {
  const { pair, endedNs } = side;
  let finding: Finding | undefined;
  for (const { fromNs, toNs } of side.silences) {
    const patience = side.patienceMs(fromNs);
    const effective = side.effectiveMs(fromNs);
    if (patience === undefined || effective === undefined) continue;
    if (side.isDisturbed(fromNs, toNs)) continue;
    const deadline = fromNs + ns(patience + side.slackMs);
    const bound = deadline + ns(Math.max(effective / 4, 100));
    const latest = bound + pair.late(deadline, bound);
    // Until then nothing but its own clock gave it a reason.
    const until = Math.min(toNs, side.reasonNs ?? toNs);
    if (until < deadline) continue;
    const windows = [
      window("expected", `the ${side.side} declares its peer down`, deadline, latest),
    ];
    const expected = `the end between ${patience + side.slackMs} and ${Math.round((bound - fromNs) / 1e6)} ms of silence (+${pair.tolerance.lateMs} ms)`;
    const isOwn = endedNs !== undefined && endedNs < (side.reasonNs ?? Number.POSITIVE_INFINITY);
    if (isOwn && endedNs <= latest) {
      const seen = `${describeEnding(side)} after ${ms(endedNs - fromNs)}`;
      finding ??= { ok: true, expected, seen, windows };
    } else if (until > latest) {
      const missNs = (endedNs ?? until) - latest;
      const seen =
        endedNs === undefined
          ? `still open after ${ms(until - fromNs)}`
          : `${describeEnding(side)} after ${ms(endedNs - fromNs)}`;
      return { ok: false, expected, seen, windows, missNs };
    }
  }
  return finding;
}

/** It says why, with a Close. */
export function judgeSaysWhy(side: SideView): Finding | undefined {
  if (judgeDown(side)?.ok !== true) return undefined;
  const expected = `Close ${closeCodeName(HEARTBEAT_TIMEOUT)}`;
  const code = side.close?.frame.close?.code;
  const seen = code === undefined ? "no Close" : `Close ${closeCodeName(code)}`;
  // What we had not read is lost with a transport that is cut.
  const isLost =
    code === undefined && side.ends.some(({ how }) => how === "reset" || how === "cancel");
  const missNs = isLost ? 0 : INEXCUSABLE;
  return { ok: code === HEARTBEAT_TIMEOUT, expected, seen, missNs };
}

/** After its Close it ends the transport, as its binding says. */
export function judgeLetsGo(side: SideView): Finding | undefined {
  const { close, pair } = side;
  if (close === undefined) return undefined;
  const { transport } = pair.setup;
  const code = close.frame.close?.code ?? 0;
  const mayWait = transport === "grpc" && side.side === "listener" && code !== NORMAL;
  const within = mayWait ? LINGER_MS : AT_ONCE_MS;
  const proper = properEnds(side, code);
  const expected = `${proper.words} within ${within} ms of its Close (+${pair.tolerance.lateMs} ms)`;
  const due = close.atNs + ns(within);
  const latest = due + pair.late(close.atNs, due);
  const windows = [window("expected", `end by the ${side.side}`, close.atNs, latest)];
  const end = side.ends.find(({ atNs }) => atNs >= close.atNs);
  if (isCallOver(side, end?.atNs ?? latest))
    return { ok: true, expected, seen: "the other side had ended the call", windows };
  if (end === undefined) {
    if (pair.lastAt < latest || side.cutNs !== undefined)
      return { ok: undefined, expected, seen: "it was over before", windows };
    return { ok: false, expected, seen: "it stayed open", windows, missNs: pair.lastAt - latest };
  }
  const seen = `${describeEnd(end)} after ${ms(end.atNs - close.atNs)}`;
  // Who has let go answers with a reset what we bring too late.
  const wrongly = end.how === "reset" ? 0 : INEXCUSABLE;
  if (!proper.fits(end)) return { ok: false, expected, seen, windows, missNs: wrongly };
  return { ok: end.atNs <= latest, expected, seen, windows, missNs: end.atNs - latest };
}

/** Who declares its peer down waits for nobody: the socket itself is let go of. */
export function judgeGone(side: SideView): Finding | undefined {
  const { pair, endedNs } = side;
  // Over gRPC the connection is the call; the socket may serve another.
  if (pair.setup.transport === "grpc" || endedNs === undefined) return undefined;
  if (judgeDown(side)?.ok !== true) return undefined;
  const expected = `the end of its socket within ${AT_ONCE_MS} ms of the verdict (+${pair.tolerance.lateMs} ms)`;
  const latest = pair.atOnce(endedNs);
  const windows = [window("expected", `socket of the ${side.side}`, endedNs, latest)];
  const end = side.ends.find(({ how }) => how === "fin" || how === "reset");
  if (end === undefined) {
    if (pair.lastAt < latest)
      return { ok: undefined, expected, seen: "it was over before", windows };
    return { ok: false, expected, seen: "it stayed open", windows, missNs: pair.lastAt - latest };
  }
  const seen = `${describeEnd(end)} after ${ms(end.atNs - endedNs)}`;
  return { ok: end.atNs <= latest, expected, seen, windows, missNs: end.atNs - latest };
}

/** Whose application closes says so. */
export function judgeGoodbye(side: SideView): Finding | undefined {
  const { pair, commandedNs, endedNs, close } = side;
  if (commandedNs === undefined || (side.toldNs ?? Number.POSITIVE_INFINITY) < commandedNs)
    return undefined;
  // It was over before, for a reason of its own.
  if (endedNs !== undefined && pair.happened(endedNs) <= commandedNs) return undefined;
  if (close !== undefined && isWarranted(side, close)) return undefined;
  const expected = `Close ${closeCodeName(NORMAL)} within ${AT_ONCE_MS} ms of the word of the application (+${pair.tolerance.lateMs} ms)`;
  const latest = pair.atOnce(commandedNs);
  const windows = [window("expected", `Close of the ${side.side}`, commandedNs, latest)];
  if (close === undefined)
    return {
      ok: false,
      expected,
      seen: side.ends[0] === undefined ? "nothing" : describeEnd(side.ends[0]),
      windows,
      missNs: side.ends[0] === undefined ? pair.lastAt - latest : INEXCUSABLE,
    };
  const code = close.frame.close?.code;
  const seen = `Close ${closeCodeName(code ?? 0)} after ${ms(close.atNs - commandedNs)}`;
  if (code !== NORMAL) return { ok: false, expected, seen, windows, missNs: INEXCUSABLE };
  return { ok: close.atNs <= latest, expected, seen, windows, missNs: close.atNs - latest };
}

/** Who is told that it is over lets go at once, and says nothing more. */
export function judgeHeeds(side: SideView): Finding | undefined {
  const { pair, toldNs, endedNs } = side;
  if (toldNs === undefined || side.openNs === undefined) return undefined;
  // It had ended of its own before it could know.
  if (endedNs !== undefined && endedNs <= toldNs) return undefined;
  if ((side.cutNs ?? Number.POSITIVE_INFINITY) <= toldNs) return undefined;
  const from = side.awakeNs(toldNs);
  const latest = pair.atOnce(from);
  const expected = `the end of the transport within ${AT_ONCE_MS} ms (+${pair.tolerance.lateMs} ms) of being told, and nothing more sent`;
  const windows = [window("expected", `end by the ${side.side}`, from, latest)];
  const answer = side.close;
  if (answer !== undefined && pair.happened(answer.atNs) > toldNs && !hasOwnReason(side, answer)) {
    const code = answer.frame.close?.code ?? 0;
    const seen = `Close ${closeCodeName(code)} after ${ms(answer.atNs - toldNs)}`;
    // One that has to do with time may have come of what we brought too late.
    const missNs = code === HEARTBEAT_TIMEOUT ? 0 : INEXCUSABLE;
    return { ok: false, expected, seen, windows, missNs };
  }
  // What was on its way when it was told.
  const grace = from + pair.late(from, from);
  const more = side.sent.find((frame) => frame.atNs > grace && frame.frame.body !== "close");
  if (more !== undefined) {
    const seen = `${more.frame.body} after ${ms(more.atNs - from)}`;
    return { ok: false, expected, seen, windows, missNs: more.atNs - grace };
  }
  const end = side.ends.find(({ atNs }) => atNs >= toldNs);
  if (end === undefined && isCallOver(side, latest))
    return { ok: true, expected, seen: "the call was over, and nothing more was sent", windows };
  if (end === undefined) {
    if (pair.lastAt < latest)
      return { ok: undefined, expected, seen: "it was over before", windows };
    return { ok: false, expected, seen: "it stayed open", windows, missNs: pair.lastAt - latest };
  }
  const seen = `${describeEnd(end)} after ${ms(end.atNs - from)}`;
  return { ok: end.atNs <= latest, expected, seen, windows, missNs: end.atNs - latest };
}

/** Over gRPC a status and a cancel are the end of the call for both: there is nothing left to end. */
function isCallOver({ pair, other }: SideView, byNs: number): boolean {
  if (pair.setup.transport !== "grpc") return false;
  return other.ends.some(
    ({ how, deliveredNs = Number.POSITIVE_INFINITY }) =>
      (how === "status" || how === "cancel") && deliveredNs <= byNs,
  );
}

/** Its application closed as well, or its peer had been silent too long when it was told. */
function hasOwnReason(side: SideView, close: PairFrame): boolean {
  if (side.commandedNs !== undefined && side.commandedNs <= close.atNs) return true;
  return isWarranted(side, close);
}

/** Whether a Close for silence had silence enough, by the time anything else gave a reason. */
function isWarranted(side: SideView, { atNs, frame }: PairFrame): boolean {
  if (frame.close?.code !== HEARTBEAT_TIMEOUT) return false;
  const by = side.toldNs ?? atNs;
  const life = side.silences.findLast(({ fromNs }) => fromNs < by)?.fromNs ?? 0;
  const patience = side.patienceMs(life);
  if (patience === undefined || side.isDisturbed(life, atNs)) return false;
  return by - life >= ns(patience + side.slackMs) - side.earlyAfter(life);
}

/** What the process says of its end after a reset: the wire shows nothing any more. */
export function judgeTellsEnd(side: SideView): Finding | undefined {
  const { pair, cutNs } = side;
  if (cutNs === undefined || pair.faultNs("reset") === undefined) return undefined;
  const told = pair.trace.events.find(
    (event) => event.kind === "testee" && event.side === side.side && isEnd(event.event),
  );
  const expected = "the end of the connection told";
  if (told === undefined) return { ok: undefined, expected, seen: "it says nothing of its ends" };
  return { ok: true, expected, seen: `told after ${ms(told.atNs - cutNs)}` };
}

function isEnd(event: unknown): boolean {
  return typeof event === "object" && event !== null && "event" in event && event.event === "end";
}

function properEnds(
  side: SideView,
  code: number,
): { readonly words: string; fits(end: PairEnd): boolean } {
  const among =
    (...hows: readonly EndHow[]) =>
    ({ how }: PairEnd): boolean =>
      hows.includes(how);
  switch (side.pair.setup.transport) {
    case "tcp":
      return { words: "a FIN, and no RST,", fits: among("fin") };
    case "ws": {
      const wanted = webSocketCodeFor(code);
      return {
        words: `a WebSocket close ${wanted}`,
        fits: (end) => end.how === "close-code" && end.code === wanted,
      };
    }
    case "grpc":
      return side.side === "listener"
        ? { words: "the status of the call", fits: among("status") }
        : { words: "a half-close or a cancel", fits: among("half-close", "cancel") };
  }
}

/** How a side ended the connection: its Close, or else what it did to the transport. */
function describeEnding(side: SideView): string {
  const code = side.close?.frame.close?.code;
  if (code !== undefined) return `Close ${closeCodeName(code)}`;
  return side.ends[0] === undefined ? "no end" : describeEnd(side.ends[0]);
}

function describeEnd({ how, code }: PairEnd): string {
  const words: Readonly<Record<EndHow, string>> = {
    fin: "a FIN",
    reset: "a reset",
    "close-code": "WebSocket close",
    "half-close": "a half-close",
    status: "the status of the call",
    cancel: "a cancel",
  };
  return code === undefined ? words[how] : `${words[how]} ${code}`;
}
