// Writes what a run measured into docs/operations.md, between two markers, and its picture.
import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, release } from "node:os";
import { fileURLToPath } from "node:url";
import { FAULTS, TRANSPORTS } from "./faults.mjs";
import { plot } from "./plot.mjs";
import { version } from "./prerequisites.mjs";
import { seconds, spread } from "./report.mjs";

const docs = fileURLToPath(new URL("../../docs/", import.meta.url));
const PAGE = `${docs}operations.md`;
const PICTURE = `${docs}images/detection.svg`;
const BEGIN = "<!-- measured by `npm run test:network -- --record`: begin -->";
const END = "<!-- measured: end -->";

/** @param {import("./report.mjs").Report} report */
export function record(report) {
  const page = readFileSync(PAGE, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) {
    throw new Error(
      `${PAGE} has no place for this: put "${BEGIN}" and "${END}" on lines of their own`,
    );
  }
  writeFileSync(PICTURE, plot(report.rows()));
  writeFileSync(PAGE, `${before}${BEGIN}\n${measured(report)}\n${END}${after}`);
  console.log("written: docs/operations.md, docs/images/detection.svg");
}

/** @param {import("./report.mjs").Report} report */
function measured(report) {
  const rows = report.rows();
  const all = rows.flatMap(({ detections }) => Object.values(detections).flat());
  const vague = rows.reduce((sum, row) => sum + row.vague, 0);
  const told = all.filter(({ kind }) => kind === "closed").length;
  const hearing = all.filter((each) => each.hearing).length;
  const open = Math.min(...report.found("keep-open").map(({ openForMs = 0 }) => openForMs));
  const idleSeconds = FAULTS["nat-forgot"].idleSeconds;
  const gaveUp = report.found("system").map(({ gaveUpAfterMs = 0 }) => gaveUpAfterMs);
  const hung = Math.floor(Math.min(...rows.map(({ hungForMs }) => hungForMs)) / 1000);
  const date = new Date().toISOString().slice(0, 10);
  const kernel = release().split(".").slice(0, 2).join(".");
  return `
Measured on ${date}, Linux ${kernel} with ${availableParallelism()} processors, Node ${process.version}, nftables ${version("nft")}, iproute2 ${version("ip")}, with \`npm run test:network -- --record\`: ${all.length} ends of connections that were cut off${vague === 0 ? "" : `; ${vague} more were within the bound too, but the machine was so busy that the moment of their fault is not known to 100 ms`}. One side is configured, in turn the client and the server, with a heartbeat-time of 1 s (4 s behind the NAT, so that it comes too late to keep the flow) and a slack of 0.5 s. Times are seconds from the fault to the verdict: least / median / most.

| failure | without heartbeats | TCP | WebSocket | gRPC | bound |
| --- | --- | --- | --- | --- | --- |
${rows.map(tableRow).join("\n")}

<img src="images/detection.svg" width="480" alt="Detection times for each failure and transport, against the bound: no dot is beyond it">

- Without heartbeats, every end that still ran hung for the whole ${hung} s that it was given, with a socket that its kernel called established. No data sent after the fault arrived, but in the open direction of a partition.
- With heartbeats, no end was beyond its bound.${toldOf(told, hearing)}
- Behind the firewall that forgets after ${idleSeconds} s, a heartbeat-time of 1 s kept the flow open for ${(open / 1000).toFixed(0)} s, ${Math.round(open / 1000 / idleSeconds)} times as long, and data passed both ways after that.
- Left to the kernel, told to give up after 3 attempts (\`tcp_retries2\`) instead of 15, the end that had sent data lost its connection after ${seconds(Math.min(...gaveUp))} to ${seconds(Math.max(...gaveUp))} s; the end that only listened hung.
`;
}

/** @param {number} told @param {number} hearing */
function toldOf(told, hearing) {
  if (told === 0) return "";
  return ` Of the ${hearing} ends that still heard the other, ${told} were told by its \`Close\`; the others found the silence of the one that had hung up.`;
}

/** @param {import("./report.mjs").Row} row */
function tableRow({ title, hungForMs, boundMs, detections }) {
  const times = TRANSPORTS.map((transport) => spread(detections[transport]));
  const hung = `hung, ${Math.floor(hungForMs / 1000)} s`;
  return `| ${[title, hung, ...times, seconds(boundMs)].join(" | ")} |`;
}
