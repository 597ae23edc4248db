import { deadlineOf, dueWindows } from "./timing.js";

// Where everything in a timeline goes. Numbers in, numbers out: nothing here touches the page.

/**
 * @import { Trace, TraceEvent, Window } from "../../../src/model.ts"
 * @import { Deadline, Due } from "./timing.js"
 *
 * @typedef {object} Options
 * @property {number} width In pixels.
 * @property {number} [lateMs] The tolerance, for what was due and did not come.
 * @property {Readonly<Record<string, unknown>>} [config] How the testee was told to behave.
 * @property {boolean} [compact] Only the wire, its windows and the axis.
 *
 * @typedef {(atNs: number) => number} XOf
 * @typedef {"sent" | "received"} Way
 * @typedef {"heartbeat" | "probe" | "data" | "close" | "octets" | "malformed" | "unknown" | "end"} Glyph
 * @typedef {Extract<TraceEvent, { kind: "frame" | "octets" | "end" }>} WireEvent
 *
 * @typedef {object} Mark One event, or several of one kind at nearly the same time.
 * @property {Glyph} glyph
 * @property {number} x
 * @property {number} y
 * @property {number} level How far above the line, where unlike marks coincide.
 * @property {string} label
 * @property {string} text What stands above it.
 * @property {boolean} shown Whether there is room for that.
 * @property {number} textX
 * @property {number[]} events Their indexes in the trace.
 *
 * @typedef {object} Gap
 * @property {number} x1
 * @property {number} x2
 * @property {number} y
 * @property {number} ms
 * @property {string} text
 *
 * @typedef {{ text: string, x: number, y: number, anchor: "start" | "end" }} Words
 * @typedef {{ x: number, w: number, y: number, missed: boolean }} DueBar
 * @typedef {{ x: number, w: number, top: number, bottom: number, text: Words }} DeadlineMark
 *
 * @typedef {object} Lane One direction of one connection.
 * @property {number} conn
 * @property {Way} direction
 * @property {string} title
 * @property {number} top
 * @property {number} y Of its line.
 * @property {number} x1
 * @property {number} x2
 * @property {Mark[]} marks
 * @property {Words | undefined} terminal How it ended.
 * @property {Gap[]} gaps
 * @property {Gap | undefined} silence The longest gap, if it is long enough to be one.
 * @property {DueBar[]} dues
 *
 * @typedef {{ x: number, y: number, row: number, text: string, flipped: boolean }} StepMark
 * @typedef {Window & { x: number, w: number, y: number, label: string, labelX: number, flipped: boolean }} PlacedWindow
 * @typedef {{ x: number, w: number, y: number, h: number, ms: number, most: boolean }} Lag
 * @typedef {{ x: number, ms: number, units: number }} Tick
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {XOf} xOf
 * @property {StepMark[]} steps
 * @property {PlacedWindow[]} windows
 * @property {number} windowsTop
 * @property {Lane[]} lanes
 * @property {number} lanesBottom
 * @property {DeadlineMark[]} deadlines
 * @property {Lag[]} lags
 * @property {number} axisTop
 * @property {Tick[]} ticks
 */

const NS = 1e6;
/** Left and right of what is drawn, in pixels. */
export const PAD = 18;
const STEP_ROW = 15;
const STEP_ROWS = 3;
const WINDOW_ROW = 20;
/** The height of a lane, and from its top to its line. */
const LANE = { full: { height: 84, line: 54 }, compact: { height: 62, line: 40 } };
/** From the line of a lane to that of its gaps. */
const GAP_LINE = 17;
const LAG_STRIP = 34;
const AXIS = 36;
/** Marks nearer than this are one mark, or stand on each other. */
const NEAR = 13;
const STACK = 13;
const LEAST_TICK = 58;

const CLOSE_NAMES = [
  "UNSPECIFIED",
  "NORMAL",
  "GOING_AWAY",
  "HEARTBEAT_TIMEOUT",
  "PROTOCOL_ERROR",
  "UNSUPPORTED_VERSION",
  "FRAME_TOO_LARGE",
  "MESSAGE_TOO_LARGE",
  "TOO_MANY_HEARTBEATS",
  "FIRST_FRAME_TIMEOUT",
  "UNREAD_LIMIT",
  "OUTBOUND_BLOCKED",
  "UPSTREAM_LOST",
  "INTERNAL_ERROR",
];

/**
 * The name of a close code, or the code.
 *
 * @param {number} code
 */
export function closeName(code) {
  return CLOSE_NAMES[code] ?? String(code);
}

/**
 * Lays out a trace, with the windows that are to be shown.
 *
 * @param {Trace} trace
 * @param {readonly Window[]} windows
 * @param {Options} options
 * @returns {Layout}
 */
export function layoutTimeline(trace, windows, { width, lateMs = 0, config, compact = false }) {
  const { unitMs } = trace;
  const events = compact
    ? trace.events.filter((event) => !["step", "lag", "starved"].includes(event.kind))
    : trace.events;
  const connections = [
    ...new Set(events.filter((event) => event.conn >= 0).map((event) => event.conn)),
  ].sort((a, b) => a - b);
  const deadlines = connections.flatMap((conn) => {
    const deadline = deadlineOf(trace.events, conn, config);
    return deadline === undefined ? [] : [{ conn, ...deadline }];
  });
  const ends = [
    ...trace.events.map((event) => event.atNs),
    ...windows.map((window) => window.toNs),
    ...deadlines.map((deadline) => deadline.byNs),
  ];
  const endMs = Math.max(unitMs, ends.reduce((a, b) => Math.max(a, b), 0) / NS);
  const scale = (width - 2 * PAD) / endMs;
  /** @type {XOf} */
  const xOf = (atNs) => PAD + (atNs / NS) * scale;

  let y = 0;
  const steps = placeSteps(events, xOf, width);
  y += steps.rows * STEP_ROW + (steps.rows > 0 ? 6 : 0);
  const windowsTop = y;
  const placed = placeWindows(windows, xOf, width, y);
  y = placed.bottom;

  const size = compact ? LANE.compact : LANE.full;
  /** @type {Lane[]} */
  const lanes = [];
  /** @type {DeadlineMark[]} */
  const placedDeadlines = [];
  for (const conn of connections) {
    const top = y;
    for (const direction of /** @type {Way[]} */ (["sent", "received"])) {
      const way = direction === "sent" ? "harness → peer" : "peer → harness";
      const title = connections.length > 1 ? `connection ${conn}: ${way}` : way;
      const dues = direction === "sent" ? [] : dueWindows(events, conn, lateMs);
      const lane = { conn, direction, title, top: y, line: y + size.line };
      lanes.push(placeLane(events, lane, dues, { unitMs, xOf, endMs, width }));
      y += size.height;
    }
    for (const deadline of deadlines.filter((each) => each.conn === conn))
      placedDeadlines.push(placeDeadline(deadline, xOf, width, top, y));
  }
  const lanesBottom = y;
  const lags = placeLags(events, xOf, y);
  if (lags.length > 0) y += LAG_STRIP;
  return {
    width,
    height: y + AXIS,
    xOf,
    steps: steps.items,
    windows: placed.items,
    windowsTop,
    lanes,
    lanesBottom,
    deadlines: placedDeadlines,
    lags,
    axisTop: y,
    ticks: placeTicks(endMs, unitMs, scale),
  };
}

/**
 * From the deadline to the moment by which the testee had to act on it, across both lanes.
 *
 * @param {Deadline} deadline
 * @param {XOf} xOf
 * @param {number} width
 * @param {number} top
 * @param {number} bottom
 * @returns {DeadlineMark}
 */
function placeDeadline({ atNs, byNs }, xOf, width, top, bottom) {
  const x = xOf(atNs);
  const w = Math.max(2, xOf(byNs) - x);
  const content = `deadline ${Math.round(atNs / NS)} ms`;
  const fits = x + w + content.length * 6.2 + 6 < width;
  const text = /** @type {const} */ ({
    text: content,
    x: fits ? x + w + 4 : x - 4,
    y: bottom - 8,
    anchor: fits ? "start" : "end",
  });
  return { x, w, top, bottom, text };
}

/**
 * What the harness set out to do, in as many rows as it takes, up to a few.
 *
 * @param {readonly TraceEvent[]} events
 * @param {XOf} xOf
 * @param {number} width
 */
function placeSteps(events, xOf, width) {
  /** @type {number[]} */
  const rowEnds = [];
  const items = [];
  for (const event of events) {
    if (event.kind !== "step") continue;
    const text = event.label ?? event.step;
    const x = xOf(event.atNs);
    const room = text.length * 6.1 + 16;
    // Near the right edge the text stands to the left of its tick.
    const flipped = x + room > width && x > room;
    const from = flipped ? x - room : x;
    let row = rowEnds.findIndex((end) => end <= from);
    if (row < 0 && rowEnds.length < STEP_ROWS) row = rowEnds.push(0) - 1;
    // No room: a tick without text. The list of events has it.
    if (row >= 0) rowEnds[row] = from + room;
    items.push({ x, row, text, flipped });
  }
  const rows = rowEnds.length;
  return { items: items.map((item) => ({ ...item, y: (item.row + 1) * STEP_ROW - 4 })), rows };
}

/**
 * Windows side by side where they and their labels fit, and below each other where not.
 *
 * @param {readonly Window[]} windows
 * @param {XOf} xOf
 * @param {number} width
 * @param {number} top
 * @returns {{ items: PlacedWindow[], bottom: number }}
 */
function placeWindows(windows, xOf, width, top) {
  /** @type {[number, number][][]} */
  const rows = [];
  const items = [...windows]
    .sort((a, b) => a.fromNs - b.fromNs)
    .map((window) => {
      const x = xOf(window.fromNs);
      const w = Math.max(3, xOf(window.toNs) - x);
      const label = `${window.kind === "expected" ? "expected" : "forbidden"}: ${window.label}`;
      const text = label.length * 6 + 12;
      const inside = text <= w;
      const right = !inside && x + w + text <= width;
      const flipped = !inside && !right && x > text;
      // Where there is room on neither side, the label may cross its window.
      const across = Math.max(2, Math.min(x + 6, width - text));
      const labelX = inside ? x + 6 : right ? x + w + 6 : flipped ? x - 6 : across;
      const from = flipped ? x - text : Math.min(x, labelX);
      const to = flipped ? x + w : Math.max(x + w, labelX + text);
      let row = rows.findIndex((taken) => taken.every(([a, b]) => to <= a || from >= b));
      if (row < 0) row = rows.push([]) - 1;
      rows[row]?.push([from, to + 6]);
      return { ...window, label, x, w, y: top + row * WINDOW_ROW, labelX, flipped };
    });
  return { items, bottom: top + rows.length * WINDOW_ROW + (rows.length > 0 ? 8 : 0) };
}

/**
 * One direction of one connection: its marks, the gaps between them, and the longest of those.
 *
 * @param {readonly TraceEvent[]} events
 * @param {{ conn: number, direction: Way, title: string, top: number, line: number }} lane
 * @param {Due[]} dues
 * @param {{ unitMs: number, xOf: XOf, endMs: number, width: number }} frame
 * @returns {Lane}
 */
function placeLane(events, { conn, direction, title, top, line: y }, dues, frame) {
  const { unitMs, xOf, endMs, width } = frame;
  const own = events.flatMap((event, index) =>
    event.conn === conn && isOnWire(event) && directionOf(event) === direction
      ? [{ event, index }]
      : [],
  );
  const opened = events.find((event) => event.conn === conn && event.kind === "open");
  const ended = events.find((event) => event.conn === conn && event.kind === "end");
  const marks = placeMarks(own, y, xOf, width);
  const terminal = placeTerminal(marks, title, top, width);
  const fromNs = opened?.atNs ?? events.find((event) => event.conn === conn)?.atNs ?? 0;
  const toNs = ended?.atNs ?? endMs * NS;

  const wire = own.filter(({ event }) => event.kind !== "end").map(({ event }) => event.atNs);
  const gaps = gapsBetween([fromNs, ...wire, Math.max(toNs, wire.at(-1) ?? 0)], y, xOf);
  const longest = gaps.toSorted((a, b) => b.ms - a.ms)[0];
  // The silence: only where something could have been said, and long enough to be one.
  const silence = longest !== undefined && longest.ms >= 1.5 * unitMs ? longest : undefined;
  return {
    conn,
    direction,
    title,
    top,
    y,
    x1: xOf(fromNs),
    x2: xOf(toNs),
    marks,
    terminal,
    gaps: gaps.filter((gap) => gap !== silence),
    silence,
    dues: dues.flatMap(({ fromNs: from, toNs: to, missed }) => {
      const w = xOf(to) - xOf(from);
      // A smear of bars tells nothing; one that was missed always does.
      return w < 3 && !missed ? [] : [{ x: xOf(from), w: Math.max(3, w), y, missed }];
    }),
  };
}

/**
 * @param {number[]} stops
 * @param {number} y
 * @param {XOf} xOf
 * @returns {Gap[]}
 */
function gapsBetween(stops, y, xOf) {
  return stops.slice(1).flatMap((to, index) => {
    const from = stops[index] ?? to;
    const ms = (to - from) / NS;
    const gap = { x1: xOf(from), x2: xOf(to), y: y + GAP_LINE, ms, text: gapText(ms) };
    return gap.x2 - gap.x1 >= 34 ? [gap] : [];
  });
}

/**
 * Whether an event crossed the wire, and so has a place on a lane.
 *
 * @param {TraceEvent} event
 * @returns {event is WireEvent}
 */
export function isOnWire(event) {
  return event.kind === "frame" || event.kind === "octets" || event.kind === "end";
}

/**
 * Which lane an event belongs to.
 *
 * @param {WireEvent} event
 * @returns {Way}
 */
export function directionOf(event) {
  if (event.kind === "end") return event.by === "harness" ? "sent" : "received";
  return event.direction;
}

/**
 * @param {{ event: WireEvent, index: number }[]} own
 * @param {number} y
 * @param {XOf} xOf
 * @param {number} width
 * @returns {Mark[]}
 */
function placeMarks(own, y, xOf, width) {
  /** @type {Mark[]} */
  const marks = [];
  for (const { event, index } of own) {
    const x = xOf(event.atNs);
    const glyph = glyphOf(event);
    const near =
      glyph === "end" ? [] : marks.filter((mark) => mark.glyph !== "end" && x - mark.x < NEAR);
    const same = near.find((mark) => mark.glyph === glyph);
    if (same !== undefined) {
      same.events.push(index);
      continue;
    }
    const level = near.length % 3;
    const label = labelOf(event);
    const placed = { glyph, x, y: y - level * STACK, level, label, events: [index] };
    marks.push({ ...placed, text: "", shown: false, textX: x });
  }
  return placeLabels(marks, width);
}

/**
 * Labels stand above their marks, and only where they run into nothing.
 *
 * @param {Mark[]} marks
 * @param {number} width
 * @returns {Mark[]}
 */
function placeLabels(marks, width) {
  let taken = Number.NEGATIVE_INFINITY;
  return marks.map((mark) => {
    const count = mark.events.length;
    // How it ended has a place of its own, in the first line of the lane.
    const said = mark.glyph === "end" || mark.glyph === "close" ? "" : mark.label;
    const text = count > 1 ? `${count}×` : said;
    const half = (text.length * 6.2) / 2;
    // At the edges it stands beside the middle of its mark, so that all of it is seen.
    const textX = Math.min(Math.max(mark.x, half + 2), width - half - 2);
    const covered = marks.some(
      (other) => other !== mark && other.level > 0 && Math.abs(other.x - mark.x) < half + 8,
    );
    const shown =
      mark.level === 0 && text !== "" && !covered && (textX - half > taken + 3 || count > 1);
    if (shown) taken = textX + half;
    return { ...mark, text, shown, textX };
  });
}

/**
 * In words, how a direction ended: its Close and the end of its transport.
 *
 * @param {Mark[]} marks
 * @param {string} title
 * @param {number} top
 * @param {number} width
 * @returns {Words | undefined}
 */
function placeTerminal(marks, title, top, width) {
  const last = marks.filter((mark) => mark.glyph === "close" || mark.glyph === "end").slice(-2);
  const mark = last.at(-1);
  if (mark === undefined) return undefined;
  const text = last.map((each) => each.label).join(", ");
  const room = text.length * 6.4 + 8;
  const titleEnd = 6 + title.length * 6.4 + 12;
  if (mark.x - room > titleEnd) return { text, x: mark.x - 5, y: top + 15, anchor: "end" };
  if (mark.x + room < width)
    return { text, x: Math.max(titleEnd, mark.x + 5), y: top + 15, anchor: "start" };
  return { text, x: width - 4, y: top + 15, anchor: "end" };
}

/**
 * The sign of an event: a shape each, so that colour is not needed to tell them apart.
 *
 * @param {WireEvent} event
 * @returns {Glyph}
 */
export function glyphOf(event) {
  if (event.kind === "octets") return "octets";
  if (event.kind === "end") return "end";
  if (event.frame.body === "heartbeat") {
    return event.frame.heartbeat?.replyRequested === true ? "probe" : "heartbeat";
  }
  return event.frame.body === "none" ? "unknown" : event.frame.body;
}

/** @param {WireEvent} event */
function labelOf(event) {
  if (event.kind === "octets") return `${event.bytes} B`;
  if (event.kind === "end") return event.how;
  const { frame } = event;
  switch (frame.body) {
    case "heartbeat":
      return frame.heartbeat?.heartbeatTimeMs === undefined
        ? "passive"
        : String(frame.heartbeat.heartbeatTimeMs);
    case "data":
      return `${frame.data?.bytes ?? event.bytes} B`;
    case "close":
      return closeName(frame.close?.code ?? 0);
    default:
      return frame.body;
  }
}

/**
 * @param {readonly TraceEvent[]} events
 * @param {XOf} xOf
 * @param {number} top
 * @returns {Lag[]}
 */
function placeLags(events, xOf, top) {
  const lags = events.filter((event) => event.kind === "lag");
  const most = lags.reduce((a, lag) => Math.max(a, lag.lagNs), 0);
  return lags.map((lag) => {
    const height = Math.max(2, (lag.lagNs / most) * (LAG_STRIP - 18));
    const x = xOf(Math.max(0, lag.atNs - lag.lagNs));
    return {
      x,
      w: Math.max(2, xOf(lag.atNs) - x),
      y: top + LAG_STRIP - height - 2,
      h: height,
      ms: lag.lagNs / NS,
      most: lag.lagNs === most,
    };
  });
}

/**
 * Ticks at units, as many as can be read; at parts of a unit where one is wide.
 * They begin after the padding on the left.
 *
 * @param {number} endMs
 * @param {number} unitMs
 * @param {number} scale
 * @returns {Tick[]}
 */
export function placeTicks(endMs, unitMs, scale) {
  const widest = 700;
  const fits = (/** @type {number} */ units) => units * unitMs * scale >= LEAST_TICK;
  const whole = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000];
  const parts = unitMs * scale > widest ? [0.05, 0.1, 0.25, 0.5] : [];
  const step = [...parts, ...whole].find(fits) ?? 10_000;
  const count = Math.floor((endMs + 1e-6) / (step * unitMs));
  return Array.from({ length: count + 1 }, (_, index) => {
    const units = Math.round(index * step * 100) / 100;
    return { x: PAD + units * unitMs * scale, ms: Math.round(units * unitMs * 100) / 100, units };
  });
}

/** @param {number} ms */
function gapText(ms) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
