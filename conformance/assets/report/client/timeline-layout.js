// Where everything in a timeline goes. Numbers in, numbers out: nothing here touches the page.

const NS = 1e6;
const PAD = 18;
const STEP_ROW = 15;
const STEP_ROWS = 3;
const WINDOW_ROW = 20;
const LANE = 84;
/** From the top of a lane to its line, and from there to the line of the gaps. */
const LANE_LINE = 54;
const GAP_LINE = 17;
const LAG_STRIP = 34;
const AXIS = 36;
/** Marks nearer than this are one mark, or stand on each other. */
const NEAR = 13;
const STACK = 13;

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

/** The name of a close code, or the code. */
export function closeName(code) {
  return CLOSE_NAMES[code] ?? String(code);
}

/** Lays out a trace in `width` pixels, with the windows that are to be shown. */
export function layoutTimeline(trace, windows, width) {
  const { events, unitMs } = trace;
  const ends = [...events.map((event) => event.atNs), ...windows.map((window) => window.toNs)];
  const endMs = Math.max(unitMs, ends.reduce((a, b) => Math.max(a, b), 0) / NS);
  const scale = (width - 2 * PAD) / endMs;
  const xOf = (atNs) => PAD + (atNs / NS) * scale;

  let y = 0;
  const steps = placeSteps(events, xOf, width);
  y += steps.rows * STEP_ROW + (steps.rows > 0 ? 6 : 0);
  const windowsTop = y;
  const placed = placeWindows(windows, xOf, width, y);
  y = placed.bottom;

  const connections = [
    ...new Set(events.filter((event) => event.conn >= 0).map((event) => event.conn)),
  ].sort((a, b) => a - b);
  const lanes = [];
  for (const conn of connections) {
    for (const direction of ["sent", "received"]) {
      const name = direction === "sent" ? "harness → peer" : "peer → harness";
      const title = connections.length > 1 ? `connection ${conn}: ${name}` : name;
      lanes.push(placeLane(events, { conn, direction, title, top: y, unitMs, xOf, endMs, width }));
      y += LANE;
    }
  }
  const lanesBottom = y;
  const lags = placeLags(events, xOf, y);
  if (lags.length > 0) y += LAG_STRIP;
  return {
    width,
    height: y + AXIS,
    endMs,
    xOf,
    steps: steps.items,
    windows: placed.items,
    windowsTop,
    lanes,
    lanesBottom,
    lags,
    axisTop: y,
    ticks: placeTicks(endMs, unitMs, scale),
  };
}

/** What the harness set out to do, in as many rows as it takes, up to a few. */
function placeSteps(events, xOf, width) {
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

/** Windows side by side where they and their labels fit, and below each other where not. */
function placeWindows(windows, xOf, width, top) {
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
      rows[row].push([from, to + 6]);
      return { ...window, label, x, w, y: top + row * WINDOW_ROW, labelX, flipped };
    });
  return { items, bottom: top + rows.length * WINDOW_ROW + (rows.length > 0 ? 8 : 0) };
}

/** One direction of one connection: its marks, the gaps between them, and the longest of those. */
function placeLane(events, { conn, direction, title, top, unitMs, xOf, endMs, width }) {
  const y = top + LANE_LINE;
  const own = events
    .map((event, index) => ({ event, index }))
    .filter(({ event }) => event.conn === conn && directionOf(event) === direction);
  const opened = events.find((event) => event.conn === conn && event.kind === "open");
  const ended = events.find((event) => event.conn === conn && event.kind === "end");
  const marks = placeMarks(own, y, xOf);
  const terminal = placeTerminal(marks, title, top, width);
  const fromNs = opened?.atNs ?? events.find((event) => event.conn === conn)?.atNs ?? 0;
  const toNs = ended?.atNs ?? endMs * NS;

  const wire = own.filter(({ event }) => event.kind !== "end").map(({ event }) => event.atNs);
  const stops = [fromNs, ...wire, Math.max(toNs, wire.at(-1) ?? 0)];
  const gaps = stops.slice(1).flatMap((to, index) => {
    const from = stops[index];
    const ms = (to - from) / NS;
    const gap = { x1: xOf(from), x2: xOf(to), y: y + GAP_LINE, ms };
    return gap.x2 - gap.x1 >= 34 ? [{ ...gap, text: gapText(ms) }] : [];
  });
  const longest = gaps.reduce((a, b) => (a === undefined || b.ms > a.ms ? b : a), undefined);
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
  };
}

/** Which lane an event belongs to, if any. */
export function directionOf(event) {
  if (event.kind === "frame" || event.kind === "octets") return event.direction;
  if (event.kind === "end") return event.by === "harness" ? "sent" : "received";
  return undefined;
}

function placeMarks(own, y, xOf) {
  const marks = [];
  for (const { event, index } of own) {
    const x = xOf(event.atNs);
    const glyph = glyphOf(event);
    const label = labelOf(event);
    if (glyph === "end") {
      marks.push({ glyph, x, y, level: 0, label, events: [index] });
      continue;
    }
    const near = marks.filter((mark) => mark.glyph !== "end" && x - mark.x < NEAR);
    const same = near.find((mark) => mark.glyph === glyph);
    if (same !== undefined) {
      same.events.push(index);
      continue;
    }
    const level = near.length % 3;
    marks.push({ glyph, x, y: y - level * STACK, level, label, events: [index] });
  }
  return placeLabels(marks);
}

/** Labels stand above their marks, and only where they run into nothing. */
function placeLabels(marks) {
  let taken = Number.NEGATIVE_INFINITY;
  return marks.map((mark) => {
    const count = mark.events.length;
    // How it ended has a place of its own, in the first line of the lane.
    const said = mark.glyph === "end" || mark.glyph === "close" ? "" : mark.label;
    const text = count > 1 ? `${count}×` : said;
    const half = (text.length * 6.2) / 2;
    const covered = marks.some(
      (other) => other !== mark && other.level > 0 && Math.abs(other.x - mark.x) < half + 8,
    );
    const shown =
      mark.level === 0 && text !== "" && !covered && (mark.x - half > taken + 3 || count > 1);
    if (shown) taken = mark.x + half;
    return { ...mark, text, shown };
  });
}

/** In words, how a direction ended: its Close and the end of its transport. */
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

/** The sign of an event: a shape each, so that colour is not needed to tell them apart. */
export function glyphOf(event) {
  if (event.kind === "octets") return "octets";
  if (event.kind === "end") return "end";
  if (event.frame.body === "heartbeat") {
    return event.frame.heartbeat?.replyRequested === true ? "probe" : "heartbeat";
  }
  return event.frame.body === "none" ? "unknown" : event.frame.body;
}

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

/** Ticks at whole units, as many as can be read. */
function placeTicks(endMs, unitMs, scale) {
  let step = 1;
  for (let power = 1; step * unitMs * scale < 58; power *= 10) {
    step = [1, 2, 5].map((f) => f * power).find((f) => f * unitMs * scale >= 58) ?? 10 * power;
  }
  const ticks = [];
  for (let units = 0; units * unitMs <= endMs + 1e-6; units += step) {
    ticks.push({ x: PAD + units * unitMs * scale, ms: units * unitMs, units });
  }
  return ticks;
}

function gapText(ms) {
  return ms < 10 ? ms.toFixed(1) : String(Math.round(ms));
}
