import { closeName, PAD, placeTicks } from "../timeline-layout.js";

// Where everything in a ladder goes: two sides, and between them what one sent and the other had.
// Numbers in, numbers out: nothing here touches the page.

/**
 * @import { Window } from "../../../../src/model.ts"
 * @import { FaultMoment, Side } from "../../../../src/matrix/model.ts"
 * @import { RunEvent } from "../../../../src/matrix/report/page-data.ts"
 * @import { Glyph, Tick } from "../timeline-layout.js"
 *
 * @typedef {Extract<RunEvent, { kind: "frame" | "octets" | "end" }>} Passing
 *
 * @typedef {object} LadderMark What one side sent, where it was read.
 * @property {Glyph} glyph
 * @property {number} x
 * @property {number} y
 * @property {string} label
 * @property {boolean} shown Whether there is room for that.
 * @property {number} labelY
 * @property {number[]} events Their indexes in the run.
 *
 * @typedef {object} Rung The way of a frame to the other side, or as far as it came.
 * @property {Side} from
 * @property {number} x1
 * @property {number} y1
 * @property {number} x2
 * @property {number} y2
 * @property {boolean} arrives
 *
 * @typedef {object} Rail One side.
 * @property {Side} side
 * @property {string} title
 * @property {number} y
 * @property {number} x1
 * @property {number} x2
 * @property {LadderMark[]} marks
 * @property {{ text: string, x: number, y: number, anchor: "start" | "end" } | undefined} terminal
 * @property {{ x: number, w: number, text: string } | undefined} stop While its process was kept from running.
 *
 * @typedef {Window & { x: number, w: number, y: number, labelX: number, flipped: boolean }} LadderWindow
 * @typedef {{ x: number, text: string, flipped: boolean }} Moment
 * @typedef {{ x: number, w: number, text: string, side: Side | undefined }} Hole
 *
 * @typedef {object} Ladder
 * @property {number} width
 * @property {number} height
 * @property {(at: number) => number} xOf Of a time in tenths of a millisecond.
 * @property {Rail[]} rails
 * @property {Rung[]} rungs
 * @property {LadderWindow[]} windows
 * @property {number} windowsTop
 * @property {Moment[]} moments
 * @property {Hole | undefined} hole
 * @property {{ x: number, w: number }[]} lags
 * @property {number} axisTop
 * @property {Tick[]} ticks
 */

/** Tenths of a millisecond in one. */
const TENTHS = 10;
const NS_PER_TENTH = 1e5;
const MOMENT_ROW = 18;
const LADDER_WINDOW_ROW = 20;
/** From the top of what a side has to its rail, and from rail to rail. */
const OUTER = 74;
const INNER = 118;
/** Marks nearer than this stand on each other, away from the middle. */
const CLOSE_BY = 13;
const STEP_UP = 13;
const MOST_STACKED = 3;
/** What did not arrive came this far, as a part of the way. */
const LOST = 0.42;

/** @type {Record<FaultMoment, string>} */
const MOMENT_WORDS = {
  "black hole": "black hole",
  reset: "reset",
  kill: "killed",
  stop: "stopped",
  continue: "goes on",
  collect: "collects",
  collected: "done",
};

/**
 * @param {readonly RunEvent[]} events
 * @param {readonly Window[]} windows
 * @param {{ width: number, unitMs: number, names: Record<Side, string>, fault: string }} options
 * @returns {Ladder}
 */
export function layoutLadder(events, windows, { width, unitMs, names, fault }) {
  const last = Math.max(
    ...events.map(({ at }) => at),
    ...windows.map(({ toNs }) => toNs / NS_PER_TENTH),
    unitMs * TENTHS,
  );
  const endMs = last / TENTHS;
  const scale = (width - 2 * PAD) / endMs;
  const xOf = (/** @type {number} */ at) => PAD + (at / TENTHS) * scale;

  const moments = placeMoments(events, xOf, width);
  const windowsTop = moments.length > 0 ? MOMENT_ROW : 0;
  const placed = placeLadderWindows(windows, xOf, width, windowsTop);
  const top = placed.bottom;
  const y = { dialer: top + OUTER, listener: top + OUTER + INNER };
  const axisTop = y.listener + OUTER;
  const stop = placeStop(events, xOf, fault);
  return {
    width,
    height: axisTop + 36,
    xOf,
    rails: /** @type {Side[]} */ (["dialer", "listener"]).map((side) =>
      placeRail(events, side, y[side], {
        xOf,
        width,
        title: `${names[side]} (${side})`,
        stop: stop?.victim === side ? stop : undefined,
      }),
    ),
    rungs: events.flatMap((event) => placeRung(event, y, xOf)),
    windows: placed.items,
    windowsTop,
    moments,
    hole: placeHole(events, xOf, last, fault),
    lags: events.flatMap((event) => {
      if (event.kind !== "lag") return [];
      const x = xOf(Math.max(0, event.at - event.for));
      return [{ x, w: Math.max(2, xOf(event.at) - x) }];
    }),
    axisTop,
    ticks: placeTicks(endMs, unitMs, scale),
  };
}

/**
 * What the harness did, but for what it had the applications say.
 *
 * @param {readonly RunEvent[]} events
 * @param {(at: number) => number} xOf
 * @param {number} width
 * @returns {Moment[]}
 */
function placeMoments(events, xOf, width) {
  return events.flatMap((event) => {
    const text =
      event.kind === "fault"
        ? MOMENT_WORDS[event.what]
        : event.kind === "command" && event.what === "close"
          ? `the ${event.side} is told to close`
          : undefined;
    if (text === undefined) return [];
    const x = xOf(event.at);
    return [{ x, text, flipped: x + text.length * 6.2 + 12 > width }];
  });
}

/**
 * Windows below each other, each with its label where there is room.
 *
 * @param {readonly Window[]} windows
 * @param {(at: number) => number} xOf
 * @param {number} width
 * @param {number} top
 */
function placeLadderWindows(windows, xOf, width, top) {
  const items = windows.map((window, index) => {
    const x = xOf(window.fromNs / NS_PER_TENTH);
    const w = Math.max(3, xOf(window.toNs / NS_PER_TENTH) - x);
    const label = `${window.kind}: ${window.label}`;
    const room = label.length * 6 + 12;
    const isRight = x + w + room <= width;
    const flipped = !isRight && x > room;
    const labelX = isRight ? x + w + 6 : flipped ? x - 6 : Math.max(2, Math.min(x, width - room));
    return { ...window, label, x, w, y: top + index * LADDER_WINDOW_ROW, labelX, flipped };
  });
  return { items, bottom: top + items.length * LADDER_WINDOW_ROW + (items.length > 0 ? 8 : 0) };
}

/**
 * @param {readonly RunEvent[]} events
 * @param {Side} side
 * @param {number} y
 * @param {{ xOf: (at: number) => number, width: number, title: string, stop: { x: number, w: number, text: string } | undefined }} frame
 * @returns {Rail}
 */
function placeRail(events, side, y, { xOf, width, title, stop }) {
  const opened = events.find((event) => event.kind === "open" && event.side === side);
  const own = events.flatMap((event, index) =>
    isPassing(event) && event.from === side ? [{ event, index }] : [],
  );
  const ended = own.findLast(({ event }) => event.kind === "end");
  const finish = events.findLast((event) => event.kind === "finish");
  const x2 = xOf(ended?.event.at ?? finish?.at ?? events.at(-1)?.at ?? 0);
  const marks = placeMarksOn(own, side, y, xOf);
  const last = own
    .filter(({ event }) => event.kind === "end" || isClose(event))
    .slice(-3)
    .map(({ event }) => passingLabel(event));
  const text = [...new Set(last)].join(", ");
  const room = text.length * 6.4 + 14;
  const isRight = x2 + room < width;
  const terminal =
    text === ""
      ? undefined
      : {
          text,
          x: isRight ? x2 + 9 : x2 - 9,
          y: y + 4 + (isRight ? 0 : side === "dialer" ? -42 : 46),
          anchor: /** @type {"start" | "end"} */ (isRight ? "start" : "end"),
        };
  return { side, title, y, x1: xOf(opened?.at ?? 0), x2, marks, terminal, stop };
}

/**
 * Marks where they are; what is too near stands on what was before, away from the middle.
 *
 * @param {{ event: Passing, index: number }[]} own
 * @param {Side} side
 * @param {number} y
 * @param {(at: number) => number} xOf
 * @returns {LadderMark[]}
 */
function placeMarksOn(own, side, y, xOf) {
  const out = side === "dialer" ? -1 : 1;
  /** @type {(LadderMark & { level: number })[]} */
  const marks = [];
  for (const { event, index } of own) {
    // Handshakes and pings of the transport would hide what it carries; the table has them.
    if (event.kind === "octets") continue;
    const x = xOf(event.at);
    const glyph = ladderGlyph(event);
    const near =
      glyph === "end" ? [] : marks.filter((mark) => mark.glyph !== "end" && x - mark.x < CLOSE_BY);
    const same = near.findLast((mark) => mark.glyph === glyph);
    if (same !== undefined && near.length >= MOST_STACKED) {
      same.events.push(index);
      continue;
    }
    const level = near.length;
    marks.push({
      glyph,
      x,
      y: y + out * level * STEP_UP,
      level,
      label: passingLabel(event),
      shown: false,
      labelY: 0,
      events: [index],
    });
  }
  let taken = Number.NEGATIVE_INFINITY;
  return marks.map(({ level, ...mark }) => {
    const above = marks.filter(
      (other) =>
        other.glyph !== "end" && other.level > level && Math.abs(other.x - mark.x) < CLOSE_BY,
    );
    const half = mark.label.length * 3.1;
    const said = mark.glyph !== "end" && mark.glyph !== "close";
    const shown = said && above.length === 0 && mark.x - half > taken + 3;
    if (shown) taken = mark.x + half;
    return { ...mark, shown, labelY: mark.y + (out < 0 ? -10 : 18) };
  });
}

/**
 * @param {RunEvent} event
 * @param {Record<Side, number>} y
 * @param {(at: number) => number} xOf
 * @returns {Rung[]}
 */
function placeRung(event, y, xOf) {
  if (event.kind !== "frame" && event.kind !== "end") return [];
  const { from, at, after } = event;
  const y1 = y[from];
  const whole = y[from === "dialer" ? "listener" : "dialer"] - y1;
  const x1 = xOf(at);
  if (after === undefined)
    return event.kind === "end"
      ? []
      : [{ from, x1, y1, x2: x1, y2: y1 + whole * LOST, arrives: false }];
  return [{ from, x1, y1, x2: xOf(at + after), y2: y1 + whole, arrives: true }];
}

/**
 * @param {readonly RunEvent[]} events
 * @param {(at: number) => number} xOf
 * @param {number} last
 * @param {string} fault
 * @returns {Hole | undefined}
 */
function placeHole(events, xOf, last, fault) {
  const began = events.find((event) => event.kind === "fault" && event.what === "black hole");
  if (began === undefined) return undefined;
  const x = xOf(began.at);
  const side = fault.endsWith("-to-dialer")
    ? "dialer"
    : fault.endsWith("-to-listener")
      ? "listener"
      : undefined;
  const text = side === undefined ? "nothing arrives" : `nothing reaches the ${side}`;
  return { x, w: xOf(last) - x, text, side };
}

/**
 * @param {readonly RunEvent[]} events
 * @param {(at: number) => number} xOf
 * @param {string} fault
 */
function placeStop(events, xOf, fault) {
  const moment = (/** @type {FaultMoment[]} */ ...whats) =>
    events.find((event) => event.kind === "fault" && whats.includes(event.what));
  const from = moment("stop", "collect", "kill");
  if (from === undefined) return undefined;
  const to = moment("continue", "collected") ?? events.at(-1);
  const x = xOf(from.at);
  const victim = fault.endsWith("-dialer") ? "dialer" : "listener";
  const text = from.kind === "fault" ? MOMENT_WORDS[from.what] : "";
  return { victim, x, w: Math.max(3, xOf(to?.at ?? from.at) - x), text };
}

/**
 * Whether an event crossed the wire, or was to.
 *
 * @param {RunEvent} event
 * @returns {event is Passing}
 */
export function isPassing(event) {
  return event.kind === "frame" || event.kind === "octets" || event.kind === "end";
}

/** @param {Passing} event */
function isClose(event) {
  return event.kind === "frame" && event.frame.body === "close";
}

/**
 * @param {Passing} event
 * @returns {Glyph}
 */
export function ladderGlyph(event) {
  if (event.kind === "octets") return "octets";
  if (event.kind === "end") return "end";
  const { body, heartbeat } = event.frame;
  if (body === "heartbeat") return heartbeat?.replyRequested === true ? "probe" : "heartbeat";
  return body === "none" ? "unknown" : body;
}

/** @param {Passing} event */
function passingLabel(event) {
  if (event.kind === "octets") return event.what;
  if (event.kind === "end")
    return event.code === undefined ? event.how : `${event.how} ${event.code}`;
  const { body, heartbeat, data, close } = event.frame;
  switch (body) {
    case "heartbeat":
      return heartbeat?.heartbeatTimeMs === undefined ? "–" : String(heartbeat.heartbeatTimeMs);
    case "data":
      return data?.text === undefined ? `${data?.bytes ?? event.bytes} B` : "";
    case "close":
      return closeName(close?.code ?? 0);
    default:
      return body;
  }
}
