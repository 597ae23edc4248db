import { chip } from "../chip.js";
import { el, icon } from "../dom.js";
import { linesInCells, roving } from "../grid.js";
import { runMark, TRANSPORTS_SHOWN } from "./marks.js";
import { countWell, pairLink } from "./model.js";
import { CONFIGURATION_WORDS, faultWords, TRANSPORT_WORDS } from "./words.js";

/**
 * @import { Configuration, Fault } from "../../../../src/matrix/model.ts"
 * @import { Child } from "../dom.js"
 * @import { Pair, PairsModel } from "./model.js"
 */

/**
 * Dialers down, listeners across; in each cell a line for each thing that happens, a group of
 * columns for each transport, and in it a column for each configuration.
 *
 * @param {PairsModel} model
 */
export function pairsTable(model) {
  const { names, pairs } = model;
  if (pairs.size === 0) return undefined;
  const listeners = names.filter((name) =>
    [...pairs.values()].some((pair) => pair.listener === name),
  );
  const dialers = names.filter((name) => [...pairs.values()].some((pair) => pair.dialer === name));
  const table = el(
    "table",
    { class: "estate-matrix" },
    el("caption", { class: "hidden" }, "Verdicts by dialer and listener"),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td", { class: "corner" }, el("span", {}, "dials ↓"), el("span", {}, "listens →")),
        ...listeners.map((name) => el("th", { scope: "col" }, el("bdi", {}, name))),
      ),
    ),
    el(
      "tbody",
      {},
      ...dialers.map((dialer) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, el("bdi", {}, dialer)),
          ...listeners.map((listener) => pairCell(model, pairs.get(`${dialer}:${listener}`))),
        ),
      ),
    ),
  );
  roving(table, linesInCells);
  return el(
    "div",
    { class: "estate-scroll", tabindex: 0, role: "region", "aria-label": "Pairs" },
    table,
  );
}

/**
 * @param {PairsModel} model
 * @param {Pair | undefined} pair
 */
function pairCell(model, pair) {
  if (pair === undefined) return el("td", {});
  const { well, judged } = countWell(pair.runs);
  const worst = model.worst(pair.runs);
  const words = judged === 0 ? "–" : well === judged ? String(well) : `${well}/${judged}`;
  const label = `${pair.dialer} dials ${pair.listener}: ${well} of ${judged} runs well`;
  return el(
    "td",
    {},
    el(
      "a",
      { class: `tile v-${worst}`, href: pairLink(pair), "aria-label": label, title: label },
      icon(`v-${worst}`),
      el("b", {}, words),
      el("span", { class: "more", "aria-hidden": "true" }, icon("i-next")),
    ),
    marksOf(model, pair),
  );
}

/**
 * @param {PairsModel} model
 * @param {Pair} pair
 */
function marksOf(model, pair) {
  const faults = faultsOf(model);
  const configurations = configurationsOf(model);
  return el(
    "div",
    { class: "marks" },
    ...faults.map((fault) =>
      el(
        "div",
        { class: "mark-row" },
        ...TRANSPORTS_SHOWN.map((transport) =>
          el(
            "span",
            {},
            ...configurations.map((configuration) =>
              runMark(model, runAt(pair, transport, configuration, fault)),
            ),
          ),
        ),
      ),
    ),
  );
}

/**
 * How to read a cell: which line and which column is what.
 *
 * @param {PairsModel} model
 */
export function cellKey(model) {
  const words = (/** @type {Child[][]} */ entries) =>
    entries.map(([name, meaning]) => el("div", {}, el("dt", {}, name), el("dd", {}, meaning)));
  return el(
    "details",
    { class: "cell-key" },
    el("summary", {}, "How to read a cell"),
    el(
      "div",
      {},
      el(
        "p",
        {},
        `Each mark is a run, and opens its timeline. Three groups of columns are ${TRANSPORTS_SHOWN.map((name) => TRANSPORT_WORDS[name]).join(", ")}.`,
      ),
      el("h3", {}, "Columns of a group: how the two are configured"),
      el(
        "dl",
        {},
        ...words(
          configurationsOf(model).map((name) => [el("code", {}, name), CONFIGURATION_WORDS[name]]),
        ),
      ),
      el("h3", {}, "Lines: what happens to the connection"),
      el(
        "dl",
        {},
        ...words(faultsOf(model).map((name) => [el("code", {}, name), faultWords(name)])),
      ),
    ),
  );
}

/**
 * Verdicts to choose from: what is not chosen steps back.
 *
 * @param {PairsModel} model
 * @param {HTMLElement} root Whose marks are meant.
 */
export function verdictChips(model, root) {
  /** @type {Set<string>} */
  const chosen = new Set();
  const counts = new Map();
  for (const { data } of model.runs) counts.set(data.verdict, (counts.get(data.verdict) ?? 0) + 1);
  return el(
    "div",
    { class: "chips", role: "group", "aria-label": "Show only" },
    ...model.verdicts.flatMap(({ verdict, label, meaning }) => {
      const count = counts.get(verdict) ?? 0;
      if (count === 0) return [];
      return chip({
        look: verdict,
        meaning,
        words: [el("b", {}, String(count)), ` ${label}`],
        pressed: false,
        toggle: () => {
          if (!chosen.delete(verdict)) chosen.add(verdict);
          root.classList.toggle("choosing", chosen.size > 0);
          for (const style of model.verdicts)
            root.classList.toggle(`only-${style.verdict}`, chosen.has(style.verdict));
          return chosen.has(verdict);
        },
      });
    }),
  );
}

/**
 * The run of a pair in one place.
 *
 * @param {Pair} pair
 * @param {string} transport
 * @param {Configuration} configuration
 * @param {Fault} fault
 */
export function runAt(pair, transport, configuration, fault) {
  return pair.runs.find(
    ({ data }) =>
      data.transport === transport && data.configuration === configuration && data.fault === fault,
  );
}

/**
 * @param {PairsModel} model
 * @returns {Fault[]}
 */
export function faultsOf({ pairs }) {
  return [
    ...new Set([...pairs.values()].flatMap(({ runs }) => runs.map(({ data }) => data.fault))),
  ];
}

/**
 * @param {PairsModel} model
 * @returns {Configuration[]}
 */
export function configurationsOf({ pairs }) {
  return [
    ...new Set(
      [...pairs.values()].flatMap(({ runs }) => runs.map(({ data }) => data.configuration)),
    ),
  ];
}
