// Writes what a run measured into docs/performance.md, between two markers, and its pictures.
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { plot } from "./plot.mjs";
import { figure } from "./statistics.mjs";

/** @typedef {import("./report.mjs").Report} Report */
/** @typedef {import("./report.mjs").RowReport} RowReport */

const docs = fileURLToPath(new URL("../../../docs/", import.meta.url));
const PAGE = `${docs}performance.md`;
const IMAGES = `${docs}images/`;
const BEGIN = "<!-- measured by `npm run bench -- --record`: begin -->";
const END = "<!-- measured: end -->";

/** @param {Report} report */
export function record(report) {
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `${PAGE} has no place for this: put "${BEGIN}" and "${END}" on lines of their own`,
    );
  }
  const plots = [...new Set(report.rows.map((row) => row.plot))];
  for (const file of readdirSync(IMAGES)) {
    if (file.startsWith("bench-")) rmSync(`${IMAGES}${file}`);
  }
  for (const name of plots) {
    writeFileSync(
      `${IMAGES}bench-${name}.svg`,
      plot(report.rows.filter((row) => row.plot === name)),
    );
  }
  writeFileSync(PAGE, `${before}${BEGIN}\n${measured(report, plots)}\n${END}${after}`);
  console.log(`written: docs/performance.md, docs/images/bench-{${plots.join(",")}}.svg`);
}

/** @param {Report} report @param {readonly string[]} plots */
function measured({ date, quick, machine, load, packages, rows }, plots) {
  const { cpu, processors, memoryGiB, system, node } = machine;
  const versions = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  const busy = Math.round(load.busyShare * 100);
  return `
Measured on ${date.slice(0, 10)}${quick ? " with `--quick`" : ""}: ${cpu}, ${processors} processors, ${memoryGiB} GiB, ${system}, Node ${node}. Before it began others used ${busy} % of the machine, and the load average was ${load.before.join(", ")}. Versions: ${versions.join(", ")}. Figures are medians, with the least and the most in brackets.

| row | what the best do | to reach | measured here |
| --- | --- | --- | --- |
${rows.map(tableRow).join("\n")}

${plots.map((name) => picture(name, rows)).join("\n\n")}
`;
}

/** @param {string} name @param {readonly RowReport[]} rows */
function picture(name, rows) {
  const titles = rows.filter((row) => row.plot === name).map(({ title }) => title);
  return `<img src="images/bench-${name}.svg" width="480" alt="${titles.join("; ").replaceAll('"', "&quot;")}">`;
}

/** @param {RowReport} row */
function tableRow(row) {
  const { id, title, best, target } = row;
  const cells = [`${title} (\`${id}\`)`, best || "-", target?.text ?? "-", found(row)];
  return `| ${cells.join(" | ")} |`;
}

/** @param {RowReport} row */
function found({ unit, baseline, target, failure, contenders }) {
  if (failure !== undefined) return `not measured: ${failure.split("\n")[0]}`;
  const ours = contenders.filter((each) => each.ours);
  const figures = ours.map(({ name, leftOut, median = 0, min = 0, max = 0, ratio }) => {
    const label = ours.length === 1 ? "" : `${name}: `;
    if (leftOut !== undefined) return `${label}left out, ${leftOut}`;
    const times = ratio === undefined ? "" : `, ${ratio.toFixed(2)} of ${baseline}`;
    return `${label}${figure(median)} ${unit} (${figure(min)} to ${figure(max)})${times}`;
  });
  const verdict = target === undefined ? [] : [`**${target.verdict}**`];
  return [figures.join("<br>"), ...verdict].join("; ");
}
