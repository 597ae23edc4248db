import { checkBody, isBad, orderChecks } from "./checks.js";
import { copyable, el, icon } from "./dom.js";
import { columnText, groupBy, linkTo, transportText } from "./model.js";
import { smallTimeline } from "./timeline.js";

/**
 * @import { Child } from "./dom.js"
 * @import { Cell, Finding, Model, Peer } from "./model.js"
 */

const MOST_BROKEN = 6;

/**
 * What has to be looked at, the worst first, each once however often it happened; and beside it
 * what was expected, what does not count, and what did not apply.
 *
 * @param {Model} model
 */
export function findingsView(model) {
  return el(
    "div",
    { class: "findings" },
    ...model.peers.flatMap((peer) => peerFindings(model, peer)),
  );
}

/**
 * @param {Model} model
 * @param {Peer} peer
 * @returns {Child[]}
 */
function peerFindings(model, peer) {
  const findings = model.findings.filter((finding) => finding.peer === peer);
  const { broken, asides } = peer.data;
  const isAlone = model.peers.length === 1;
  return [
    isAlone
      ? undefined
      : el(
          "h2",
          { class: "peer-name" },
          el("span", { class: "number" }, String(peer.number)),
          " ",
          el("bdi", {}, peer.name),
        ),
    broken.length < 2
      ? undefined
      : el(
          "p",
          { class: "broken" },
          "Broken most often: ",
          ...broken
            .slice(0, MOST_BROKEN)
            .flatMap(({ clause, cases }) => [
              el(
                "a",
                { href: `#clause=${encodeURIComponent(clause)}` },
                clause,
                el("b", {}, ` ${cases}`),
              ),
              " ",
            ]),
          broken.length > MOST_BROKEN ? `and ${broken.length - MOST_BROKEN} more` : undefined,
        ),
    findings.length === 0
      ? el("p", { class: "empty small" }, nothingFound(peer))
      : el("ol", { class: "cards" }, ...findings.map((finding) => findingCard(model, finding))),
    ...asides.map(({ title, lines }) =>
      el(
        "details",
        { class: "aside", open: title === "The baseline no longer holds" || findings.length === 0 },
        el("summary", {}, `${title} (${lines.length})`),
        el("ul", {}, ...lines.map((line) => el("li", {}, line))),
      ),
    ),
  ];
}

/** @param {Peer} peer */
function nothingFound({ data: { report } }) {
  if (report.exitCode === 0) return "Nothing was found that anybody has to look at.";
  return report.results.length === 0
    ? "No case was run, so there is nothing to show."
    : "No result needs a look; what is wrong is said above.";
}

/**
 * @param {Model} model
 * @param {Finding} finding
 */
function findingCard(model, { cells, again }) {
  const [first] = cells;
  if (first === undefined) return el("li", {});
  const { result } = first;
  const { label } = model.styleOf(result.verdict);
  const [check, ...rest] = orderChecks(model, result.checks).filter(({ verdict }) =>
    isBad(verdict),
  );
  const others = rest.filter(({ notReached }) => notReached !== true);
  const missed = rest
    .filter(({ notReached }) => notReached === true)
    .map(({ id }) => id.slice(id.indexOf("/") + 1));
  const windows = check?.windows ?? [];
  return el(
    "li",
    { class: `finding v-${result.verdict}` },
    el(
      "h3",
      {},
      icon(`v-${result.verdict}`),
      el("span", { class: "hidden" }, `${label}: `),
      el("a", { href: linkTo(first.key) }, el("code", {}, result.caseId), " ", result.title),
    ),
    result.reason === undefined ? undefined : el("p", { class: "reason" }, result.reason),
    check === undefined ? undefined : checkBody(model, check),
    result.trace.events.length === 0 ? undefined : smallTimeline(first, windows),
    others.length === 0
      ? undefined
      : el(
          "ul",
          { class: "also", "aria-label": "Also" },
          ...others.map((other) =>
            el(
              "li",
              { class: `v-${other.verdict}` },
              icon(`v-${other.verdict}`),
              el("code", {}, other.id),
              other.scored === false ? " (not scored)" : undefined,
              other.expectation === undefined ? undefined : " (expected)",
              ` expected ${other.expected}, seen ${other.seen}`,
            ),
          ),
        ),
    missed.length === 0
      ? undefined
      : el("p", { class: "reason" }, `Not reached: ${missed.join(", ")}`),
    el("div", { class: "places" }, ...placeLinks(cells)),
    copyable(again),
  );
}

/**
 * The places of a finding by transport, a link each.
 *
 * @param {Cell[]} cells
 * @returns {Child[]}
 */
function placeLinks(cells) {
  return [...groupBy(cells, ({ result }) => result.transport).values()].map((each) =>
    el(
      "span",
      {},
      el("b", {}, each[0] === undefined ? "" : transportText(each[0].result.transport)),
      ...each.flatMap(({ key, column, result }) => [
        " ",
        el(
          "a",
          { href: linkTo(key), "aria-label": `${result.caseId}, ${columnText(column)}` },
          result.role === "dial" ? "dials" : "listens",
        ),
      ]),
    ),
  );
}
