import { el, icon } from "../dom.js";
import { roving } from "../grid.js";
import { runMark, TRANSPORTS_SHOWN } from "./marks.js";
import { countWell, pairLink } from "./model.js";
import { configurationsOf, faultsOf, runAt } from "./tables.js";
import { CONFIGURATION_WORDS, faultWords, TRANSPORT_WORDS } from "./words.js";

/**
 * @import { Configuration } from "../../../../src/matrix/model.ts"
 * @import { Pair, PairsModel } from "./model.js"
 */

/**
 * All runs of one ordered pair, with names beside the marks.
 *
 * @param {PairsModel} model
 * @param {string} key "go:python"
 */
export function pairView(model, key) {
  const pair = model.pairs.get(key);
  if (pair === undefined)
    return el(
      "section",
      { class: "case" },
      el("p", { class: "empty" }, `This matrix has no pair ${key}.`),
      el("a", { href: "#", class: "button" }, "The matrix"),
    );
  const { well, judged } = countWell(pair.runs);
  const worst = model.worst(pair.runs);
  const other = model.pairs.get(`${pair.listener}:${pair.dialer}`);
  const table = el(
    "table",
    { class: "pair-runs" },
    el("caption", { class: "hidden" }, "Verdicts by configuration, fault and transport"),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td", {}),
        ...TRANSPORTS_SHOWN.map((name) => el("th", { scope: "col" }, TRANSPORT_WORDS[name])),
      ),
    ),
    ...configurationsOf(model).flatMap((configuration) => groupOf(model, pair, configuration)),
  );
  roving(table);
  return el(
    "section",
    { class: "case", "aria-labelledby": "pair-title" },
    el(
      "nav",
      { class: "case-nav", "aria-label": "Pairs" },
      el("a", { class: "button", href: "#" }, icon("i-back"), "Matrix"),
      el("span", { class: "spring" }),
      other === undefined || other === pair
        ? undefined
        : el(
            "a",
            { class: "button", href: pairLink(other) },
            `The other way: ${other.dialer} → ${other.listener}`,
          ),
    ),
    el(
      "div",
      { class: "case-head" },
      el(
        "div",
        {},
        el("p", { class: "eyebrow" }, `${well} of ${judged} runs well`),
        el(
          "h2",
          { id: "pair-title", tabindex: -1 },
          el("bdi", {}, pair.dialer),
          " dials ",
          el("bdi", {}, pair.listener),
        ),
      ),
      el("span", { class: `stamp v-${worst}` }, icon(`v-${worst}`), model.styleOf(worst).label),
    ),
    table,
  );
}

/**
 * @param {PairsModel} model
 * @param {Pair} pair
 * @param {Configuration} configuration
 */
function groupOf(model, pair, configuration) {
  const faults = faultsOf(model).filter((fault) =>
    TRANSPORTS_SHOWN.some((name) => runAt(pair, name, configuration, fault) !== undefined),
  );
  if (faults.length === 0) return [];
  return [
    el(
      "tbody",
      {},
      el(
        "tr",
        { class: "group" },
        el(
          "th",
          { scope: "rowgroup", colspan: TRANSPORTS_SHOWN.length + 1 },
          configuration,
          el("small", {}, CONFIGURATION_WORDS[configuration]),
        ),
      ),
      ...faults.map((fault) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, fault, el("small", {}, faultWords(fault))),
          ...TRANSPORTS_SHOWN.map((name) =>
            el("td", {}, runMark(model, runAt(pair, name, configuration, fault))),
          ),
        ),
      ),
    ),
  ];
}
