import { svg } from "../dom.js";
import { drawTick, GLYPH_WORDS, glyphShape, legendItem } from "../timeline-draw.js";

/**
 * @import { Glyph } from "../timeline-layout.js"
 * @import { Hole, Ladder, LadderMark, LadderWindow, Moment, Rail, Rung } from "./ladder-layout.js"
 */

/**
 * @param {Ladder} ladder
 * @returns {SVGSVGElement}
 */
export function drawLadder(ladder) {
  const { width, height, axisTop, windowsTop, rails, hole } = ladder;
  const [dialer, listener] = rails;
  const between = { top: dialer?.y ?? 0, bottom: listener?.y ?? 0 };
  return svg(
    "svg",
    { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", class: "ladder" },
    ladder.ticks.map((tick) =>
      svg("line", { class: "grid", x1: tick.x, x2: tick.x, y1: windowsTop, y2: axisTop }),
    ),
    ladder.lags.map(({ x, w }) =>
      svg("rect", { class: "lag", x, width: w, y: axisTop - 5, height: 5 }),
    ),
    ladder.windows.map((window) => drawLadderWindow(window, axisTop)),
    hole === undefined ? undefined : drawHole(hole, between),
    ladder.moments.map((moment) => drawMoment(moment, axisTop)),
    ladder.rungs.map(drawRung),
    rails.map(drawRail),
    svg("line", { class: "axis", x1: 0, x2: width, y1: axisTop, y2: axisTop }),
    ladder.ticks.map((tick, index) => drawTick(tick, index, axisTop)),
  );
}

/** @param {Rail} rail */
function drawRail({ side, title, y, x1, x2, marks, terminal, stop }) {
  const out = side === "dialer" ? -1 : 1;
  return svg(
    "g",
    { class: `lane ${side === "dialer" ? "sent" : "received"}` },
    stop === undefined
      ? undefined
      : svg(
          "g",
          { class: "stop" },
          svg("rect", { x: stop.x, width: stop.w, y: y - 6, height: 12, rx: 3 }),
        ),
    svg("line", { class: "wire", x1, x2, y1: y, y2: y }),
    svg("text", { class: "lane-title", x: 6, y: y + out * 58 + (out < 0 ? 0 : 8) }, title),
    marks.filter(({ glyph }) => glyph === "end").map((mark) => drawEnd(mark, y)),
    marks.filter(({ glyph }) => glyph !== "end").map(drawLadderMark),
    terminal === undefined
      ? undefined
      : svg(
          "text",
          { class: "terminal", x: terminal.x, y: terminal.y, "text-anchor": terminal.anchor },
          terminal.text,
        ),
  );
}

/** @param {LadderMark} mark */
function drawLadderMark({ glyph, x, y, label, shown, labelY, events }) {
  const text = events.length > 1 ? `${events.length}×` : label;
  return svg(
    "g",
    { class: `mark ${glyph}` },
    svg("g", { transform: `translate(${x} ${y})` }, glyphShape(glyph)),
    shown && text !== "" ? svg("text", { x, y: labelY, "text-anchor": "middle" }, text) : undefined,
  );
}

/**
 * @param {LadderMark} mark
 * @param {number} y
 */
function drawEnd({ x }, y) {
  return svg(
    "g",
    { class: "mark end" },
    svg("path", { class: "shape", d: `M${x} ${y - 11}V${y + 11}` }),
  );
}

/** @param {Rung} rung */
function drawRung({ from, x1, y1, x2, y2, arrives }) {
  const down = y2 > y1 ? 1 : -1;
  const tip = arrives
    ? `M${x2 - 3} ${y2 - down * 6}L${x2} ${y2 - down}L${x2 + 3} ${y2 - down * 6}`
    : `M${x2 - 3.5} ${y2 - 3.5}l7 7M${x2 + 3.5} ${y2 - 3.5}l-7 7`;
  return svg(
    "g",
    { class: `rung lane ${from === "dialer" ? "sent" : "received"}${arrives ? "" : " lost"}` },
    svg("line", { x1, y1, x2, y2 }),
    svg("path", { d: tip }),
  );
}

/**
 * @param {LadderWindow} window
 * @param {number} bottom
 */
function drawLadderWindow({ x, w, y, kind, label, labelX, flipped }, bottom) {
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
    svg("rect", { class: "cap", x, width: w, y, height: 3 }),
    svg("text", { x: labelX, y: y + 12, "text-anchor": flipped ? "end" : "start" }, label),
  );
}

/**
 * @param {Hole} hole
 * @param {{ top: number, bottom: number }} between
 */
function drawHole({ x, w, text, side }, { top, bottom }) {
  const middle = (top + bottom) / 2;
  const [y1, y2] =
    side === undefined ? [top, bottom] : side === "dialer" ? [top, middle] : [middle, bottom];
  return svg(
    "g",
    { class: "hole" },
    svg("rect", { x, width: Math.max(0, w), y: y1 + 12, height: y2 - y1 - 24, rx: 4 }),
    svg("text", { x: x + 8, y: middle + 4 }, text),
  );
}

/**
 * @param {Moment} moment
 * @param {number} bottom
 */
function drawMoment({ x, text, flipped }, bottom) {
  return svg(
    "g",
    { class: "step" },
    svg("line", { x1: x, x2: x, y1: 2, y2: bottom }),
    svg(
      "text",
      { x: flipped ? x - 5 : x + 5, y: 11, "text-anchor": flipped ? "end" : "start" },
      text,
    ),
  );
}

/**
 * What the signs mean of which there are any.
 *
 * @param {Ladder} ladder
 */
export function ladderLegend({ rails, rungs }) {
  const used = new Set(rails.flatMap((rail) => rail.marks.map((mark) => mark.glyph)));
  const glyphs = /** @type {Glyph[]} */ (Object.keys(GLYPH_WORDS)).filter((each) => used.has(each));
  const items = glyphs.map((glyph) =>
    legendItem(`mark ${glyph}`, glyphShape(glyph), GLYPH_WORDS[glyph]),
  );
  if (rungs.some(({ arrives }) => !arrives)) {
    const cross = svg("path", { d: "M-3.5-3.5l7 7M3.5-3.5l-7 7" });
    items.push(legendItem("rung lost", [cross], "never arrived"));
  }
  return items;
}
