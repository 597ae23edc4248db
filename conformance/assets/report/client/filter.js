import { chip } from "./chip.js";
import { el, icon } from "./dom.js";
import { differs, weightOf } from "./model.js";

/**
 * @import { Cell, Model, Row } from "./model.js"
 *
 * @typedef {object} Filter What is looked for. An empty choice means everything.
 * @property {Set<string>} weights Verdicts, "expected" and "unscored".
 * @property {string} family
 * @property {string} text
 * @property {boolean} differing Only rows in which the peers differ.
 */

/** @returns {Filter} */
export function createFilter() {
  return { weights: new Set(), family: "", text: "", differing: false };
}

/**
 * Whether a cell of the matrix is looked for.
 *
 * @param {Filter} filter
 * @param {Cell} cell
 */
export function matchesCell(filter, { result }) {
  return filter.weights.size === 0 || filter.weights.has(weightOf(result));
}

/**
 * Whether all words that were typed occur in what a thing says of itself.
 *
 * @param {Filter} filter
 * @param {...string} texts
 */
export function matchesText(filter, ...texts) {
  const hay = texts.join(" ").toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/**
 * Whether a row of the matrix is shown.
 *
 * @param {Model} model
 * @param {Filter} filter
 * @param {Row} row
 */
export function matchesRow(model, filter, row) {
  const cells = [...row.cells.values()];
  return (
    (filter.family === "" || row.family === filter.family) &&
    (!filter.differing || differs(model, row)) &&
    cells.some((cell) => matchesCell(filter, cell)) &&
    matchesText(
      filter,
      row.caseId,
      row.title,
      ...cells.flatMap(({ result }) => result.checks.flatMap((check) => check.clauses)),
    )
  );
}

/**
 * The controls. `onChange` is called after each change of the filter, which is changed in place.
 *
 * @param {Model} model
 * @param {Filter} filter
 * @param {() => void} onChange
 */
export function filterBar(model, filter, onChange) {
  if (model.byKey.size === 0) return [];
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { result } of model.byKey.values()) {
    const weight = weightOf(result);
    counts.set(weight, (counts.get(weight) ?? 0) + 1);
  }
  const beside = [
    { weight: "expected", look: "fail", label: "expected to fail", meaning: "in the baseline" },
    { weight: "unscored", look: "info", label: "not scored", meaning: "shown, counts for nothing" },
  ];
  const kinds = [
    ...model.verdicts.map(({ verdict, label, meaning }) => ({
      weight: /** @type {string} */ (verdict),
      look: /** @type {string} */ (verdict),
      label,
      meaning,
    })),
    ...beside,
  ];
  const chips = kinds.flatMap(({ weight, look, label, meaning }) => {
    const count = counts.get(weight);
    if (count === undefined) return [];
    return chip({
      look,
      meaning,
      words: [el("b", {}, String(count)), ` ${label}`],
      pressed: filter.weights.has(weight),
      toggle: () => {
        if (!filter.weights.delete(weight)) filter.weights.add(weight);
        onChange();
        return filter.weights.has(weight);
      },
    });
  });
  if (model.peers.length > 1) {
    const count = [...model.rows.values()].filter((row) => differs(model, row)).length;
    chips.push(
      chip({
        look: "info",
        meaning: "only cases in which the peers differ",
        words: [el("b", {}, String(count)), " cases differ"],
        pressed: filter.differing,
        toggle: () => {
          filter.differing = !filter.differing;
          onChange();
          return filter.differing;
        },
      }),
    );
  }
  return [
    el(
      "div",
      { class: "inputs", role: "search" },
      searchBox(filter, onChange),
      familyChoice(model, filter, onChange),
    ),
    el("div", { class: "chips", role: "group", "aria-label": "Show only" }, ...chips),
  ];
}

/**
 * @param {Filter} filter
 * @param {() => void} onChange
 */
function searchBox(filter, onChange) {
  const search = el("input", {
    type: "search",
    id: "filter-text",
    placeholder: "Search cases and clauses",
    "aria-label": "Search cases and clauses",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => {
      filter.text = search.value.trim();
      onChange();
    },
  });
  search.value = filter.text;
  return el("span", { class: "search" }, icon("i-search"), search);
}

/**
 * @param {Model} model
 * @param {Filter} filter
 * @param {() => void} onChange
 */
function familyChoice(model, filter, onChange) {
  const family = el(
    "select",
    {
      id: "filter-family",
      "aria-label": "Family",
      onchange: () => {
        filter.family = family.value;
        onChange();
      },
    },
    el("option", { value: "" }, "All families"),
    ...[...model.families.keys()].map((name) => el("option", { value: name }, name)),
  );
  family.value = filter.family;
  return family;
}
