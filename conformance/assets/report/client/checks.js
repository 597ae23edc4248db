import { el, icon, prose } from "./dom.js";

/**
 * @import { CheckResult, Verdict } from "../../../src/model.ts"
 * @import { VerdictStyle } from "../../../src/report/verdicts.ts"
 * @import { Child } from "./dom.js"
 * @import { TimelineView } from "./timeline-view.js"
 *
 * @typedef {object} Book What checks are told with.
 * @property {readonly VerdictStyle[]} verdicts
 * @property {(verdict: Verdict) => VerdictStyle} styleOf
 * @property {readonly { readonly id: string, readonly sentence: string }[]} clauses
 * @property {boolean} [hasClauseView] Whether a sentence has a place of its own on the page.
 * @property {(check: CheckResult) => string} [nameOf] What a check is called; its id without what comes before "/" if absent.
 */

const LEVELS = { must: "MUST", should: "SHOULD", info: "INFO" };

/**
 * The checks, worst first, one at a time, with its windows in the timeline; all of them on paper.
 *
 * @param {Book} book
 * @param {readonly CheckResult[]} checks
 * @param {TimelineView | undefined} timeline
 * @returns {Child[]}
 */
export function checkTabs(book, checks, timeline) {
  const sorted = orderChecks(book, checks);
  if (sorted.length === 0) return [];
  const panels = sorted.map((check, index) =>
    el(
      "div",
      { class: "panel", role: "tabpanel", id: `check-${index}`, "aria-labelledby": `tab-${index}` },
      el(
        "p",
        { class: `check-head v-${check.verdict}` },
        icon(`v-${check.verdict}`),
        el("b", {}, book.styleOf(check.verdict).label),
        el("code", {}, check.id),
        check.scored === false ? el("span", { class: "tag" }, "not scored") : undefined,
        check.expectation === undefined ? undefined : el("span", { class: "tag" }, "expected"),
      ),
      checkBody(book, check),
    ),
  );
  const tabs = sorted.map((check, index) =>
    el(
      "button",
      {
        type: "button",
        role: "tab",
        id: `tab-${index}`,
        "aria-controls": `check-${index}`,
        class: `v-${check.verdict}`,
        onclick: () => show(index),
      },
      icon(`v-${check.verdict}`),
      el("span", { class: "hidden" }, `${book.styleOf(check.verdict).label}: `),
      book.nameOf?.(check) ?? check.id.slice(check.id.indexOf("/") + 1),
    ),
  );
  /** @type {(index: number) => void} */
  const show = (index) => {
    for (const [each, tab] of tabs.entries()) {
      tab.setAttribute("aria-selected", String(each === index));
      tab.tabIndex = each === index ? 0 : -1;
      panels[each]?.classList.toggle("off", each !== index);
    }
    timeline?.setWindows(labelled(book, sorted[index]));
  };
  const list = el("div", { class: "check-tabs", role: "tablist", "aria-label": "Checks" }, ...tabs);
  list.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (at < 0 || by === 0) return;
    event.preventDefault();
    const next = (at + by + tabs.length) % tabs.length;
    show(next);
    tabs[next]?.focus();
  });
  show(0);
  return [el("div", { class: `check v-${sorted[0]?.verdict}` }, list, ...panels)];
}

/**
 * The windows of a check, with what it came to.
 *
 * @param {Book} book
 * @param {CheckResult | undefined} check
 */
function labelled(book, check) {
  if (check === undefined) return [];
  const { symbol } = book.styleOf(check.verdict);
  return (check.windows ?? []).map((window) => ({ ...window, label: `${window.label} ${symbol}` }));
}

/**
 * The sentences of a check, what was expected and what was seen.
 *
 * @param {Book} book
 * @param {CheckResult} check
 */
export function checkBody(book, check) {
  return el(
    "div",
    { class: `check-body v-${check.verdict}` },
    ...check.clauses.map((id) => {
      const clause = book.clauses.find((each) => each.id === id);
      return el(
        "blockquote",
        {},
        el("span", { class: "level" }, levelOf(clause?.sentence, check)),
        book.hasClauseView === true
          ? el("a", { href: `#clause=${encodeURIComponent(id)}` }, id)
          : el("code", {}, id),
        " ",
        ...prose(clause?.sentence ?? ""),
      );
    }),
    el(
      "dl",
      { class: "compare" },
      el("div", {}, el("dt", {}, "Expected"), el("dd", {}, check.expected)),
      el("div", { class: "seen" }, el("dt", {}, "Seen"), el("dd", {}, check.seen)),
    ),
  );
}

/**
 * How much a sentence asks for, in its own word; that of the check if it has none.
 *
 * @param {string | undefined} sentence
 * @param {CheckResult} check
 */
function levelOf(sentence, check) {
  return sentence?.match(/\b(MUST|SHOULD|MAY)\b/)?.[0] ?? LEVELS[check.level];
}

/**
 * Worst first, and after what is bad what is so without weight. The step at which a case stopped
 * leads, and what the case never came to follows what it did.
 *
 * @param {Book} book
 * @param {readonly CheckResult[]} checks
 */
export function orderChecks(book, checks) {
  const order = book.verdicts.map((style) => style.verdict);
  const place = (/** @type {CheckResult} */ { id, verdict, scored, expectation, notReached }) => {
    const isLight = isBad(verdict) && (scored === false || expectation !== undefined);
    const weight = isLight ? order.indexOf("pass") - 0.5 : order.indexOf(verdict);
    if (notReached === true) return weight + 0.2;
    return isBad(verdict) && id.endsWith("/steps") ? weight - 0.2 : weight;
  };
  return checks.toSorted((a, b) => place(a) - place(b));
}

/** @param {string} verdict */
export function isBad(verdict) {
  return !["pass", "info", "na"].includes(verdict);
}
