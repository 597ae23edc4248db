import { copyable, durationText, el, icon, svg } from "./dom.js";
import { transportText } from "./model.js";

const TONE_ICON = { good: "v-pass", unsure: "v-inconclusive", bad: "v-fail" };

/** Who was judged, with what result, by what measure. */
export function pageHeader(model) {
  const { report, headline } = model;
  const { testee } = report;
  return el(
    "header",
    { class: "top" },
    el(
      "div",
      { class: "brand" },
      icon("i-logo", "logo"),
      el("span", {}, "Pulsewire conformance"),
      el(
        "time",
        { datetime: report.startedAt },
        `${report.startedAt.slice(0, 16).replace("T", " ")} UTC`,
      ),
    ),
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
        el("p", { class: "claims" }, claims(testee)),
      ),
      el(
        "div",
        { class: `headline ${headline.tone}` },
        icon(TONE_ICON[headline.tone], "icon badge"),
        el("div", {}, el("strong", {}, headline.title), el("p", {}, headline.detail)),
      ),
    ),
    report.problem === undefined
      ? undefined
      : el(
          "div",
          { class: "problem", role: "alert" },
          el("strong", {}, "The run ended early"),
          el("pre", {}, report.problem),
        ),
    pulse(model),
    el("dl", { class: "facts" }, ...facts(report)),
    el("div", { class: "run" }, el("span", {}, "Run again"), copyable(report.command)),
  );
}

function claims(testee) {
  if (testee === undefined) return "It never said hello, so it claims nothing.";
  const roles = testee.roles.map((role) => (role === "dial" ? "dials" : "listens"));
  const parts = [
    testee.language,
    testee.transports.map(transportText).join(", "),
    roles.join(" and "),
    testee.features.length === 0 ? "no optional features" : testee.features.join(", "),
  ];
  return parts.map((part) => el("bdi", {}, part));
}

function facts(report) {
  const { tolerance, environment } = report;
  return [
    ["Tolerance", `−${tolerance.earlyMs} / +${tolerance.lateMs} ms`],
    ["Unit", `${report.unitMs} ms`],
    ["Took", durationText(report.durationMs)],
    ["Protocol", `version ${report.protocolVersion}`],
    ["Suite", report.suiteVersion],
    ["Environment", `${environment.platform}, ${environment.cpus} CPUs, Node ${environment.node}`],
  ].map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
}

/** The whole run as one line: a beat for each result, and a spike for each that is not well. */
function pulse(model) {
  const { results } = model.report;
  if (results.length === 0) return undefined;
  const height = 44;
  const base = 34;
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
  const paths = new Map();
  results.forEach(({ verdict }, index) => {
    const up = reach[verdict] ?? 2;
    const x = index * 4 + 2;
    paths.set(
      verdict,
      `${paths.get(verdict) ?? ""}M${x} ${base + Math.min(6, up / 4)}V${base - up}`,
    );
  });
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
