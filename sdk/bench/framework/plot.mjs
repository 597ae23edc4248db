// Rows as a picture: one file for light and dark, narrow enough for a phone.
import { figure } from "./statistics.mjs";

const WIDTH = 480;
const SIDE = 16;
/** Where bars begin, and where the longest ends: names before them, values after them. */
const FROM = 168;
const TO = 396;
const TITLE_LINE = 18;
const TITLE_LETTERS = 62;
const TRACK = 22;
const GAP = 20;
const LEGEND = 26;

const STYLE = `
  text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink) }
  .title { font-weight: 600 }
  .soft { fill: var(--soft) }
  .paper { fill: var(--paper) }
  .axis { stroke: var(--grid) }
  .bar { fill: var(--peer) }
  .ours { fill: var(--ours) }
  .spread { stroke: var(--ink); stroke-width: 1.5; opacity: .7 }
  .bound { stroke: var(--bound); stroke-width: 2 }
  text.own { font-weight: 600 }
  :root { --paper: #fff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; --bound: #b42318;
          --ours: #1f6feb; --peer: #afb8c1 }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --grid: #2d333b; --bound: #ff8a80;
            --ours: #4493f8; --peer: #57606a }
  }`;

/** @typedef {import("./report.mjs").RowReport} RowReport */

/** @param {readonly RowReport[]} rows @returns {string} An SVG. */
export function plot(rows) {
  const parts = [];
  let y = SIDE;
  for (const row of rows) {
    const panel = drawn(row, y);
    parts.push(...panel.parts);
    y = panel.bottom + GAP;
  }
  parts.push(
    `<line class="bound" x1="${SIDE}" x2="${SIDE}" y1="${y - 2}" y2="${y + 12}"/>`,
    text(SIDE + 8, y + 10, "to reach; bars are medians, and lines from least to most", "soft"),
  );
  const height = y + LEGEND;
  const label = escaped(rows.map(({ title }) => title).join("; "));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}">
<style>${STYLE}
</style>
<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>
${parts.join("\n")}
</svg>
`;
}

/** @param {RowReport} row @param {number} top */
function drawn(row, top) {
  const measured = row.contenders.flatMap(({ median, min, max, ...rest }) =>
    median === undefined || min === undefined || max === undefined
      ? []
      : [{ ...rest, median, min, max }],
  );
  const limit = row.target?.limit;
  const most = Math.max(limit ?? 0, ...measured.map(({ max }) => max)) || 1;
  const x = (/** @type {number} */ value) => FROM + ((TO - FROM) * value) / most;
  const parts = [];
  let y = top + 12;
  const better = row.better === "lower" ? "less is better" : "more is better";
  for (const line of wrapped(row.title)) {
    parts.push(text(SIDE, y, line, "title"));
    y += TITLE_LINE;
  }
  parts.push(text(SIDE, y, `${row.unit}; ${better}`, "soft"));
  y += TITLE_LINE;
  const head = y - 8;
  for (const { name, ours, median, min, max } of measured) {
    const middle = y + 4;
    parts.push(
      text(FROM - 8, middle + 4, name, ours ? "own" : "", "end"),
      `<rect class="bar${ours ? " ours" : ""}" x="${FROM}" y="${middle - 6}" width="${at(x(median) - FROM)}" height="12" rx="2"/>`,
      `<line class="spread" x1="${at(Math.max(FROM, x(min)))}" x2="${at(x(max))}" y1="${middle}" y2="${middle}"/>`,
      text(WIDTH - SIDE, middle + 4, figure(median), ours ? "own" : "soft", "end"),
    );
    y += TRACK;
  }
  if (measured.length === 0) {
    parts.push(text(SIDE, y + 4, row.failure === undefined ? "left out" : "not measured", "soft"));
    y += TRACK;
  }
  const bottom = y - 8;
  parts.push(`<line class="axis" x1="${FROM}" x2="${FROM}" y1="${head}" y2="${bottom}"/>`);
  if (limit !== undefined && measured.length > 0) {
    parts.push(
      `<line class="bound" x1="${at(x(limit))}" x2="${at(x(limit))}" y1="${head}" y2="${bottom}"/>`,
    );
  }
  return { parts, bottom };
}

/** @param {string} title */
function wrapped(title) {
  const lines = [""];
  for (const word of title.split(" ")) {
    const last = lines.at(-1) ?? "";
    if (last.length + word.length + 1 > TITLE_LETTERS) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} classes
 * @param {"start" | "end"} [anchor]
 */
function text(x, y, content, classes, anchor = "start") {
  return `<text x="${at(x)}" y="${at(y)}" class="${classes}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

/** @param {number} value */
function at(value) {
  return value.toFixed(1);
}

/** @param {string} content */
function escaped(content) {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
