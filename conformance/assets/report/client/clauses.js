import { el, prose } from "./dom.js";
import { matchesText, matchesVerdict } from "./filter.js";
import { bindingHead, roving, sizeColumns, startsGroup, verdictLink } from "./matrix.js";
import { bindingText, groupBy, linkTo } from "./model.js";

/** Sentences of the specification down, transports and roles across. */
export function clauseView(model, filter) {
  if (model.clauses.length === 0)
    return el("p", { class: "empty" }, "The report quotes no clause.");
  const judged = model.clauses.filter((entry) => entry.cases.size > 0).length;
  const shown = model.clauses.filter((entry) => matchesClause(filter, entry));
  if (shown.length === 0) return el("p", { class: "empty" }, "No sentence is like that.");
  const groups = groupBy(shown, (entry) => `${sectionOf(entry.id)} ${entry.page ?? ""}`);
  const table = el(
    "table",
    { class: "matrix clauses", role: "table" },
    el("caption", { class: "hidden" }, "Verdicts by sentence, transport and role"),
    bindingHead(model, "Sentence"),
    ...[...groups].map(([name, entries]) => clauseBody(model, name, entries)),
  );
  sizeColumns(table, model);
  roving(table);
  return el(
    "div",
    {},
    el(
      "p",
      { class: "hint" },
      `${judged} of ${model.clauses.length} sentences were judged in this run. ` +
        "A cell is the worst verdict of the checks that judge its sentence.",
    ),
    table,
  );
}

function sectionOf(id) {
  return id.replace(/-\d+$/, "");
}

function matchesClause(filter, entry) {
  const cases = [...entry.cases.values()];
  return (
    (filter.family === "" || cases.some(({ row }) => row.family === filter.family)) &&
    (filter.verdicts.size === 0 ||
      cases.some(({ verdicts }) =>
        [...verdicts.values()].flat().some((verdict) => matchesVerdict(filter, verdict)),
      )) &&
    matchesText(
      filter,
      entry.id,
      entry.sentence ?? "",
      ...cases.map(({ row }) => `${row.caseId} ${row.title}`),
    )
  );
}

function clauseBody(model, name, entries) {
  return el(
    "tbody",
    { role: "rowgroup" },
    el(
      "tr",
      { class: "family", role: "row" },
      el(
        "th",
        { scope: "rowgroup", colspan: model.bindings.length + 1, role: "rowheader" },
        el("span", {}, name.split(" ")[0]),
        el("small", {}, name.split(" ").slice(1).join(" ")),
      ),
    ),
    ...entries.map((entry) => clauseRow(model, entry)),
  );
}

function clauseRow(model, entry) {
  const cases = [...entry.cases.values()];
  return el(
    "tr",
    { role: "row", id: `clause-${entry.id}`, class: cases.length === 0 ? "unjudged" : "" },
    el(
      "th",
      { scope: "row", role: "rowheader" },
      el("code", {}, entry.id),
      el(
        "span",
        { class: "sentence" },
        ...prose(entry.sentence ?? "This report does not quote it."),
      ),
      el(
        "span",
        { class: "cases" },
        ...(cases.length === 0
          ? ["no case in this run"]
          : cases.map((judged) => {
              const [binding, verdict] = worstBinding(model, [judged]);
              return el(
                "a",
                {
                  href: linkTo(judged.row.caseId, binding),
                  title: judged.row.title,
                  class: `v-${verdict}`,
                },
                judged.row.caseId,
              );
            })),
      ),
    ),
    ...model.bindings.map((binding, index) => {
      const here = cases.filter(({ verdicts }) => verdicts.has(binding.key));
      const className = startsGroup(model, index) ? "cell first" : "cell";
      if (here.length === 0) {
        return el(
          "td",
          { class: className, role: "cell" },
          el("span", { class: "hidden" }, "not judged"),
        );
      }
      const verdictIn = (judged) => model.worst(judged.verdicts.get(binding.key));
      const verdict = model.worst(here.map(verdictIn));
      const culprit = here.find((judged) => verdictIn(judged) === verdict);
      return el(
        "td",
        { class: className, role: "cell" },
        verdictLink(
          model,
          verdict,
          linkTo(culprit.row.caseId, binding.key),
          `${entry.id}, ${bindingText(binding)}, ${culprit.row.caseId}`,
        ),
      );
    }),
  );
}

/** The binding on which the given cases came off worst, and the verdict there. */
function worstBinding(model, cases) {
  const pairs = cases.flatMap(({ verdicts }) =>
    [...verdicts].map(([binding, list]) => [binding, model.worst(list)]),
  );
  const verdict = model.worst(pairs.map(([, each]) => each));
  return pairs.find(([, each]) => each === verdict);
}
