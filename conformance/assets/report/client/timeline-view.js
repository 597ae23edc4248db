import { el, svg } from "./dom.js";

/**
 * @import { Window } from "../../../src/model.ts"
 *
 * @typedef {object} Plan A drawing of what happened, at one width.
 * @property {SVGSVGElement} drawing
 * @property {number} axisTop Down to where the cursor reaches.
 * @property {(event: number) => number} xOf Where an event is.
 * @property {(x: number, y: number) => number | undefined} nearest The event that a point means.
 * @property {HTMLElement[]} legend
 *
 * @typedef {object} Story What there is to draw and to read.
 * @property {string} summary In one sentence, for who hears the page.
 * @property {readonly number[]} order The events to walk through, by their index.
 * @property {(width: number, windows: readonly Window[]) => Plan} plan
 * @property {(event: number) => HTMLElement[]} describe
 * @property {HTMLElement} table All of it as text.
 *
 * @typedef {object} TimelineView
 * @property {HTMLElement} element
 * @property {(windows: readonly Window[]) => void} setWindows Chooses what is shaded.
 */

const ZOOMS = [1, 2, 4, 8, 32];
const LEAST_WIDTH = 320;
const HINT = "Point at a mark, or use the arrow keys, to read it. Plus and minus zoom.";

/**
 * A drawing to look at, which arrow keys walk through event by event, and a table of the same events.
 *
 * @param {Story} story
 * @returns {TimelineView}
 */
export function readableTimeline({ summary, order, plan: planFor, describe, table }) {
  // To whoever hears the page, walking along the wire is a slider whose value is an event.
  const scroller = el("div", {
    class: "scroller",
    tabindex: 0,
    role: "slider",
    "aria-label": summary,
    "aria-valuemin": 0,
    "aria-valuemax": order.length,
    "aria-valuenow": 0,
    "aria-valuetext": "Arrow keys read the events one by one",
  });
  const readout = el("div", { class: "readout" }, HINT);
  const legend = el("ul", { class: "legend" });
  /** @type {readonly Window[]} */
  let windows = [];
  /** @type {Plan | undefined} */
  let plan;
  let zoom = 1;
  let cursor = -1;
  const cursorLine = svg("line", { class: "cursor", y1: 0, visibility: "hidden" });

  const draw = () => {
    plan = planFor(Math.max(LEAST_WIDTH, scroller.clientWidth) * zoom, windows);
    cursorLine.setAttribute("y2", String(plan.axisTop));
    plan.drawing.append(cursorLine);
    scroller.replaceChildren(plan.drawing);
    legend.replaceChildren(...plan.legend);
    if (cursor >= 0) point(cursor, false);
  };
  /** @type {(at: number, follow: boolean) => void} */
  const point = (at, follow) => {
    const event = order[at];
    if (event === undefined || plan === undefined) return;
    cursor = at;
    const x = plan.xOf(event);
    cursorLine.setAttribute("x1", String(x));
    cursorLine.setAttribute("x2", String(x));
    cursorLine.setAttribute("visibility", "visible");
    const parts = describe(event);
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
    if (box === undefined || plan === undefined) return;
    const event = plan.nearest(clientX - box.left, clientY - box.top);
    if (event !== undefined) point(order.indexOf(event), false);
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
    const event = order[cursor];
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / zoom;
    zoom = factor;
    for (const [index, button] of zoomButtons.entries())
      button.setAttribute("aria-pressed", String(ZOOMS[index] === factor));
    draw();
    const x = event === undefined || plan === undefined ? middle * zoom : plan.xOf(event);
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
    table,
  );
  return {
    element,
    setWindows(next) {
      windows = next;
      if (plan !== undefined) draw();
    },
  };
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
