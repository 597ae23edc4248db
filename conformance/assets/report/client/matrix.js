import { el } from "./dom.js";
import { matchesCell, matchesRow } from "./filter.js";
import { roving, verdictLink } from "./grid.js";
import { columnText, linkTo, transportText, weightOf } from "./model.js";

/**
 * @import { Filter } from "./filter.js"
 * @import { Column, Model, Peer, Row } from "./model.js"
 */

/** From so many columns on the table scrolls within itself, with its head and first column in view. */
const WIDE = 19;

/**
 * Cases down; peers, transports and roles across.
 *
 * @param {Model} model
 * @param {Filter} filter
 */
export function matrixView(model, filter) {
  if (model.rows.size === 0) return el("p", { class: "empty" }, "No case was run.");
  const bodies = [...model.families].flatMap(([family, rows]) => {
    const shown = rows.filter((row) => matchesRow(model, filter, row));
    return shown.length === 0 ? [] : [familyBody(model, filter, family, shown)];
  });
  if (bodies.length === 0) return el("p", { class: "empty" }, "No case is like that.");
  const table = matrixTable(model, "matrix", "Verdicts by case, transport and role", [
    columnHead(model, "Case"),
    ...bodies,
  ]);
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

/**
 * A table of verdicts, with one stop for the Tab key.
 *
 * @param {Model} model
 * @param {string} className
 * @param {string} caption
 * @param {HTMLElement[]} parts
 */
export function matrixTable(model, className, caption, parts) {
  const several = model.peers.length > 1 ? " several" : "";
  const table = el(
    "table",
    { class: `${className}${several}`, role: "table", "aria-describedby": "matrix-hint" },
    el("caption", { class: "hidden" }, caption),
    ...parts,
  );
  table.style.setProperty("--columns", String(model.places.length));
  roving(table);
  if (model.columns.length < WIDE) return table;
  return el("div", { class: "wide", tabindex: 0, role: "region", "aria-label": caption }, table);
}

/**
 * The head rows that the matrix and the clause table share.
 *
 * @param {Model} model
 * @param {string} corner
 */
export function columnHead(model, corner) {
  const { peers, columns, places } = model;
  const transports = [...new Set(places.map(({ transport }) => transport))];
  const isSeveral = peers.length > 1;
  // On a phone the peers are below each other, under one head.
  const repeated = (/** @type {Peer} */ peer) => (peer === peers[0] ? "" : " repeated");
  const cornerCell = el(
    "th",
    { scope: "col", rowspan: isSeveral ? 3 : 2, role: "columnheader", class: "corner" },
    corner,
  );
  const peerCells = peers.map(({ number, name }) =>
    el(
      "th",
      {
        scope: "colgroup",
        colspan: places.length,
        role: "columnheader",
        class: "peer first",
        title: name,
      },
      el("span", { class: "number" }, String(number)),
      " ",
      el("bdi", {}, name),
    ),
  );
  const transportCells = peers.flatMap((peer) =>
    transports.map((transport, index) => {
      const span = places.filter((place) => place.transport === transport).length;
      const name = transportText(transport);
      const cell = el(
        "th",
        {
          scope: "colgroup",
          colspan: span,
          role: "columnheader",
          class: `transport${index === 0 ? " first-of-peer" : ""}${repeated(peer)}`,
        },
        // There is room for no more, with several peers.
        isSeveral && transport === "ws" ? el("abbr", { title: name }, "WS") : name,
      );
      cell.style.setProperty("--span", String(span));
      return cell;
    }),
  );
  const roleCells = columns.map((column, index) => {
    const word = column.role === "dial" ? "dials" : "listens";
    return el(
      "th",
      {
        scope: "col",
        role: "columnheader",
        class: `role ${edgeOf(columns, index)}${repeated(column.peer)}`,
        title: columnText(column),
      },
      isSeveral ? el("abbr", { title: word }, word.slice(0, 1)) : word,
    );
  });
  return el(
    "thead",
    { role: "rowgroup" },
    ...(isSeveral ? [el("tr", { role: "row", class: "peers-row" }, cornerCell, ...peerCells)] : []),
    el("tr", { role: "row" }, ...(isSeveral ? [] : [cornerCell]), ...transportCells),
    el("tr", { role: "row" }, ...roleCells),
  );
}

/**
 * Whether a column is the first of its peer, or of its transport.
 *
 * @param {Column[]} columns
 * @param {number} index
 */
export function edgeOf(columns, index) {
  const before = columns[index - 1];
  const column = columns[index];
  if (before?.peer !== column?.peer) return "first first-of-peer";
  return before?.transport === column?.transport ? "" : "first";
}

/**
 * @param {Model} model
 * @param {Filter} filter
 * @param {string} family
 * @param {Row[]} rows
 */
function familyBody(model, filter, family, rows) {
  const all = (model.families.get(family) ?? []).flatMap((row) => [...row.cells.values()]);
  const scored = all.filter(({ result }) => !["na", "info"].includes(result.verdict));
  const passed = scored.filter(({ result }) => result.verdict === "pass").length;
  return el(
    "tbody",
    { role: "rowgroup" },
    groupRow(
      model,
      family,
      scored.length === 0 ? "not judged" : `${passed} of ${scored.length} pass`,
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
        ...model.columns.map((column, index) =>
          matrixCell(model, filter, row, column, edgeOf(model.columns, index)),
        ),
      ),
    ),
  );
}

/**
 * The row that names a group of rows.
 *
 * @param {Model} model
 * @param {string} name
 * @param {string} note
 */
export function groupRow(model, name, note) {
  return el(
    "tr",
    { class: "family", role: "row" },
    el(
      "th",
      { scope: "rowgroup", colspan: model.columns.length + 1, role: "rowheader" },
      el("span", {}, name),
      el("small", {}, note),
    ),
  );
}

/**
 * @param {Model} model
 * @param {Filter} filter
 * @param {Row} row
 * @param {Column} column
 * @param {string} edge
 */
function matrixCell(model, filter, row, column, edge) {
  const cell = row.cells.get(column.key);
  const attributes = cellAttributes(column, edge);
  if (cell === undefined) return el("td", attributes, el("span", { class: "hidden" }, "not run"));
  const weight = weightOf(cell.result);
  const classes = [matchesCell(filter, cell) ? "" : "dim"];
  const notes = [];
  if (weight === "expected") {
    classes.push("expected");
    notes.push("expected");
  } else if (weight === "unscored") {
    classes.push("unscored");
    notes.push("not scored");
  }
  if (cell.result.attempts > 1) notes.push(`${cell.result.attempts} attempts`);
  return el(
    "td",
    attributes,
    verdictLink(model, {
      verdict: cell.result.verdict,
      href: linkTo(cell.key),
      what: `${row.caseId}, ${columnText(column)}`,
      className: classes.join(" "),
      note: notes.join(", "),
    }),
  );
}

/**
 * @param {Column} column
 * @param {string} edge
 */
export function cellAttributes({ peer }, edge) {
  return { class: `cell ${edge}`, role: "cell", "data-peer": peer.number };
}
