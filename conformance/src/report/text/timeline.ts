import type { Direction, Trace, TraceEvent, Window } from "../../model.ts";

/** What each sign in a text timeline means, for a legend. */
export const TIMELINE_LEGEND: readonly string[] = [
  "h heartbeat",
  "? probe",
  "d data",
  "c close",
  "u unknown",
  "m malformed",
  "o octets",
  "| end",
  "2-9,* several",
];

const END = "|";
const LABEL_WIDTH = 9;
const NS_PER_MS = 1e6;

/**
 * Draws both directions of a trace in plain characters, with the windows of a check below them.
 * Returns no lines if nothing crossed the wire and there is no window to show.
 */
export function textTimeline(
  trace: Trace,
  width: number,
  windows: readonly Window[] = [],
): readonly string[] {
  const marks = trace.events.flatMap((event) => toMark(event) ?? []);
  if (marks.length === 0 && windows.length === 0) return [];

  const columns = Math.max(20, width - LABEL_WIDTH - 1);
  const times = [...marks.map((mark) => mark.atNs), ...windows.map((window) => window.toNs)];
  const endNs = times.reduce((a, b) => Math.max(a, b), trace.unitMs * NS_PER_MS);
  const columnOf = (atNs: number): number =>
    Math.min(columns - 1, Math.max(0, Math.round((atNs / endNs) * (columns - 1))));

  const lines = [label("ms") + axis(endNs / NS_PER_MS, trace.unitMs, columns)];
  const connections = [...new Set(marks.map((mark) => mark.conn))].sort((a, b) => a - b);
  for (const conn of connections) {
    const suffix = connections.length > 1 ? ` ${conn}` : "";
    for (const direction of ["sent", "received"] as const) {
      const lane = marks.filter((mark) => mark.conn === conn && mark.direction === direction);
      const arrow = direction === "sent" ? "-> peer" : "<- peer";
      lines.push(label(`${arrow}${suffix}`) + drawLane(lane, columns, columnOf));
    }
  }
  for (const window of windows) {
    const kind = window.kind === "expected" ? "expect" : "forbid";
    lines.push(label(kind) + drawWindow(window, columns, columnOf));
  }
  return lines.map((line) => line.trimEnd());
}

interface Mark {
  readonly atNs: number;
  readonly conn: number;
  readonly direction: Direction;
  readonly sign: string;
}

function toMark(event: TraceEvent): Mark | undefined {
  const { atNs, conn } = event;
  switch (event.kind) {
    case "frame":
      return { atNs, conn, direction: event.direction, sign: frameSign(event.frame) };
    case "octets":
      return { atNs, conn, direction: event.direction, sign: "o" };
    case "end":
      return { atNs, conn, direction: event.by === "harness" ? "sent" : "received", sign: END };
    default:
      return undefined;
  }
}

function frameSign(frame: Extract<TraceEvent, { kind: "frame" }>["frame"]): string {
  switch (frame.body) {
    case "heartbeat":
      return frame.heartbeat?.replyRequested === true ? "?" : "h";
    case "data":
      return "d";
    case "close":
      return "c";
    case "malformed":
      return "m";
    default:
      return "u";
  }
}

function drawLane(
  marks: readonly Mark[],
  columns: number,
  columnOf: (atNs: number) => number,
): string {
  const cells = new Map<number, Mark[]>();
  for (const mark of marks) {
    const column = columnOf(mark.atNs);
    cells.set(column, [...(cells.get(column) ?? []), mark]);
  }
  // An end hides no frame, and none hides it: it moves to the next column that is free, of which
  // there is one more than the times need.
  let hasEnded = false;
  const signs: string[] = [];
  for (let column = 0; column < columns || hasEnded; column += 1) {
    const here = cells.get(column) ?? [];
    const frames = here.filter(({ sign }) => sign !== END);
    hasEnded ||= frames.length < here.length;
    if (frames.length > 1) signs.push(frames.length > 9 ? "*" : String(frames.length));
    else if (frames[0] !== undefined) signs.push(frames[0].sign);
    else {
      signs.push(hasEnded ? END : "·");
      hasEnded = false;
    }
  }
  return signs.join("");
}

function drawWindow(window: Window, columns: number, columnOf: (atNs: number) => number): string {
  const from = columnOf(window.fromNs);
  const to = Math.max(from, columnOf(window.toNs));
  const fill = window.kind === "expected" ? "=" : "x";
  const bar = to - from < 2 ? fill.repeat(to - from + 1) : `[${fill.repeat(to - from - 1)}]`;
  const text = window.label.replace(/\s+/g, " ");
  const after = columns - to - 2;
  const before = from - 1;
  if (text.length <= after) return `${" ".repeat(from)}${bar} ${text}`;
  if (text.length <= before) return `${text.padStart(from - 1)} ${bar}`;
  return `${" ".repeat(from)}${bar}`;
}

/** Ticks at whole units, as many as fit without touching. */
function axis(endMs: number, unitMs: number, columns: number): string {
  const widest = String(Math.round(endMs)).length + 3;
  const most = Math.max(1, Math.floor(columns / widest));
  const step = unitMs * niceStep(endMs / unitMs / most);
  let line = "";
  for (let tick = 0; tick <= endMs; tick += step) {
    const text = String(Math.round(tick));
    const column = Math.round((tick / endMs) * (columns - 1));
    if (column + text.length <= columns && column >= line.length) {
      line = line.padEnd(column) + text;
    }
  }
  return line;
}

/** The next of 1, 2, 5, 10, 20, 50 ... that is not below `least`. */
function niceStep(least: number): number {
  let power = 1;
  for (;;) {
    for (const factor of [1, 2, 5]) {
      if (factor * power >= least) return factor * power;
    }
    power *= 10;
  }
}

function label(text: string): string {
  return text.padEnd(LABEL_WIDTH).slice(0, LABEL_WIDTH);
}
