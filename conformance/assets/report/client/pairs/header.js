import { copyable, durationText, el, icon } from "../dom.js";

/**
 * @import { Child } from "../dom.js"
 * @import { PairsModel } from "./model.js"
 */

const TONES = { good: "v-pass", unsure: "v-inconclusive", bad: "v-fail" };

/**
 * Who took part, with what result, by what measure.
 *
 * @param {PairsModel} model
 */
export function matrixHeader({ page, runs, names }) {
  const { report, headline } = page;
  const absent = report.peers.filter(({ leftOut }) => leftOut !== undefined);
  return el(
    "header",
    { class: "top" },
    el(
      "div",
      { class: "brand" },
      icon("i-logo", "logo"),
      el("span", {}, "Pulsewire matrix"),
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
        el("h1", {}, el("bdi", {}, names.length === 0 ? "Nobody" : names.join(", "))),
        el(
          "p",
          { class: "claims" },
          el("bdi", {}, `${runs.length} runs`),
          el("bdi", {}, "every ordered pair"),
          el("bdi", {}, "judged from the wire between them"),
        ),
      ),
      el(
        "div",
        { class: `headline ${headline.tone}` },
        icon(TONES[headline.tone], "icon badge"),
        el("div", {}, el("strong", {}, headline.title), el("p", {}, headline.detail)),
      ),
    ),
    report.problem === undefined
      ? undefined
      : el(
          "div",
          { class: "problem", role: "note" },
          el("strong", {}, "The run ended early"),
          el("pre", {}, report.problem),
        ),
    absent.length === 0
      ? undefined
      : el("ul", { class: "estate absent" }, ...absent.map(absentItem)),
  );
}

/**
 * Who they were, and by what measure they were judged.
 *
 * @param {PairsModel} model
 */
export function aboutRun({ page }) {
  const { report } = page;
  const present = report.peers.filter(({ leftOut }) => leftOut === undefined);
  return el(
    "footer",
    { class: "about" },
    el("h2", { class: "section" }, "This run"),
    el("ul", { class: "estate" }, ...present.map(peerItem)),
    el("dl", { class: "facts" }, ...matrixFacts(page)),
    el("div", { class: "run" }, el("span", {}, "Run again"), copyable(report.command)),
  );
}

/** @param {PairsModel["page"]["report"]["peers"][number]} peer */
function absentItem({ name, leftOut }) {
  return el(
    "li",
    {},
    el("b", {}, el("bdi", {}, name), " is left out"),
    el("span", {}, leftOut?.why),
    leftOut?.advice === undefined ? undefined : el("span", { class: "advice" }, leftOut.advice),
  );
}

/** @param {PairsModel["page"]["report"]["peers"][number]} peer */
function peerItem({ name, language, info }) {
  const words = [language, info?.name, info?.version].filter(Boolean).join(" · ");
  return el(
    "li",
    {},
    el("b", {}, el("bdi", {}, name)),
    el("span", {}, el("bdi", {}, words)),
    el("span", { class: "claims" }, el("bdi", {}, (info?.features ?? []).join(", "))),
  );
}

/**
 * @param {PairsModel["page"]} page
 * @returns {Child[]}
 */
function matrixFacts({ report }) {
  const { tolerance, environment } = report;
  const entries = [
    ["Tolerance", `−${tolerance.earlyMs} / +${tolerance.lateMs} ms`],
    ["Unit", `${report.unitMs} ms`],
    ["Took", durationText(report.durationMs)],
    ["Suite", report.suiteVersion],
    ["Machine", `${environment.platform}, ${environment.cpus} CPUs, Node ${environment.node}`],
  ];
  return entries.map(([name = "", value = ""]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value)),
  );
}
