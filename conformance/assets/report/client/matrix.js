import { el, icon } from "./dom.js";
import { matchesRow, matchesVerdict } from "./filter.js";
import { bindingText, linkTo, transportText } from "./model.js";

/** Cases down, transports and roles across. */
export function matrixView(model, filter) {
  if (model.rows.size === 0) return el("p", { class: "empty" }, "No case was run.");
  const bodies = [...model.families].flatMap(([family, rows]) => {
    const shown = rows.filter((row) => matchesRow(filter, row));
    return shown.length === 0 ? [] : [familyBody(model, filter, family, shown)];
  });
  if (bodies.length === 0) return el("p", { class: "empty" }, "No case is like that.");
  const table = el(
    "table",
    { class: "matrix", role: "table", "aria-describedby": "matrix-hint" },
    el("caption", { class: "hidden" }, "Verdicts by case, transport and role"),
    bindingHead(model, "Case"),
    ...bodies,
  );
  sizeColumns(table, model);
  roving(table);
  return el(
    "div",
    {},
    el(
      "p",
      { class: "hint", id: "matrix-hint" },
      "Each cell opens its checks and its timeline.",
      el("span", { class: "keys" }, " Arrow keys move between cells."),
    ),
    table,
  );
}

/** The two head rows that the matrix and the clause table share. */
export function bindingHead(model, corner) {
  const transports = [...new Set(model.bindings.map((binding) => binding.transport))];
  return el(
    "thead",
    { role: "rowgroup" },
    el(
      "tr",
      { role: "row" },
      el("th", { scope: "col", rowspan: 2, role: "columnheader", class: "corner" }, corner),
      ...transports.map((transport) => {
        const span = model.bindings.filter((binding) => binding.transport === transport).length;
        const cell = el(
          "th",
          { scope: "colgroup", colspan: span, role: "columnheader", class: "transport" },
          transportText(transport),
        );
        cell.style.setProperty("--span", String(span));
        return cell;
      }),
    ),
    el(
      "tr",
      { role: "row" },
      ...model.bindings.map((binding, index) =>
        el(
          "th",
          {
            scope: "col",
            role: "columnheader",
            class: startsGroup(model, index) ? "role first" : "role",
            title: bindingText(binding),
          },
          binding.role === "dial" ? "dials" : "listens",
        ),
      ),
    ),
  );
}

/** Tells the style sheet how many columns there are. */
export function sizeColumns(table, model) {
  table.style.setProperty("--columns", String(model.bindings.length));
}

/** Whether a column is the first of its transport. */
export function startsGroup(model, index) {
  return model.bindings[index].transport !== model.bindings[index - 1]?.transport;
}

function familyBody(model, filter, family, rows) {
  const all = model.families.get(family).flatMap((row) => [...row.cells.values()]);
  const passed = all.filter((result) => result.verdict === "pass").length;
  return el(
    "tbody",
    { role: "rowgroup" },
    el(
      "tr",
      { class: "family", role: "row" },
      el(
        "th",
        { scope: "rowgroup", colspan: model.bindings.length + 1, role: "rowheader" },
        el("span", {}, family),
        el("small", {}, `${passed} of ${all.length} pass`),
      ),
    ),
    ...rows.map((row) =>
      el(
        "tr",
        { role: "row" },
        el(
          "th",
          { scope: "row", role: "rowheader" },
          el("code", {}, row.caseId),
          el("span", { class: "title" }, row.title),
        ),
        ...model.bindings.map((binding, index) => matrixCell(model, filter, row, binding, index)),
      ),
    ),
  );
}

function matrixCell(model, filter, row, binding, index) {
  const result = row.cells.get(binding.key);
  const className = startsGroup(model, index) ? "cell first" : "cell";
  if (result === undefined) {
    return el("td", { class: className, role: "cell" }, el("span", { class: "hidden" }, "not run"));
  }
  return el(
    "td",
    { class: className, role: "cell" },
    verdictLink(
      model,
      result.verdict,
      linkTo(row.caseId, binding.key),
      `${row.caseId}, ${bindingText(binding)}`,
      matchesVerdict(filter, result.verdict) ? "" : "dim",
    ),
  );
}

/** A verdict that leads to its case. */
export function verdictLink(model, verdict, href, what, className = "") {
  const { label } = model.styles.get(verdict);
  return el(
    "a",
    {
      class: `verdict v-${verdict} ${className}`,
      href,
      title: `${what}: ${label}`,
      "aria-label": `${what}: ${label}`,
    },
    icon(`v-${verdict}`),
  );
}

/**
 * One stop for the Tab key, and arrow keys within: with hundreds of cells, whoever uses a keyboard
 * would otherwise never get past the table.
 */
export function roving(table) {
  const grid = [...table.querySelectorAll("tbody tr")]
    .map((row) => [...row.querySelectorAll("a.verdict")])
    .filter((row) => row.length > 0);
  for (const link of grid.flat()) link.tabIndex = -1;
  if (grid[0] !== undefined) grid[0][0].tabIndex = 0;
  const moves = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const focus = (link) => {
    for (const each of grid.flat()) each.tabIndex = -1;
    link.tabIndex = 0;
  };
  table.addEventListener("focusin", ({ target }) => {
    if (target.matches("a.verdict")) focus(target);
  });
  table.addEventListener("keydown", (event) => {
    const row = grid.findIndex((links) => links.includes(event.target));
    if (row < 0) return;
    const column = grid[row].indexOf(event.target);
    const move = moves[event.key];
    let next;
    if (move !== undefined) {
      const links = grid[Math.min(grid.length - 1, Math.max(0, row + move[0]))];
      next = links[Math.min(links.length - 1, Math.max(0, column + move[1]))];
    } else if (event.key === "Home") next = grid[row][0];
    else if (event.key === "End") next = grid[row].at(-1);
    if (next === undefined) return;
    event.preventDefault();
    next.focus();
  });
}
