// Draws docs/images/report.svg, the picture of the README, from reports/report.json: run `npm start`
// first. Text and shapes only, so that it can be reviewed like any other file.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

const CASE = "ADP-001";
const TRANSPORTS = { tcp: "TCP", ws: "WebSocket", grpc: "gRPC" };
const COLUMNS = Object.entries(TRANSPORTS).flatMap(([transport, name]) =>
  ["dial", "listen"].map((role) => ({ transport, name, role })),
);
const WIDTH = 860;
const LEFT = 36;
const TABLE = 480;
const STEP = 56;
const ROW = 26;

/** @typedef {import("../conformance/dist/model.js").Report} Report */
/** @typedef {import("../conformance/dist/model.js").CaseResult} CaseResult */

/** @type {Report} */
const report = JSON.parse(readFileSync(new URL("../reports/report.json", import.meta.url), "utf8"));
/** @type {string[]} */
const shapes = [];

/** @param {string} text */
const escaped = (text) => text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
/** @type {(x: number, y: number, content: string, kind?: string, anchor?: string) => void} */
const text = (x, y, content, kind = "", anchor = "start") =>
  shapes.push(
    `<text x="${x}" y="${y}" class="${kind}" text-anchor="${anchor}">${escaped(content)}</text>`,
  );
/** @type {(x1: number, y1: number, x2: number, y2: number) => void} */
const line = (x1, y1, x2, y2) =>
  shapes.push(`<line x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}" class="rule"/>`);

/** @param {CaseResult} result */
const isBad = ({ verdict }) => !["pass", "info", "na"].includes(verdict);
const failures = report.results.filter(isBad).length;
const checks = report.results.reduce((sum, result) => sum + result.checks.length, 0);
const families = [...new Set(report.results.map(({ family }) => family))];

// The head.
text(LEFT, 52, report.testee?.name ?? "no testee", "title");
text(LEFT, 76, `${report.testee?.language}, protocol ${report.protocolVersion}`, "soft");
const verdict = failures === 0 ? "Conforms" : "Does not conform";
text(WIDTH - LEFT, 52, verdict, failures === 0 ? "title good" : "title bad", "end");
const cases = new Set(report.results.map(({ caseId }) => caseId)).size;
text(
  WIDTH - LEFT,
  76,
  `${cases} cases, ${checks} checks, ${report.clauses.length} clauses`,
  "soft",
  "end",
);

// One beat a result.
const beat = (WIDTH - 2 * LEFT) / report.results.length;
const points = report.results.map((result, index) => {
  const height = isBad(result) ? 14 : 4;
  const x = (LEFT + index * beat).toFixed(1);
  return `M${x} ${104 - height}V${104 + height}`;
});
shapes.push(`<path d="${points.join("")}" class="beats"/>`);

// The table: families against transports and roles.
let y = 150;
for (const [index, { name, role }] of COLUMNS.entries()) {
  const x = TABLE + index * STEP + STEP / 2;
  if (role === "dial") text(x + STEP / 2, y, name, "head", "middle");
  text(x, y + 18, role === "dial" ? "dials" : "listens", "soft small", "middle");
}
y += 30;
for (const family of families) {
  const results = report.results.filter((result) => result.family === family);
  line(LEFT, y, WIDTH - LEFT, y);
  text(LEFT, y + 18, family, "head");
  const ids = new Set(results.map(({ caseId }) => caseId));
  text(LEFT + 120, y + 18, `${ids.size} cases`, "soft");
  for (const [index, column] of COLUMNS.entries()) {
    const cell = results.filter(
      ({ transport, role }) => transport === column.transport && role === column.role,
    );
    const passed = cell.filter(({ verdict: each }) => each === "pass").length;
    const isGood = !cell.some(isBad);
    const content = cell.length === 0 ? "·" : isGood ? `✓ ${passed}` : `✗ ${passed}/${cell.length}`;
    text(TABLE + index * STEP + STEP / 2, y + 18, content, isGood ? "good" : "bad", "middle");
  }
  y += ROW;
}
line(LEFT, y, WIDTH - LEFT, y);

// The timeline of one case.
const example = report.results.find(
  ({ caseId, transport, role }) => caseId === CASE && transport === "tcp" && role === "listen",
);
if (example === undefined) throw new Error(`reports/report.json has no ${CASE} on tcp, listening`);
y += 44;
text(LEFT, y, `${CASE}  ${example.title}`, "head");
const frames = example.trace.events.flatMap((event) => (event.kind === "frame" ? [event] : []));
const end = Math.max(...example.trace.events.map(({ atNs }) => atNs));
/** @param {number} ns */
const at = (ns) => LEFT + 110 + (ns / end) * (WIDTH - 2 * LEFT - 120);
for (const { windows = [] } of example.checks.slice(0, 1)) {
  for (const { fromNs, toNs } of windows) {
    const width = Math.max(3, at(toNs) - at(fromNs));
    shapes.push(
      `<rect x="${at(fromNs)}" y="${y + 20}" width="${width}" height="74" class="window"/>`,
    );
  }
}
for (const [index, direction] of ["sent", "received"].entries()) {
  const lane = y + 48 + 36 * index;
  text(LEFT, lane + 4, direction === "sent" ? "suite → peer" : "peer → suite", "soft");
  line(at(0), lane, at(end), lane);
  for (const { atNs, frame, direction: way } of frames) {
    if (way !== direction) continue;
    const probe = frame.heartbeat?.replyRequested === true;
    shapes.push(
      `<circle cx="${at(atNs).toFixed(1)}" cy="${lane}" r="5" class="${probe ? "probe" : direction}"/>`,
    );
  }
}
for (let ms = 0; ms * 1e6 <= end; ms += 2 * report.unitMs) {
  text(at(ms * 1e6), y + 116, `${ms} ms`, "soft small", "middle");
}
const height = y + 140;

const style = `
  text { font: 14px ui-sans-serif, system-ui, sans-serif; fill: #1c1f24 }
  .title { font-size: 26px; font-weight: 700 } .head { font-weight: 600 } .small { font-size: 12px }
  .soft { fill: #667080 } .good { fill: #14804a } .bad { fill: #c4232d }
  .page { fill: #fbfbf9; stroke: #dfe1e4 } .rule { stroke: #dfe1e4 } .beats { stroke: #14804a; stroke-opacity: .5 }
  .sent { fill: #2a62c9 } .received { fill: #0d8074 } .probe { fill: none; stroke: #2a62c9; stroke-width: 2 }
  .window { fill: #14804a; fill-opacity: .14 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e8eaed } .soft { fill: #98a1ae } .page { fill: #15181c; stroke: #333940 } .rule { stroke: #333940 }
    .good { fill: #4cc38a } .bad { fill: #ff6b70 } .beats { stroke: #4cc38a }
    .sent { fill: #7aa7ff } .received { fill: #4fc7b8 } .probe { stroke: #7aa7ff } .window { fill: #4cc38a }
  }`;
const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="Conformance report: ${verdict}">
<style>${style}
</style>
<rect x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="12" class="page"/>
${shapes.join("\n")}
</svg>
`;
mkdirSync(new URL("../docs/images/", import.meta.url), { recursive: true });
writeFileSync(new URL("../docs/images/report.svg", import.meta.url), svg);
