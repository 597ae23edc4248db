import { checkTabs } from "../checks.js";
import { copyable, durationText, el, icon } from "../dom.js";
import { ladderView } from "./ladder.js";
import { checksOf, pairLink, runLink } from "./model.js";
import { CONFIGURATION_WORDS, configWords, faultWords, TRANSPORT_WORDS } from "./words.js";

/**
 * @import { Child } from "../dom.js"
 * @import { PairsModel, Run } from "./model.js"
 */

/**
 * One run in full: what was judged, by which sentence, and what passed between the two.
 *
 * @param {PairsModel} model
 * @param {string} key
 */
export function runView(model, key) {
  const run = model.byKey.get(key);
  if (run === undefined)
    return el(
      "section",
      { class: "case" },
      el("p", { class: "empty" }, `This matrix has no run ${key}.`),
      el("a", { href: "#", class: "button" }, "The matrix"),
    );
  const { data } = run;
  const { label } = model.styleOf(data.verdict);
  const timeline = data.events.length === 0 ? undefined : ladderView(model, run);
  return el(
    "section",
    { class: "case", "aria-labelledby": "run-title" },
    runNavigation(model, run),
    el(
      "div",
      { class: "case-head" },
      el(
        "div",
        {},
        el(
          "p",
          { class: "eyebrow" },
          el("code", {}, TRANSPORT_WORDS[data.transport]),
          ` ${data.configuration}, ${data.fault}`,
        ),
        el(
          "h2",
          { id: "run-title", tabindex: -1 },
          el("bdi", {}, data.dialer),
          " dials ",
          el("bdi", {}, data.listener),
        ),
      ),
      el("span", { class: `stamp v-${data.verdict}` }, icon(`v-${data.verdict}`), label),
    ),
    el(
      "p",
      { class: "what" },
      `${sentence(CONFIGURATION_WORDS[data.configuration])} ${sentence(faultWords(data.fault))}`,
    ),
    data.reason === undefined ? undefined : el("p", { class: "reason" }, data.reason),
    ...checkTabs(model, checksOf(model, data), timeline),
    timeline?.element ?? el("p", { class: "empty small" }, "Nothing was recorded: it did not run."),
    el("dl", { class: "facts" }, ...runFacts(model, run)),
    el("h3", {}, "Repeat just this"),
    copyable(data.repro),
  );
}

/**
 * Back to the matrix, and on to the next run of the same two, or of the same disturbance.
 *
 * @param {PairsModel} model
 * @param {Run} run
 */
function runNavigation(model, run) {
  const pair = model.pairs.get(`${run.data.dialer}:${run.data.listener}`);
  const among = run.disturbance === undefined ? (pair?.runs ?? []) : model.disturbed;
  const at = among.indexOf(run);
  /** @type {(to: number, symbol: string, words: string) => Node} */
  const step = (to, symbol, words) => {
    const other = among[to];
    if (other === undefined)
      return el("span", { class: "button off", "aria-hidden": "true" }, icon(symbol));
    const where = `${words}: ${other.key}`;
    return el(
      "a",
      { class: "button", href: runLink(other), "aria-label": where, title: where },
      icon(symbol),
    );
  };
  return el(
    "nav",
    { class: "case-nav", "aria-label": "Runs" },
    el("a", { class: "button", href: "#" }, icon("i-back"), "Matrix"),
    run.disturbance === undefined && pair !== undefined
      ? el("a", { class: "button", href: pairLink(pair) }, `${pair.dialer} → ${pair.listener}`)
      : undefined,
    el("span", { class: "spring" }),
    el("span", { class: "place" }, `${at + 1} of ${among.length}`),
    step(at - 1, "i-back", "Previous"),
    step(at + 1, "i-next", "Next"),
  );
}

/**
 * @param {PairsModel} model
 * @param {Run} run
 * @returns {Child[]}
 */
function runFacts({ page }, { data }) {
  const late = page.report.tolerance.lateMs;
  const entries = [
    [`Dialer: ${data.dialer}`, configWords(data.sides.dialer)],
    [`Listener: ${data.listener}`, configWords(data.sides.listener)],
    ["Took", durationText(data.durationMs)],
    ["Harness lag", `at most ${data.maxLagMs.toFixed(1)} ms, of ${late} ms tolerated`],
    ...(data.attempts > 1 ? [["Attempts", `${data.attempts}, after inconclusive runs`]] : []),
  ];
  return entries.map(([name = "", value = ""]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value)),
  );
}

/** @param {string} words */
function sentence(words) {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}.`;
}
