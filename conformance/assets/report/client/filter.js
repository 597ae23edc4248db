import { el, icon } from "./dom.js";

/** What is looked for. An empty choice means everything. */
export function createFilter() {
  return { verdicts: new Set(), family: "", text: "" };
}

/** Whether a cell of the matrix is looked for. */
export function matchesVerdict(filter, verdict) {
  return filter.verdicts.size === 0 || filter.verdicts.has(verdict);
}

/** Whether all words that were typed occur in what a thing says of itself. */
export function matchesText(filter, ...texts) {
  const hay = texts.join(" ").toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/** Whether a row of the matrix is shown. */
export function matchesRow(filter, row) {
  const cells = [...row.cells.values()];
  return (
    (filter.family === "" || row.family === filter.family) &&
    cells.some((cell) => matchesVerdict(filter, cell.verdict)) &&
    matchesText(filter, row.caseId, row.title, ...cells.flatMap((cell) => clausesOf(cell)))
  );
}

function clausesOf(result) {
  return result.checks.flatMap((check) => check.clauses);
}

/** The controls. `onChange` is called after each change of the filter, which is changed in place. */
export function filterBar(model, filter, onChange) {
  if (model.report.results.length === 0) return [];
  const counts = new Map();
  for (const { verdict } of model.report.results)
    counts.set(verdict, (counts.get(verdict) ?? 0) + 1);

  const chips = model.verdicts
    .filter(({ verdict }) => counts.has(verdict))
    .map(({ verdict, label, meaning }) => {
      const chip = el(
        "button",
        {
          type: "button",
          class: `chip v-${verdict}`,
          "aria-pressed": String(filter.verdicts.has(verdict)),
          title: meaning,
          onclick: () => {
            if (!filter.verdicts.delete(verdict)) filter.verdicts.add(verdict);
            chip.setAttribute("aria-pressed", String(filter.verdicts.has(verdict)));
            onChange();
          },
        },
        icon(`v-${verdict}`),
        el("b", {}, String(counts.get(verdict))),
        ` ${label}`,
      );
      return chip;
    });

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

  return [
    el(
      "div",
      { class: "inputs", role: "search" },
      el("span", { class: "search" }, icon("i-search"), search),
      family,
    ),
    el("div", { class: "chips", role: "group", "aria-label": "Show verdicts" }, ...chips),
  ];
}
