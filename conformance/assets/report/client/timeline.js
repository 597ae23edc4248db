import { el } from "./dom.js";
import { drawTimeline, legendItems } from "./timeline-draw.js";
import { isOnWire, layoutTimeline } from "./timeline-layout.js";
import { readableTimeline } from "./timeline-view.js";
import { arrowWords, eventWords, hexWords } from "./timeline-words.js";

/**
 * @import { TraceEvent, Window } from "../../../src/model.ts"
 * @import { Cell } from "./model.js"
 * @import { Layout } from "./timeline-layout.js"
 * @import { TimelineView } from "./timeline-view.js"
 */

const MS = 1e6;
/** No drawing of a case is narrower. */
const LEAST_DRAWING = 320;
/** A pointer nearer than this to a mark, in pixels, means it. */
const REACH = 26;

/**
 * The timeline of one result.
 *
 * @param {Cell} cell
 * @returns {TimelineView}
 */
export function timelineView(cell) {
  const { result } = cell;
  const { trace } = result;
  const { events, unitMs } = trace;
  const { lateMs } = cell.column.peer.data.report.tolerance;
  return readableTimeline({
    summary: summaryOf(cell),
    order: [...events.entries()].filter(([, event]) => isOnWire(event)).map(([at]) => at),
    plan: (width, windows) => {
      const { config } = result;
      const options = config === undefined ? { width, lateMs } : { width, lateMs, config };
      const layout = layoutTimeline(trace, windows, options);
      return {
        drawing: drawTimeline(layout),
        axisTop: layout.axisTop,
        xOf: (event) => layout.xOf(events[event]?.atNs ?? 0),
        nearest: (x, y) => nearestMark(layout, x, y),
        legend: legendItems(layout),
      };
    },
    describe: (event) => {
      const found = events[event];
      return found === undefined ? [] : describe(found, unitMs);
    },
    table: eventTable(cell),
  });
}

/**
 * A drawing alone, to be looked at in passing; it is made when it comes into view.
 *
 * @param {Cell} cell
 * @param {readonly Window[]} windows
 */
export function smallTimeline(cell, windows) {
  const { result, column } = cell;
  const element = el("div", { class: "small-timeline" });
  const { lateMs } = column.peer.data.report.tolerance;
  const draw = () => {
    const width = Math.max(LEAST_DRAWING, element.clientWidth);
    const options = { width, lateMs, compact: true };
    const { config } = result;
    element.replaceChildren(
      drawTimeline(
        layoutTimeline(
          result.trace,
          windows,
          config === undefined ? options : { ...options, config },
        ),
      ),
    );
  };
  let drawnAt = 0;
  const resize = new ResizeObserver(() => {
    if (element.clientWidth === drawnAt) return;
    drawnAt = element.clientWidth;
    draw();
  });
  const sight = new IntersectionObserver(
    (entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      sight.disconnect();
      resize.observe(element);
    },
    { rootMargin: "600px" },
  );
  sight.observe(element);
  return element;
}

/**
 * The event of the mark that is nearest to a point, by its index in the trace.
 *
 * @param {Layout} layout
 * @param {number} x
 * @param {number} y
 */
function nearestMark({ lanes }, x, y) {
  /** @type {number | undefined} */
  let best;
  let least = REACH;
  for (const mark of lanes.flatMap((lane) => lane.marks)) {
    // Fingers and mice miss a line more easily than a place on it.
    const distance = Math.hypot(mark.x - x, (mark.y - y) / 2);
    if (distance >= least) continue;
    least = distance;
    best = mark.events[0];
  }
  return best;
}

/** @param {Cell} cell */
function summaryOf({ result: { trace, maxLagMs } }) {
  const count = (/** @type {string} */ direction) =>
    trace.events.filter((event) => event.kind === "frame" && event.direction === direction).length;
  return (
    `Timeline: ${count("sent")} frames from the harness to the peer, ` +
    `${count("received")} from the peer to the harness; harness lag at most ${maxLagMs.toFixed(1)} ms`
  );
}

/**
 * All events as a table, made when it is first opened.
 *
 * @param {Cell} cell
 */
function eventTable({ result: { trace }, omission }) {
  const { events, unitMs } = trace;
  const left = omission?.events ?? 0;
  const details = el(
    "details",
    { class: "events" },
    el("summary", {}, `All events (${events.length + left})`),
  );
  const heads = ["ms", "units", "conn", "direction", "what", "octets"];
  const fillTable = () => {
    if (left > 0)
      details.append(
        el("p", { class: "hint" }, `${left} events in the middle are only in report.json.`),
      );
    details.append(
      el(
        "div",
        { class: "scroller", tabindex: 0, role: "region", "aria-label": "All events" },
        el(
          "table",
          { class: "list" },
          el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)))),
          el("tbody", {}, ...events.map((event) => eventRow(event, unitMs))),
        ),
      ),
    );
  };
  details.addEventListener("toggle", fillTable, { once: true });
  return details;
}

/**
 * @param {TraceEvent} event
 * @param {number} unitMs
 */
function eventRow(event, unitMs) {
  const ms = event.atNs / MS;
  const hex = hexWords(event);
  const way = arrowWords(event);
  return el(
    "tr",
    { class: way === "" ? "note" : way.startsWith("harness") ? "sent" : "received" },
    el("td", { class: "number" }, ms.toFixed(1)),
    el("td", { class: "number" }, (ms / unitMs).toFixed(2)),
    el("td", { class: "number" }, event.conn < 0 ? "" : String(event.conn)),
    el("td", {}, way),
    el("td", {}, eventWords(event)),
    el("td", {}, hex === undefined ? "" : el("code", {}, hex)),
  );
}

/**
 * @param {TraceEvent} event
 * @param {number} unitMs
 * @returns {HTMLElement[]}
 */
function describe(event, unitMs) {
  const ms = event.atNs / MS;
  const hex = hexWords(event);
  return [
    el("b", {}, `${ms.toFixed(1)} ms`),
    el("span", { class: "units" }, `${(ms / unitMs).toFixed(2)} u`),
    el("span", { class: "way" }, arrowWords(event)),
    el("span", {}, eventWords(event)),
    ...(hex === undefined ? [] : [el("code", {}, hex)]),
  ];
}
