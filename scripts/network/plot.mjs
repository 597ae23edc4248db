// Detection times as a picture: one file for light and dark, narrow enough for a phone.
import { TRANSPORTS } from "./faults.mjs";
import { seconds, spreadMs } from "./report.mjs";

const WIDTH = 480;
const LEFT = 46;
const RIGHT = 24;
const TOP = 34;
const TITLE_HEIGHT = 24;
const TRACK_HEIGHT = 17;
const GAP = 16;
const AXIS_HEIGHT = 52;

const STYLE = `
  text { font: 14px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; fill: var(--ink) }
  .title { font-weight: 600 }
  .soft { fill: var(--soft) }
  .small { font-size: 13px }
  .paper { fill: var(--paper) }
  .grid { stroke: var(--grid) }
  .bound { stroke: var(--bound); stroke-width: 2 }
  .boundname { fill: var(--bound) }
  .tcp { --colour: var(--tcp) } .ws { --colour: var(--ws) } .grpc { --colour: var(--grpc) }
  .span { stroke: var(--colour); stroke-width: 7; stroke-linecap: round; opacity: .28 }
  .dot { fill: var(--colour); opacity: .75 }
  .median { stroke: var(--colour); stroke-width: 2.5 }
  :root { --paper: #fff; --ink: #1f2328; --soft: #59636e; --grid: #d8dee4; --bound: #b42318;
          --tcp: #1f6feb; --ws: #9a6700; --grpc: #1a7f37 }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #0d1117; --ink: #e6edf3; --soft: #9198a1; --grid: #2d333b; --bound: #ff8a80;
            --tcp: #79b8ff; --ws: #e3b341; --grpc: #56d364 }
  }`;

/** @param {readonly import("./report.mjs").Row[]} rows @returns {string} An SVG. */
export function plot(rows) {
  const most = Math.ceil(Math.max(...rows.map(({ boundMs }) => boundMs)) / 1000);
  const x = (/** @type {number} */ ms) => LEFT + ((WIDTH - LEFT - RIGHT) * ms) / (most * 1000);
  const groupHeight = TITLE_HEIGHT + TRANSPORTS.length * TRACK_HEIGHT + GAP;
  const bottom = TOP + rows.length * groupHeight;
  const height = bottom + AXIS_HEIGHT;

  const hungFor = Math.floor(Math.min(...rows.map(({ hungForMs }) => hungForMs)) / 1000);
  const parts = [`<rect class="paper" width="${WIDTH}" height="${height}" rx="6"/>`];
  parts.push(text(LEFT, 22, "From the fault to the verdict", "title"));
  for (let second = 0; second <= most; second += 1) {
    const at = x(second * 1000).toFixed(1);
    parts.push(`<line class="grid" x1="${at}" x2="${at}" y1="${TOP}" y2="${bottom}"/>`);
    parts.push(text(x(second * 1000), bottom + 18, `${second} s`, "soft small", "middle"));
  }
  rows.forEach((row, index) => {
    const top = TOP + index * groupHeight + TITLE_HEIGHT;
    const foot = top + TRANSPORTS.length * TRACK_HEIGHT;
    const bound = x(row.boundMs).toFixed(1);
    parts.push(text(LEFT, top - 6, row.title, "small"));
    parts.push(
      text(
        x(row.boundMs) + 6,
        (top + foot) / 2 + 5,
        `${seconds(row.boundMs)} s`,
        "small boundname",
      ),
    );
    parts.push(`<line class="bound" x1="${bound}" x2="${bound}" y1="${top}" y2="${foot}"/>`);
    TRANSPORTS.forEach((transport, track) => {
      const y = top + (track + 0.5) * TRACK_HEIGHT;
      const detections = row.detections[transport];
      if (detections.length === 0) return;
      const { least, median, most: last } = spreadMs(detections);
      const dots = detections.map(
        ({ sinceFaultMs }) =>
          `<circle class="dot" cx="${x(sinceFaultMs).toFixed(1)}" cy="${y}" r="2.6"/>`,
      );
      parts.push(
        text(LEFT - 8, y + 4, transport, "soft small", "end"),
        `<g class="${transport}">`,
        `<line class="span" x1="${x(least).toFixed(1)}" x2="${x(last).toFixed(1)}" y1="${y}" y2="${y}"/>`,
        ...dots,
        `<line class="median" x1="${x(median).toFixed(1)}" x2="${x(median).toFixed(1)}" y1="${y - 6}" y2="${y + 6}"/>`,
        "</g>",
      );
    });
  });
  parts.push(
    `<line class="bound" x1="${LEFT}" x2="${LEFT}" y1="${bottom + 30}" y2="${bottom + 44}"/>`,
    text(
      LEFT + 8,
      bottom + 42,
      `the bound; ticks are medians; without heartbeats: not in ${hungFor} s`,
      "soft small",
    ),
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Detection times for each failure and transport, against the bound">
<style>${STYLE}
</style>
${parts.join("\n")}
</svg>
`;
}

/**
 * @param {number} x
 * @param {number} y
 * @param {string} content
 * @param {string} classes
 * @param {"start" | "middle" | "end"} [anchor]
 */
function text(x, y, content, classes, anchor = "start") {
  return `<text x="${x.toFixed(1)}" y="${y}" class="${classes}" text-anchor="${anchor}">${content}</text>`;
}
