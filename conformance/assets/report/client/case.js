import { checkTabs } from "./checks.js";
import { copyable, durationText, el, icon } from "./dom.js";
import { matchesCell, matchesRow } from "./filter.js";
import { columnText, linkTo, transportText } from "./model.js";
import { timelineView } from "./timeline.js";

/**
 * @import { Child } from "./dom.js"
 * @import { Filter } from "./filter.js"
 * @import { Cell, Column, Model } from "./model.js"
 */

const ENDINGS = {
  open: "open: still so when the case was over",
  coded: "coded: the testee said why",
  clean: "clean: end of stream without Close",
  abrupt: "abrupt: reset, or cut in a frame",
  harness: "by the harness",
  none: "none: there was no connection",
};

const BACK = new Map([
  ["#cases", "All cases"],
  ["#clauses", "All sentences"],
  ["#findings", "All findings"],
]);

/**
 * One result in full: what was judged, by which sentence, and what crossed the wire.
 *
 * @param {Model} model
 * @param {Filter} filter
 * @param {string} key
 * @param {string} back The address of the list that it was opened from.
 */
export function caseView(model, filter, key, back) {
  const cell = model.byKey.get(key);
  if (cell === undefined) {
    return el(
      "section",
      { class: "case" },
      el("p", { class: "empty" }, `This report has no result ${key}.`),
      el("a", { href: back, class: "button" }, "All cases"),
    );
  }
  const { result } = cell;
  const { label } = model.styleOf(result.verdict);
  const timeline = result.trace.events.length === 0 ? undefined : timelineView(cell);
  return el(
    "section",
    { class: "case", "aria-labelledby": "case-title" },
    navigation(model, filter, key, back),
    el(
      "div",
      { class: "case-head" },
      el(
        "div",
        {},
        el("p", { class: "eyebrow" }, el("code", {}, result.caseId), ` ${result.family}`),
        el("h2", { id: "case-title", tabindex: -1 }, result.title),
      ),
      el("span", { class: `stamp v-${result.verdict}` }, icon(`v-${result.verdict}`), label),
    ),
    ...siblings(model, cell),
    ...remarks(cell),
    ...checkTabs(model, result.checks, timeline),
    timeline?.element ??
      el("p", { class: "empty small" }, "Nothing was recorded: the case did not run."),
    el("dl", { class: "facts" }, ...caseFacts(cell)),
    el("h3", {}, "Repeat just this"),
    copyable(result.repro),
    ...stderrOf(cell),
  );
}

/**
 * Back to where one came from, and on to the next of what the filter leaves.
 *
 * @param {Model} model
 * @param {Filter} filter
 * @param {string} key
 * @param {string} back
 */
function navigation(model, filter, key, back) {
  const cells =
    back === "#findings"
      ? model.findings.flatMap((finding) => finding.cells)
      : [...model.rows.values()]
          .filter((row) => matchesRow(model, filter, row))
          .flatMap((row) => [...row.cells.values()].filter((cell) => matchesCell(filter, cell)));
  const at = cells.findIndex((cell) => cell.key === key);
  /** @type {(to: number, symbol: string, words: string) => Node} */
  const step = (to, symbol, words) => {
    const cell = cells[to];
    if (at < 0 || cell === undefined)
      return el("span", { class: "button off", "aria-hidden": "true" }, icon(symbol));
    const where = `${words}: ${cell.result.caseId}, ${columnText(cell.column)}`;
    return el(
      "a",
      { class: "button", href: linkTo(cell.key), "aria-label": where, title: where },
      icon(symbol),
    );
  };
  return el(
    "nav",
    { class: "case-nav", "aria-label": "Results" },
    el(
      "a",
      { class: "button", href: back, id: "back" },
      icon("i-back"),
      BACK.get(back) ?? "All cases",
    ),
    el("span", { class: "spring" }),
    at < 0 ? undefined : el("span", { class: "place" }, `${at + 1} of ${cells.length}`),
    step(at - 1, "i-back", "Previous"),
    step(at + 1, "i-next", "Next"),
  );
}

/**
 * The same case on the other transports and roles of its peer, and in this place of the others.
 *
 * @param {Model} model
 * @param {Cell} cell
 */
function siblings(model, cell) {
  const { peer, transport, role } = cell.column;
  const row = model.rows.get(cell.result.caseId);
  /** @type {(column: Column, ...words: Child[]) => Child} */
  const link = (column, ...words) => {
    const other = row?.cells.get(column.key);
    if (other === undefined) return undefined;
    const { verdict } = other.result;
    return el(
      "a",
      {
        href: linkTo(other.key),
        class: `v-${verdict}`,
        "aria-current": other === cell ? "page" : undefined,
        "aria-label": `${columnText(column)}: ${model.styleOf(verdict).label}`,
      },
      icon(`v-${verdict}`),
      ...words,
    );
  };
  const places = model.columns
    .filter((column) => column.peer === peer)
    .map((column) =>
      link(
        column,
        el("b", {}, transportText(column.transport)),
        column.role === "dial" ? " dials" : " listens",
      ),
    );
  const peers = model.columns
    .filter((column) => column.transport === transport && column.role === role)
    .map((column) =>
      link(
        column,
        el("span", { class: "number" }, String(column.peer.number)),
        el("bdi", {}, column.peer.name),
      ),
    );
  return [
    model.peers.length === 1
      ? undefined
      : el(
          "nav",
          { class: "siblings peer-links", "aria-label": "The same of each peer" },
          ...peers,
        ),
    el("nav", { class: "siblings", "aria-label": "The same case in each place" }, ...places),
  ];
}

/**
 * What is to be known of a result before its checks are read.
 *
 * @param {Cell} cell
 */
function remarks({ result }) {
  const { reason, expectation, scored } = result;
  const texts = [];
  if (reason !== undefined) texts.push(reason);
  if (expectation !== undefined)
    texts.push(
      `The baseline expects this (${expectation.status}, entry ${expectation.entry}) ` +
        `until ${expectation.expires}: ${expectation.issue}`,
    );
  if (scored === false)
    texts.push("Not scored: the case came after the set of requirements was frozen.");
  return texts.map((text) => el("p", { class: "reason" }, text));
}

/** @param {Cell} cell */
function caseFacts({ result, column }) {
  const late = column.peer.data.report.tolerance.lateMs;
  const entries = [
    ["Ending", ENDINGS[result.ending] ?? result.ending],
    ["Took", durationText(result.durationMs)],
    ["Harness lag", `at most ${result.maxLagMs.toFixed(1)} ms, of ${late} ms tolerated`],
  ];
  if (result.attempts > 1)
    entries.push(["Attempts", `${result.attempts}, after inconclusive runs`]);
  if (result.config !== undefined)
    entries.push(["Testee configured with", configText(result.config)]);
  if (result.evidence !== undefined) entries.push(["Evidence", result.evidence]);
  for (const { maxLagMs, checks } of result.setAside ?? [])
    entries.push([
      "Set aside",
      `lag ${maxLagMs.toFixed(1)} ms; ${checks.map(({ id, seen }) => `${id}: ${seen}`).join("; ")}`,
    ]);
  return entries.map(([name = "", value = ""]) =>
    el("div", {}, el("dt", {}, name), el("dd", {}, value)),
  );
}

/** @param {Readonly<Record<string, unknown>>} config */
function configText(config) {
  const entries = Object.entries(config);
  if (entries.length === 0) return "nothing: its defaults, passive";
  return entries
    .map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(", ");
}

/**
 * @param {Cell} cell
 * @returns {Child[]}
 */
function stderrOf({ result, omission }) {
  if (result.stderr === "") return [];
  const left = omission?.stderr ?? 0;
  const cut = left > 0 ? `… ${left} characters before this are only in report.json …\n` : "";
  return [
    el(
      "details",
      { class: "stderr" },
      el("summary", {}, "What the testee wrote to standard error"),
      el("pre", { tabindex: 0 }, cut + result.stderr),
    ),
  ];
}
