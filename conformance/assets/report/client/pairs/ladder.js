import { el } from "../dom.js";
import { readableTimeline } from "../timeline-view.js";
import { frameWords } from "../timeline-words.js";
import { drawLadder, ladderLegend } from "./ladder-draw.js";
import { isPassing, layoutLadder } from "./ladder-layout.js";

/**
 * @import { RunEvent } from "../../../../src/matrix/report/page-data.ts"
 * @import { TimelineView } from "../timeline-view.js"
 * @import { Ladder } from "./ladder-layout.js"
 * @import { PairsModel, Run } from "./model.js"
 */

/** A pointer nearer than this to a mark, in pixels, means it. */
const NEARBY = 26;

/**
 * The timeline of a run: what each side sent, when the other had it, and how it ended.
 *
 * @param {PairsModel} model
 * @param {Run} run
 * @returns {TimelineView}
 */
export function ladderView({ page }, { data }) {
  const { events, dialer, listener, fault, maxLagMs } = data;
  const { unitMs } = page.report;
  const count = (/** @type {string} */ side) =>
    events.filter((event) => event.kind === "frame" && event.from === side).length;
  return readableTimeline({
    summary: `Timeline: ${count("dialer")} frames from the dialer, ${count("listener")} from the listener; harness lag at most ${maxLagMs.toFixed(1)} ms`,
    order: [...events.entries()].filter(([, event]) => isPassing(event)).map(([at]) => at),
    plan: (width, windows) => {
      const names = { dialer, listener };
      const ladder = layoutLadder(events, windows, { width, unitMs, names, fault });
      return {
        drawing: drawLadder(ladder),
        axisTop: ladder.axisTop,
        xOf: (event) => ladder.xOf(events[event]?.at ?? 0),
        nearest: (x, y) => nearestOn(ladder, x, y),
        legend: ladderLegend(ladder),
      };
    },
    describe: (event) => {
      const found = events[event];
      return found === undefined ? [] : describeEvent(found, unitMs);
    },
    table: runTable(events, unitMs),
  });
}

/**
 * @param {Ladder} ladder
 * @param {number} x
 * @param {number} y
 */
function nearestOn({ rails }, x, y) {
  /** @type {number | undefined} */
  let best;
  let least = NEARBY;
  for (const mark of rails.flatMap((rail) => rail.marks)) {
    const distance = Math.hypot(mark.x - x, (mark.y - y) / 2);
    if (distance >= least) continue;
    least = distance;
    best = mark.events[0];
  }
  return best;
}

/**
 * @param {RunEvent} event
 * @param {number} unitMs
 */
function describeEvent(event, unitMs) {
  const ms = event.at / 10;
  return [
    el("b", {}, `${ms.toFixed(1)} ms`),
    el("span", { class: "units" }, `${(ms / unitMs).toFixed(2)} u`),
    el("span", { class: "way" }, wayWords(event)),
    el("span", {}, whatWords(event)),
    el("span", { class: "way" }, arrivalWords(event)),
  ];
}

/**
 * All events as a table, made when it is first opened.
 *
 * @param {readonly RunEvent[]} events
 * @param {number} unitMs
 */
function runTable(events, unitMs) {
  const details = el(
    "details",
    { class: "events" },
    el("summary", {}, `All events (${events.length})`),
  );
  const heads = ["ms", "units", "arrived", "from", "what"];
  details.addEventListener(
    "toggle",
    () =>
      details.append(
        el(
          "div",
          { class: "scroller", tabindex: 0, role: "region", "aria-label": "All events" },
          el(
            "table",
            { class: "list" },
            el("thead", {}, el("tr", {}, ...heads.map((name) => el("th", { scope: "col" }, name)))),
            el("tbody", {}, ...events.map((event) => runRow(event, unitMs))),
          ),
        ),
      ),
    { once: true },
  );
  return details;
}

/**
 * @param {RunEvent} event
 * @param {number} unitMs
 */
function runRow(event, unitMs) {
  const ms = event.at / 10;
  const look = isPassing(event) ? (event.from === "dialer" ? "sent" : "received") : "note";
  const arrived = isPassing(event)
    ? event.after === undefined
      ? "never"
      : ((event.at + event.after) / 10).toFixed(1)
    : "";
  return el(
    "tr",
    { class: look },
    el("td", { class: "number" }, ms.toFixed(1)),
    el("td", { class: "number" }, (ms / unitMs).toFixed(2)),
    el("td", { class: "number" }, arrived),
    el("td", {}, wayWords(event)),
    el("td", {}, whatWords(event)),
  );
}

/** @param {RunEvent} event */
function wayWords(event) {
  if (isPassing(event)) return event.from === "dialer" ? "dialer → listener" : "listener → dialer";
  return "side" in event ? event.side : "";
}

/** @param {RunEvent} event */
function arrivalWords(event) {
  if (!isPassing(event)) return "";
  if (event.after === undefined) return "never arrived";
  return event.after < 10 ? "" : `arrived ${(event.after / 10).toFixed(1)} ms later`;
}

/** @param {RunEvent} event */
export function whatWords(event) {
  switch (event.kind) {
    case "open":
      return "open";
    case "frame":
      return frameWords(event.frame, event.bytes);
    case "octets":
      return event.bytes > 0 ? `${event.what}, ${event.bytes} octets` : event.what;
    case "end":
      return event.code === undefined ? `end: ${event.how}` : `end: ${event.how} ${event.code}`;
    case "fault":
      return `the harness: ${event.what}`;
    case "command":
      return `its application is told: ${event.what}`;
    case "told":
      return `it says of itself: ${event.what}`;
    case "lag":
      return `the harness was ${(event.for / 10).toFixed(1)} ms late`;
    case "finish":
      return "the harness looks no more";
  }
}
