import { checkBody } from "../checks.js";
import { copyable, el, icon } from "../dom.js";
import { checksOf, runLink } from "./model.js";
import { TRANSPORT_WORDS } from "./words.js";

/**
 * @import { PairsModel, Run } from "./model.js"
 */

/**
 * What has to be looked at, by the peer that it is about, the worst first.
 *
 * @param {PairsModel} model
 */
export function pairFindings(model) {
  if (model.findings.length === 0) return undefined;
  return el(
    "ol",
    { class: "cards" },
    ...model.findings.map((finding) => pairFinding(model, finding)),
  );
}

/**
 * @param {PairsModel} model
 * @param {PairsModel["findings"][number]} finding
 */
function pairFinding(model, { verdict, who, check: name, runs }) {
  const [first] = runs;
  if (first === undefined) return el("li", {});
  const { data } = first;
  const side = data.dialer === who && data.listener !== who ? "dialer" : undefined;
  const check = checksOf(model, data).find(
    ({ id, verdict: found }) =>
      found === verdict &&
      id.endsWith(`/${name}`) &&
      (side === undefined ? data[sideOf(id)] === who : id.startsWith(side)),
  );
  const { label } = model.styleOf(verdict);
  return el(
    "li",
    { class: `finding v-${verdict}` },
    el(
      "h3",
      {},
      icon(`v-${verdict}`),
      el("span", { class: "hidden" }, `${label}: `),
      el(
        "a",
        { href: runLink(first) },
        el("bdi", {}, who),
        " ",
        el("code", {}, name ?? "came to nothing"),
      ),
    ),
    data.reason === undefined ? undefined : el("p", { class: "reason" }, data.reason),
    check === undefined ? undefined : checkBody(model, check),
    placesOf(runs),
    copyable(data.repro),
  );
}

/**
 * @param {string} id
 * @returns {"dialer" | "listener"}
 */
function sideOf(id) {
  return id.startsWith("dialer") ? "dialer" : "listener";
}

/**
 * Where else it is so, unfolded on demand.
 *
 * @param {Run[]} runs
 */
function placesOf(runs) {
  const [first] = runs;
  if (first === undefined) return undefined;
  if (runs.length === 1) return el("div", { class: "places" }, placeLink(first));
  const details = el(
    "details",
    { class: "all-places" },
    el("summary", {}, `${runs.length} runs: ${amongWords(runs)}`),
  );
  details.addEventListener(
    "toggle",
    () => details.append(el("div", { class: "places" }, ...runs.map(placeLink))),
    { once: true },
  );
  return details;
}

/** @param {Run} run */
function placeLink(run) {
  const { dialer, listener, transport, configuration, fault } = run.data;
  const words = `${dialer} → ${listener} ${TRANSPORT_WORDS[transport]} ${configuration} ${fault}`;
  return el("a", { href: runLink(run) }, words);
}

/** @param {Run[]} runs */
function amongWords(runs) {
  const among = (/** @type {(run: Run) => string} */ pick) =>
    [...new Set(runs.map(pick))].join(", ");
  return [
    among(({ data }) => TRANSPORT_WORDS[data.transport]),
    among(({ data }) => data.configuration),
    among(({ data }) => data.fault),
  ].join("; ");
}
