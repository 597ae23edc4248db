import { el, svg } from "./dom.js";
import { drawTimeline, legendItems } from "./timeline-draw.js";
import { isOnWire, layoutTimeline } from "./timeline-layout.js";
import { arrowWords, eventWords, hexWords } from "./timeline-words.js";

/**
 * @import { TraceEvent, Window } from "../../../src/model.ts"
 * @import { Cell } from "./model.js"
 * @import { Layout } from "./timeline-layout.js"
 *
 * @typedef {object} TimelineView
 * @property {HTMLElement} element
 * @property {(windows: readonly Window[]) => void} setWindows Chooses what is shaded.
 */

const MS = 1e6;
const ZOOMS = [1, 2, 4, 8, 32];
const LEAST_WIDTH = 320;
/** A pointer nearer than this to a mark, in pixels, means it. */
const REACH = 26;
const HINT = "Point at a mark, or use the arrow keys, to read it. Plus and minus zoom.";

/**
 * The timeline of one result: a drawing to look at, which arrow keys walk through event by event,
 * and a table of the same events.
 *
 * @param {Cell} cell
 * @returns {TimelineView}
 */
export function timelineView(cell) {
  const { result } = cell;
  const { trace } = result;
  const order = [...trace.events.entries()]
    .filter(([, event]) => isOnWire(event))
    .map(([at]) => at);
  // To whoever hears the page, walking along the wire is a slider whose value is an event.
  const scroller = el("div", {
    class: "scroller",
    tabindex: 0,
    role: "slider",
    "aria-label": summaryOf(cell),
    "aria-valuemin": 0,
    "aria-valuemax": order.length,
    "aria-valuenow": 0,
    "aria-valuetext": "Arrow keys read the events one by one",
  });
  const readout = el("div", { class: "readout" }, HINT);
  const legend = el("ul", { class: "legend" });
  /** @type {readonly Window[]} */
  let windows = [];
  /** @type {Layout | undefined} */
  let layout;
  let zoom = 1;
  let cursor = -1;
  const cursorLine = svg("line", { class: "cursor", y1: 0, visibility: "hidden" });

  const draw = () => {
    const width = Math.max(LEAST_WIDTH, scroller.clientWidth) * zoom;
    const { lateMs } = cell.column.peer.data.report.tolerance;
    const { config } = result;
    const options = config === undefined ? { width, lateMs } : { width, lateMs, config };
    layout = layoutTimeline(trace, windows, options);
    const drawing = drawTimeline(layout);
    cursorLine.setAttribute("y2", String(layout.axisTop));
    drawing.append(cursorLine);
    scroller.replaceChildren(drawing);
    legend.replaceChildren(...legendItems(layout));
    if (cursor >= 0) point(cursor, false);
  };
  /** @type {(at: number, follow: boolean) => void} */
  const point = (at, follow) => {
    const event = trace.events[order[at] ?? -1];
    if (event === undefined || layout === undefined) return;
    cursor = at;
    const x = layout.xOf(event.atNs);
    cursorLine.setAttribute("x1", String(x));
    cursorLine.setAttribute("x2", String(x));
    cursorLine.setAttribute("visibility", "visible");
    const parts = describe(event, trace.unitMs);
    readout.replaceChildren(
      ...parts,
      el("span", { class: "place" }, `${at + 1} of ${order.length}`),
    );
    scroller.setAttribute("aria-valuenow", String(at + 1));
    scroller.setAttribute("aria-valuetext", parts.map((part) => part.textContent).join(", "));
    if (follow && zoom > 1) scroller.scrollLeft = x - scroller.clientWidth / 2;
  };
  /** @type {(event: PointerEvent | MouseEvent) => void} */
  const pointAt = ({ clientX, clientY }) => {
    const box = scroller.firstElementChild?.getBoundingClientRect();
    if (box === undefined || layout === undefined) return;
    const mark = nearestMark(layout, clientX - box.left, clientY - box.top);
    if (mark !== undefined) point(order.indexOf(mark), false);
  };
  const zoomButtons = ZOOMS.map((factor) =>
    el(
      "button",
      {
        type: "button",
        "aria-pressed": String(factor === 1),
        "aria-label": `Zoom ${factor} times`,
        onclick: () => zoomTo(factor),
      },
      `${factor}×`,
    ),
  );
  /** @type {(factor: number) => void} */
  const zoomTo = (factor) => {
    // What is pointed at stays in view, or else the middle of what is.
    const event = trace.events[order[cursor] ?? -1];
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / zoom;
    zoom = factor;
    for (const [index, button] of zoomButtons.entries())
      button.setAttribute("aria-pressed", String(ZOOMS[index] === factor));
    draw();
    const x = event === undefined || layout === undefined ? middle * zoom : layout.xOf(event.atNs);
    scroller.scrollLeft = x - scroller.clientWidth / 2;
  };
  scroller.addEventListener("pointermove", pointAt);
  scroller.addEventListener("click", pointAt);
  scroller.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const at = placeAfter(event.key, cursor, order.length);
    const factor = zoomAfter(event.key, zoom);
    if (at === undefined && factor === undefined) return;
    event.preventDefault();
    if (at !== undefined) point(at, true);
    if (factor !== undefined) zoomTo(factor);
  });
  let drawnAt = 0;
  new ResizeObserver(() => {
    if (scroller.clientWidth === drawnAt) return;
    drawnAt = scroller.clientWidth;
    draw();
  }).observe(scroller);

  const element = el(
    "figure",
    { class: "timeline" },
    el(
      "figcaption",
      {},
      legend,
      el("div", { class: "zoom", role: "group", "aria-label": "Zoom" }, ...zoomButtons),
    ),
    scroller,
    readout,
    eventTable(cell),
  );
  return {
    element,
    setWindows(next) {
      windows = next;
      if (layout !== undefined) draw();
    },
  };
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
    const width = Math.max(LEAST_WIDTH, element.clientWidth);
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

/**
 * Where a key leads to among so many events.
 *
 * @param {string} key
 * @param {number} at
 * @param {number} count
 */
export function placeAfter(key, at, count) {
  if (count === 0) return undefined;
  const steps = new Map([
    ["ArrowLeft", at - 1],
    ["ArrowDown", at - 1],
    ["ArrowRight", at + 1],
    ["ArrowUp", at + 1],
    ["PageDown", at - 10],
    ["PageUp", at + 10],
    ["Home", 0],
    ["End", count - 1],
  ]);
  const next = steps.get(key);
  return next === undefined ? undefined : Math.min(count - 1, Math.max(0, next));
}

/**
 * @param {string} key
 * @param {number} zoom
 */
function zoomAfter(key, zoom) {
  const by = key === "+" || key === "=" ? 1 : key === "-" ? -1 : 0;
  return by === 0 ? undefined : ZOOMS[ZOOMS.indexOf(zoom) + by];
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
