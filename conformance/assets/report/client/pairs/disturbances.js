import { el } from "../dom.js";
import { linesInCells, roving } from "../grid.js";
import { runMark, TRANSPORTS_SHOWN } from "./marks.js";
import { DISTURBANCE_WORDS } from "./words.js";

/**
 * @import { Disturbance } from "../../../../src/matrix/model.ts"
 * @import { PairsModel, Run } from "./model.js"
 */

/**
 * Victims down, what is done to them across; in each cell the transports, as the dialer and as the
 * listener.
 *
 * @param {PairsModel} model
 */
export function disturbanceTable(model) {
  const { disturbed, names } = model;
  if (disturbed.length === 0) return undefined;
  const kinds = /** @type {Disturbance[]} */ (Object.keys(DISTURBANCE_WORDS)).filter((kind) =>
    disturbed.some(({ disturbance }) => disturbance?.kind === kind),
  );
  const victims = names.filter((name) => disturbed.some((run) => victimOf(run) === name));
  const table = el(
    "table",
    { class: "disturbances" },
    el("caption", { class: "hidden" }, "Verdicts by victim and by what is done to it"),
    el(
      "thead",
      {},
      el(
        "tr",
        {},
        el("td", { class: "corner" }),
        ...kinds.map((kind) =>
          el("th", { scope: "col" }, el("b", {}, kind), el("span", {}, DISTURBANCE_WORDS[kind])),
        ),
      ),
    ),
    el(
      "tbody",
      {},
      ...victims.map((victim) =>
        el(
          "tr",
          {},
          el("th", { scope: "row" }, el("bdi", {}, victim)),
          ...kinds.map((kind) => disturbanceCell(model, victim, kind)),
        ),
      ),
    ),
  );
  roving(table, linesInCells);
  return table;
}

/**
 * @param {PairsModel} model
 * @param {string} victim
 * @param {Disturbance} kind
 */
function disturbanceCell(model, victim, kind) {
  const own = model.disturbed.filter(
    (run) => victimOf(run) === victim && run.disturbance?.kind === kind,
  );
  return el(
    "td",
    {},
    el(
      "div",
      { class: "marks" },
      ...["dialer", "listener"].map((side) =>
        el(
          "div",
          { class: "mark-row" },
          el("i", { class: "side" }, side === "dialer" ? "dials" : "listens"),
          ...TRANSPORTS_SHOWN.map((transport) =>
            runMark(
              model,
              own.find(
                (run) => run.data.transport === transport && run.disturbance?.victim === side,
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {Run} run */
function victimOf({ disturbance, data }) {
  return disturbance === undefined ? undefined : data[disturbance.victim];
}
