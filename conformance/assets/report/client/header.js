import { copyable, durationText, el, icon, svg } from "./dom.js";
import { timeText, transportText, weightOf } from "./model.js";

/**
 * @import { Calibration, Report } from "../../../src/model.ts"
 * @import { Child } from "./dom.js"
 * @import { Model, Peer } from "./model.js"
 */

const TONE_ICON = { good: "v-pass", unsure: "v-inconclusive", bad: "v-fail" };
/**
 * Who was judged, with what result, by what measure.
 *
 * @param {Model} model
 */
export function pageHeader(model) {
  const [first] = model.peers;
  if (first === undefined) return el("header", { class: "top" });
  return el(
    "header",
    { class: "top" },
    brand(first.data.report),
    ...(model.peers.length > 1 ? comparison(model) : single(first)),
  );
}

/** @param {Report} report */
function brand(report) {
  const time = el("time", { datetime: report.startedAt }, timeText(report.startedAt));
  return el(
    "div",
    { class: "brand" },
    icon("i-logo", "logo"),
    el("span", {}, "Pulsewire conformance"),
    time,
  );
}

/**
 * @param {Peer} peer
 * @returns {Child[]}
 */
function single({ data: { report, headline } }) {
  const { testee } = report;
  return [
    el(
      "div",
      { class: "hero" },
      el(
        "div",
        { class: "who" },
        el(
          "h1",
          {},
          el("bdi", {}, testee === undefined ? "Unknown testee" : testee.name),
          testee === undefined ? undefined : el("bdi", { class: "version" }, testee.version),
        ),
        el("p", { class: "claims" }, ...claims(report)),
      ),
      el(
        "div",
        { class: `headline ${headline.tone}` },
        icon(TONE_ICON[headline.tone], "icon badge"),
        el("div", {}, el("strong", {}, headline.title), el("p", {}, headline.detail)),
      ),
    ),
    problem(report, headline.advice),
    report.notes === undefined
      ? undefined
      : el("ul", { class: "notes" }, ...report.notes.map((note) => el("li", {}, note))),
    pulse(report),
    el("div", { class: "run" }, el("span", {}, "Run again"), copyable(report.command)),
    el("dl", { class: "facts" }, ...facts(report)),
  ];
}

/**
 * What went wrong with the run as a whole, in the words of the runner, and what may help.
 *
 * @param {Report} report
 * @param {readonly string[]} advice
 */
function problem(report, advice) {
  if (report.problem === undefined && advice.length === 0) return undefined;
  return el(
    "div",
    { class: report.problem === undefined ? "problem mild" : "problem", role: "note" },
    report.problem === undefined
      ? undefined
      : el("div", {}, el("strong", {}, "The run ended early"), el("pre", {}, report.problem)),
    advice.length === 0
      ? undefined
      : el(
          "div",
          {},
          el("strong", {}, "What to do"),
          el("ul", {}, ...advice.map((text) => el("li", {}, text))),
        ),
  );
}

/**
 * Several peers: a line each, numbered as their columns are.
 *
 * @param {Model} model
 * @returns {Child[]}
 */
function comparison(model) {
  return [
    el("h1", {}, `${model.peers.length} peers compared`),
    el("ol", { class: "peers" }, ...model.peers.map((peer) => peerLine(peer))),
  ];
}

/**
 * @param {Peer} peer
 */
function peerLine({ number, name, data: { report, headline } }) {
  return el(
    "li",
    { class: headline.tone },
    el("span", { class: "number", "aria-hidden": "true" }, String(number)),
    el(
      "div",
      { class: "who" },
      el("b", {}, el("bdi", {}, name)),
      el("p", { class: "claims" }, ...claims(report)),
    ),
    el(
      "div",
      { class: `headline ${headline.tone}` },
      icon(TONE_ICON[headline.tone], "icon badge"),
      el(
        "div",
        {},
        el("strong", {}, headline.title),
        el("p", {}, report.problem ?? headline.detail),
      ),
    ),
    el(
      "details",
      {},
      el("summary", {}, "About this run"),
      el("dl", { class: "facts" }, ...facts(report)),
      el("div", { class: "run" }, copyable(report.command)),
    ),
  );
}

/**
 * @param {Report} report
 * @returns {Child[]}
 */
function claims({ testee, by }) {
  if (testee === undefined)
    return [
      by === "wire" ? "No peer was found there." : "It never said hello, so it claims nothing.",
    ];
  const roles = testee.roles.map((role) => (role === "dial" ? "dials" : "listens"));
  const parts = [
    ...(by === "wire" ? [] : [testee.language]),
    testee.transports.map(transportText).join(", "),
    roles.join(" and "),
    testee.features.length === 0 ? "no optional features" : testee.features.join(", "),
  ];
  return parts.map((part) => el("bdi", {}, part));
}

/** @param {Report} report */
function facts(report) {
  const { tolerance, environment, requirements, baseline } = report;
  const { calibration } = environment;
  const entries = [
    ["Tolerance", `−${tolerance.earlyMs} / +${tolerance.lateMs} ms`],
    ["Unit", `${report.unitMs} ms`],
    ["Took", durationText(report.durationMs)],
    ["Protocol", `version ${report.protocolVersion}`],
    ["Suite", report.suiteVersion],
  ];
  if (requirements !== undefined)
    entries.push([
      "Requirements",
      `${requirements.set}: ${requirements.cases} cases, ${requirements.checks} checks`,
    ]);
  if (baseline !== undefined)
    entries.push(["Baseline", `${baseline.file}, ${baseline.entries} entries`]);
  const machine = `${environment.platform}, ${environment.cpus} CPUs, Node ${environment.node}`;
  entries.push([
    "Machine",
    calibration === undefined ? machine : `${machine}; ${calibrationText(calibration)}`,
  ]);
  return entries.map(([name = "", value = ""]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value)),
  );
}

/** @param {Calibration} calibration */
function calibrationText({ timer, echo, cadence, boundMs, fit }) {
  const late = Math.max(timer.p99Ms, echo.p99Ms, cadence.p99Ms).toFixed(1);
  return `${fit ? "fit" : "not fit"}: ${late} of ${boundMs} ms late at most, in 99 %`;
}

/**
 * The whole run as one line: a beat for each result, and a spike for each that is not well.
 *
 * @param {Report} report
 */
function pulse({ results }) {
  if (results.length === 0) return undefined;
  const height = 44;
  const base = 34;
  /** @type {Record<string, number>} */
  const reach = {
    fail: 32,
    untestable: 26,
    error: 26,
    inconclusive: 18,
    warn: 14,
    pass: 7,
    info: 4,
  };
  // A short run fills its share of the line; its beats do not swell to fill it all.
  const width = Math.max(results.length, 150) * 4;
  /** @type {Map<string, string>} */
  const paths = new Map();
  for (const [index, result] of results.entries()) {
    const counts = weightOf(result) === result.verdict;
    const up = counts ? (reach[result.verdict] ?? 2) : 4;
    const look = counts ? result.verdict : "na";
    const x = index * 4 + 2;
    paths.set(look, `${paths.get(look) ?? ""}M${x} ${base + Math.min(6, up / 4)}V${base - up}`);
  }
  return svg(
    "svg",
    {
      class: "pulse",
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "none",
      "aria-hidden": "true",
    },
    svg("path", { class: "pulse-base", d: `M0 ${base}H${width}` }),
    ...[...paths].map(([verdict, d]) => svg("path", { class: `pulse-beat v-${verdict}`, d })),
  );
}
