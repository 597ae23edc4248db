import { copyable, durationText, el, icon, prose } from "./dom.js";
import { matchesRow, matchesVerdict } from "./filter.js";
import { bindingText, keyOf, linkTo, transportText } from "./model.js";
import { timelineView } from "./timeline.js";

const LEVELS = { must: "MUST", should: "SHOULD", info: "INFO" };
const ENDINGS = {
  open: "open: still so when the case was over",
  coded: "coded: the testee said why",
  clean: "clean: end of stream without Close",
  abrupt: "abrupt: reset, or cut in a frame",
  harness: "by the harness",
  none: "none: there was no connection",
};

/** One result in full: what was judged, by which sentence, and what crossed the wire. */
export function caseView(model, filter, key, back) {
  const result = model.byKey.get(key);
  if (result === undefined) {
    return el(
      "section",
      { class: "case" },
      el("p", { class: "empty" }, `This report has no result ${key}.`),
      el("a", { href: back, class: "button" }, "All cases"),
    );
  }
  const { label } = model.styles.get(result.verdict);
  const timeline = result.trace.events.length === 0 ? undefined : timelineView(result);
  const checks = checkList(model, result, timeline);
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
    siblings(model, result),
    result.reason === undefined ? undefined : el("p", { class: "reason" }, result.reason),
    el("dl", { class: "facts" }, ...caseFacts(model, result)),
    timeline?.element ??
      el("p", { class: "empty small" }, "Nothing was recorded: the case did not run."),
    result.checks.length === 0 ? undefined : el("h3", {}, `Checks (${result.checks.length})`),
    checks,
    el("h3", {}, "Repeat just this"),
    copyable(result.repro),
    ...stderrOf(result),
  );
}

/** Back to where one came from, and on to the next of what the filter leaves. */
function navigation(model, filter, key, back) {
  const keys = [...model.rows.values()]
    .filter((row) => matchesRow(filter, row))
    .flatMap((row) =>
      [...row.cells.values()]
        .filter((cell) => matchesVerdict(filter, cell.verdict))
        .map((cell) => keyOf(cell)),
    );
  const at = keys.indexOf(key);
  const step = (to, symbol, words) => {
    const result = model.byKey.get(keys[to]);
    if (at < 0 || result === undefined) {
      return el("span", { class: "button off", "aria-hidden": "true" }, icon(symbol));
    }
    const where = `${result.caseId}, ${bindingText(result)}`;
    return el(
      "a",
      {
        class: "button",
        href: linkTo(result.caseId, `${result.transport}/${result.role}`),
        "aria-label": `${words}: ${where}`,
        title: `${words}: ${where}`,
      },
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
      back === "#clauses" ? "All sentences" : "All cases",
    ),
    el("span", { class: "spring" }),
    at < 0 ? undefined : el("span", { class: "place" }, `${at + 1} of ${keys.length}`),
    step(at - 1, "i-back", "Previous"),
    step(at + 1, "i-next", "Next"),
  );
}

/** The same case on the other transports and roles. */
function siblings(model, result) {
  const row = model.rows.get(result.caseId);
  return el(
    "nav",
    { class: "siblings", "aria-label": "The same case on each transport and role" },
    ...model.bindings.flatMap((binding) => {
      const other = row.cells.get(binding.key);
      if (other === undefined) return [];
      const here = other.transport === result.transport && other.role === result.role;
      return [
        el(
          "a",
          {
            href: linkTo(row.caseId, binding.key),
            class: `v-${other.verdict}`,
            "aria-current": here ? "page" : undefined,
            "aria-label": `${bindingText(binding)}: ${model.styles.get(other.verdict).label}`,
          },
          icon(`v-${other.verdict}`),
          el("b", {}, transportText(binding.transport)),
          binding.role === "dial" ? " dials" : " listens",
        ),
      ];
    }),
  );
}

function caseFacts(model, result) {
  const late = model.report.tolerance.lateMs;
  const entries = [
    ["Ending", ENDINGS[result.ending] ?? result.ending],
    ["Took", durationText(result.durationMs)],
    ["Harness lag", `at most ${result.maxLagMs.toFixed(1)} ms, of ${late} ms tolerated`],
  ];
  if (result.attempts > 1)
    entries.push(["Attempts", `${result.attempts}, after inconclusive runs`]);
  return entries.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value)));
}

/**
 * The checks, worst first. One of them at a time has its windows in the timeline: the worst, until
 * another is chosen.
 */
function checkList(model, result, timeline) {
  const order = model.verdicts.map((style) => style.verdict);
  const sorted = [...result.checks].sort(
    (a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict),
  );
  const buttons = new Map();
  const show = (check) => {
    for (const [each, button] of buttons) {
      const on = each === check;
      button.setAttribute("aria-pressed", String(on));
      button.textContent = on ? "Shown in the timeline" : "Show in the timeline";
    }
    timeline.setWindows(check.windows);
  };
  const items = sorted.map((check) => {
    let button;
    if (timeline !== undefined && check.windows !== undefined && check.windows.length > 0) {
      button = el("button", { type: "button", class: "show", onclick: () => show(check) });
      buttons.set(check, button);
    }
    return checkItem(model, check, button);
  });
  const [first] = buttons.keys();
  if (first !== undefined) show(first);
  return el("ol", { class: "checks" }, ...items);
}

function checkItem(model, check, button) {
  const { label } = model.styles.get(check.verdict);
  const entries = check.clauses.map((id) => model.clauses.find((clause) => clause.id === id));
  return el(
    "li",
    { class: `check v-${check.verdict}` },
    el(
      "div",
      { class: "check-head" },
      icon(`v-${check.verdict}`),
      el("b", {}, label),
      el("code", {}, check.id),
      el("span", { class: "level" }, LEVELS[check.level] ?? check.level),
      el("span", { class: "spring" }),
      button,
    ),
    ...entries.map((clause) =>
      el(
        "blockquote",
        {},
        el("a", { href: `#clause=${encodeURIComponent(clause.id)}` }, clause.id),
        " ",
        ...prose(clause.sentence ?? ""),
      ),
    ),
    el(
      "dl",
      { class: "compare" },
      el("div", {}, el("dt", {}, "Expected"), el("dd", {}, check.expected)),
      el("div", { class: "seen" }, el("dt", {}, "Seen"), el("dd", {}, check.seen)),
    ),
  );
}

function stderrOf(result) {
  if (result.stderr === "") return [];
  const cut =
    result.omission?.stderr > 0
      ? `… ${result.omission.stderr} characters before this are only in report.json …\n`
      : "";
  return [
    el(
      "details",
      { class: "stderr" },
      el("summary", {}, "What the testee wrote to standard error"),
      el("pre", { tabindex: 0 }, cut + result.stderr),
    ),
  ];
}
