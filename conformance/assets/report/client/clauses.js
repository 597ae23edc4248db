import { el, prose } from "./dom.js";
import { matchesText } from "./filter.js";
import { verdictLink } from "./grid.js";
import { cellAttributes, columnHead, edgeOf, groupRow, matrixTable } from "./matrix.js";
import { columnText, groupBy, linkTo } from "./model.js";

/**
 * @import { Filter } from "./filter.js"
 * @import { ClauseEntry, Column, Judged, Model } from "./model.js"
 */

/** The sections of the specification, by the middle of their ids. */
const SECTIONS = new Map([
  ["FRM", "Frames"],
  ["HBT", "Heartbeats"],
  ["ADP", "Adoption"],
  ["SND", "Sending"],
  ["DAT", "Data"],
  ["LIV", "Life and death"],
  ["PRB", "Suspicion and probes"],
  ["RTT", "Round trip"],
  ["CLK", "One's own delays"],
  ["OUT", "Outbound"],
  ["CLS", "Closing"],
  ["VER", "Versions"],
  ["LIM", "Limits"],
  ["GWY", "Gateways"],
  ["TCP", "TCP and byte streams"],
  ["WS", "WebSocket"],
  ["GRPC", "gRPC"],
  ["MAP", "Close codes on each transport"],
]);

/**
 * Sentences of the specification down, each with its cases beneath; peers, transports and roles
 * across.
 *
 * @param {Model} model
 * @param {Filter} filter
 */
export function clauseView(model, filter) {
  if (model.clauses.length === 0)
    return el("p", { class: "empty" }, "The report quotes no clause.");
  const judged = model.clauses.filter((entry) => entry.cases.size > 0).length;
  const shown = model.clauses.filter((entry) => matchesClause(filter, entry));
  if (shown.length === 0) return el("p", { class: "empty" }, "No sentence is like that.");
  const groups = groupBy(shown, ({ id }) => id.split("-")[1] ?? id);
  const bodies = [...groups].map(([name, entries]) => clauseBody(model, name, entries));
  return el(
    "div",
    {},
    el(
      "p",
      { class: "hint", id: "matrix-hint" },
      `${judged} of ${model.clauses.length} sentences were judged in this run. ` +
        "A cell is the worst verdict of the checks that judge its sentence.",
    ),
    matrixTable(model, "matrix clauses", "Verdicts by sentence, transport and role", [
      columnHead(model, "Sentence"),
      ...bodies,
    ]),
  );
}

/**
 * @param {Filter} filter
 * @param {ClauseEntry} entry
 */
function matchesClause(filter, entry) {
  const cases = [...entry.cases.values()];
  return (
    (filter.family === "" || cases.some(({ row }) => row.family === filter.family)) &&
    (filter.weights.size === 0 ||
      cases.some(({ verdicts }) =>
        [...verdicts.values()].flat().some((verdict) => filter.weights.has(verdict)),
      )) &&
    matchesText(
      filter,
      entry.id,
      entry.sentence,
      ...cases.map(({ row }) => `${row.caseId} ${row.title}`),
    )
  );
}

/**
 * @param {Model} model
 * @param {string} name
 * @param {ClauseEntry[]} entries
 */
function clauseBody(model, name, entries) {
  const page = entries[0]?.page ?? "";
  return el(
    "tbody",
    { role: "rowgroup" },
    groupRow(model, SECTIONS.get(name) ?? name, page),
    ...entries.flatMap((entry) => clauseRows(model, entry)),
  );
}

/**
 * The row of a sentence, and those of its cases, which are shown when asked for.
 *
 * @param {Model} model
 * @param {ClauseEntry} entry
 */
function clauseRows(model, entry) {
  const cases = [...entry.cases.values()];
  const below = cases.map((judged) => caseRow(model, judged));
  const count = `${cases.length} ${cases.length === 1 ? "case" : "cases"}`;
  const button = el(
    "button",
    {
      type: "button",
      class: "unfold",
      "aria-expanded": "false",
      onclick: () => {
        const opens = button.getAttribute("aria-expanded") === "false";
        button.setAttribute("aria-expanded", String(opens));
        for (const row of below) row.hidden = !opens;
      },
    },
    count,
  );
  const head = el(
    "tr",
    { role: "row", id: `clause-${entry.id}`, class: cases.length === 0 ? "unjudged" : "" },
    el(
      "th",
      { scope: "row", role: "rowheader" },
      el("code", {}, entry.id),
      el(
        "span",
        { class: "sentence" },
        ...prose(entry.sentence === "" ? "This report does not quote it." : entry.sentence),
      ),
      el("span", { class: "cases" }, cases.length === 0 ? "no case in this run" : button),
    ),
    ...model.columns.map((column, index) =>
      clauseCell(model, entry.id, cases, column, edgeOf(model.columns, index)),
    ),
  );
  return [head, ...below];
}

/**
 * @param {Model} model
 * @param {Judged} judged
 */
function caseRow(model, judged) {
  const { row } = judged;
  return el(
    "tr",
    { role: "row", class: "sub", hidden: true },
    el(
      "th",
      { scope: "row", role: "rowheader" },
      el("code", {}, row.caseId),
      el("span", { class: "title" }, row.title),
    ),
    ...model.columns.map((column, index) =>
      clauseCell(model, row.caseId, [judged], column, edgeOf(model.columns, index)),
    ),
  );
}

/**
 * The worst that some cases came to in a column.
 *
 * @param {Model} model
 * @param {string} what
 * @param {Judged[]} cases
 * @param {Column} column
 * @param {string} edge
 */
function clauseCell(model, what, cases, column, edge) {
  const attributes = cellAttributes(column, edge);
  const here = cases.flatMap(({ row, verdicts }) => {
    const list = verdicts.get(column.key);
    return list === undefined ? [] : [{ row, verdict: model.worst(list) }];
  });
  if (here.length === 0) return el("td", attributes, el("span", { class: "hidden" }, "not judged"));
  const verdict = model.worst(here.map((each) => each.verdict));
  const culprit = here.find((each) => each.verdict === verdict)?.row.caseId ?? "";
  const words = what === culprit ? what : `${what}, ${culprit}`;
  return el(
    "td",
    attributes,
    verdictLink(model, {
      verdict,
      href: linkTo(`${culprit}/${column.key}`),
      what: `${words}, ${columnText(column)}`,
    }),
  );
}
