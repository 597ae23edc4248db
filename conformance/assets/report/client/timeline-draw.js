import { el, svg } from "./dom.js";

/**
 * @import { DeadlineMark, DueBar, Gap, Glyph, Lane, Layout, Mark, PlacedWindow, StepMark, Tick } from "./timeline-layout.js"
 */

/** @type {Record<Glyph, string>} */
export const GLYPH_WORDS = {
  heartbeat: "heartbeat, with its time",
  probe: "probe",
  data: "data",
  close: "close",
  octets: "octets that are no frame",
  malformed: "malformed frame",
  unknown: "unknown or empty frame",
  end: "end",
};

/**
 * @param {Layout} layout
 * @returns {SVGSVGElement}
 */
export function drawTimeline(layout) {
  const { width, height, axisTop, lanesBottom, windowsTop } = layout;
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
    layout.ticks.map((tick) =>
      svg("line", { class: "grid", x1: tick.x, x2: tick.x, y1: windowsTop, y2: axisTop }),
    ),
    layout.windows.map((window) => drawWindow(window, lanesBottom)),
    layout.deadlines.map(drawDeadline),
    layout.steps.map((step) => drawStep(step, lanesBottom)),
    layout.lanes.map((lane) => drawLane(lane, width)),
    layout.deadlines.map(({ text }) =>
      svg(
        "text",
        { class: "deadline-text", x: text.x, y: text.y, "text-anchor": text.anchor },
        text.text,
      ),
    ),
    drawLags(layout),
    svg("line", { class: "axis", x1: 0, x2: width, y1: axisTop, y2: axisTop }),
    layout.ticks.map((tick, index) => drawTick(tick, index, axisTop)),
  );
}

/**
 * @param {Tick} tick
 * @param {number} index
 * @param {number} y
 */
export function drawTick({ x, ms, units }, index, y) {
  return svg(
    "g",
    { class: "tick" },
    svg("line", { x1: x, x2: x, y1: y, y2: y + 5 }),
    svg("text", { x, y: y + 17, "text-anchor": "middle" }, index === 0 ? "0 ms" : String(ms)),
    svg("text", { x, y: y + 30, "text-anchor": "middle", class: "units" }, `${units} u`),
  );
}

/**
 * @param {StepMark} step
 * @param {number} bottom
 */
function drawStep({ x, y, row, text, flipped }, bottom) {
  return svg(
    "g",
    { class: "step" },
    svg("line", { x1: x, x2: x, y1: row < 0 ? 0 : y - 9, y2: bottom }),
    row < 0
      ? undefined
      : svg(
          "text",
          { x: flipped ? x - 5 : x + 5, y, "text-anchor": flipped ? "end" : "start" },
          text,
        ),
  );
}

/**
 * @param {PlacedWindow} window
 * @param {number} bottom
 */
function drawWindow({ x, w, y, kind, label, labelX, flipped }, bottom) {
  return svg(
    "g",
    { class: `window ${kind}` },
    svg("rect", {
      class: "shade",
      x,
      width: w,
      y,
      height: bottom - y,
      fill: kind === "forbidden" ? "url(#hatch)" : undefined,
    }),
    svg("path", { class: "edge", d: `M${x} ${bottom}V${y}M${x + w} ${y}V${bottom}` }),
    svg("rect", { class: "cap", x, width: w, y, height: 3 }),
    svg("text", { x: labelX, y: y + 14, "text-anchor": flipped ? "end" : "start" }, label),
  );
}

/** @param {DeadlineMark} deadline */
function drawDeadline({ x, w, top, bottom }) {
  return svg(
    "g",
    { class: "deadline" },
    svg("rect", { x, width: w, y: top, height: bottom - top }),
    svg("line", { x1: x, x2: x, y1: top, y2: bottom }),
  );
}

/**
 * @param {Lane} lane
 * @param {number} width
 */
function drawLane(lane, width) {
  const { x1, x2, y, top, direction, silence, terminal } = lane;
  return svg(
    "g",
    { class: `lane ${direction}` },
    svg("line", { class: "lane-edge", x1: 0, x2: width, y1: top + 1, y2: top + 1 }),
    lane.dues.map(drawDue),
    svg("line", { class: "wire", x1, x2, y1: y, y2: y }),
    lane.gaps.map((gap) =>
      svg(
        "text",
        { class: "gap", x: (gap.x1 + gap.x2) / 2, y: gap.y, "text-anchor": "middle" },
        gap.text,
      ),
    ),
    silence === undefined ? undefined : drawSilence(silence),
    svg("text", { class: "lane-title", x: 6, y: top + 15 }, lane.title),
    [...lane.marks].sort(endFirst).map((mark) => drawMark(mark, top)),
    terminal === undefined
      ? undefined
      : svg(
          "text",
          { class: "terminal", x: terminal.x, y: terminal.y, "text-anchor": terminal.anchor },
          terminal.text,
        ),
  );
}

/** @param {DueBar} due */
function drawDue({ x, w, y, missed }) {
  const bar = svg("rect", {
    class: missed ? "due missed" : "due",
    x,
    width: w,
    y: y - 6,
    height: 12,
    rx: 2,
  });
  if (!missed) return bar;
  const words = svg(
    "text",
    { class: "due-text", x: x + w / 2, y: y - 10, "text-anchor": "middle" },
    "missed",
  );
  return svg("g", {}, bar, words);
}

/**
 * The line of an end lies behind the marks it meets.
 *
 * @param {Mark} a
 * @param {Mark} b
 */
function endFirst(a, b) {
  return Number(b.glyph === "end") - Number(a.glyph === "end");
}

/** @param {Gap} silence */
function drawSilence({ x1, x2, y, ms }) {
  const room = x2 - x1;
  const text = room > 112 ? `${Math.round(ms)} ms of silence` : String(Math.round(ms));
  const half = (text.length * 6.1) / 2 + 5;
  const middle = (x1 + x2) / 2;
  const line = y - 4;
  return svg(
    "g",
    { class: "silence" },
    svg("path", {
      d:
        `M${x1 + 2} ${line - 4}v8M${x2 - 2} ${line - 4}v8` +
        `M${x1 + 2} ${line}H${Math.max(x1 + 2, middle - half)}M${Math.min(x2 - 2, middle + half)} ${line}H${x2 - 2}`,
    }),
    svg("text", { x: middle, y, "text-anchor": "middle" }, text),
  );
}

/**
 * @param {Mark} mark
 * @param {number} top
 */
function drawMark({ x, y, glyph, text, shown, textX }, top) {
  return svg(
    "g",
    { class: `mark ${glyph}` },
    glyph === "end"
      ? svg("path", {
          class: "shape",
          d: `M${x} ${top + 20}V${y + 12}M${x - 5} ${y + 12}H${x + 5}`,
        })
      : svg("g", { transform: `translate(${x} ${y})` }, glyphShape(glyph)),
    shown ? svg("text", { x: textX, y: y - 11, "text-anchor": "middle" }, text) : undefined,
  );
}

/**
 * @param {Glyph} glyph
 * @returns {SVGElement[]}
 */
export function glyphShape(glyph) {
  switch (glyph) {
    case "heartbeat":
      return [svg("circle", { class: "shape", r: 5.2 })];
    case "probe":
      return [
        svg("circle", { class: "shape hollow", r: 6.4 }),
        svg("text", { class: "sign", y: 3.8, "text-anchor": "middle" }, "?"),
      ];
    case "data":
      return [svg("rect", { class: "shape", x: -4.8, y: -4.8, width: 9.6, height: 9.6, rx: 1.5 })];
    case "close":
      return [
        svg("path", {
          class: "shape",
          d: "M-2.7-6.4h5.4l3.7 3.7v5.4l-3.7 3.7h-5.4l-3.7-3.7v-5.4z",
        }),
        svg("path", { class: "cut", d: "M-2.4-2.4l4.8 4.8M2.4-2.4l-4.8 4.8" }),
      ];
    case "octets":
      return [svg("path", { class: "shape hollow", d: "M0-6L6 0L0 6L-6 0z" })];
    case "malformed":
      return [
        svg("path", { class: "shape hollow", d: "M0-6.5L6.8 5.5H-6.8z" }),
        svg("path", { class: "sign-line", d: "M0-2.4v3.6M0 3.4v.2" }),
      ];
    case "end":
      return [svg("path", { class: "shape", d: "M0-6V6M-4 6H4" })];
    default:
      return [
        svg("rect", { class: "shape hollow dashed", x: -5, y: -5, width: 10, height: 10, rx: 1.5 }),
      ];
  }
}

/** @param {Layout} layout */
function drawLags({ lags, lanesBottom, width }) {
  const worst = lags.find((lag) => lag.most);
  if (worst === undefined) return [];
  return [
    svg("line", { class: "lane-edge", x1: 0, x2: width, y1: lanesBottom + 1, y2: lanesBottom + 1 }),
    svg(
      "text",
      { class: "lane-title", x: 6, y: lanesBottom + 14 },
      `the harness's own lag, at most ${worst.ms.toFixed(1)} ms`,
    ),
    ...lags.map((lag) =>
      svg("rect", { class: "lag", x: lag.x, y: lag.y, width: lag.w, height: lag.h }),
    ),
  ];
}

/**
 * What the signs mean of which there are any.
 *
 * @param {Layout} layout
 */
export function legendItems({ lanes, deadlines }) {
  const used = new Set(lanes.flatMap((lane) => lane.marks.map((mark) => mark.glyph)));
  const glyphs = /** @type {Glyph[]} */ (Object.keys(GLYPH_WORDS)).filter((each) => used.has(each));
  const items = glyphs.map((glyph) =>
    legendItem(`mark ${glyph}`, glyphShape(glyph), GLYPH_WORDS[glyph]),
  );
  if (lanes.some((lane) => lane.dues.length > 0)) {
    const bar = svg("rect", { class: "due", x: -4, y: -6, width: 8, height: 12, rx: 2 });
    items.push(legendItem("", [bar], "next beat due, by what the peer advertised"));
  }
  if (deadlines.length > 0) {
    const line = svg("line", { x1: -3, x2: -3, y1: -7, y2: 7 });
    const span = svg("rect", { x: -3, width: 7, y: -7, height: 14 });
    items.push(legendItem("deadline", [span, line], "the peer may take the harness for dead"));
  }
  return items;
}

/**
 * @param {string} className
 * @param {SVGElement[]} shapes
 * @param {string} words
 */
export function legendItem(className, shapes, words) {
  const size = { viewBox: "-8 -8 16 16", width: 15, height: 15, "aria-hidden": "true" };
  return el("li", {}, svg("svg", { class: className, ...size }, shapes), words);
}
