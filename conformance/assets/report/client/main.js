import { caseView } from "./case.js";
import { clauseView } from "./clauses.js";
import { el, visible } from "./dom.js";
import { createFilter, filterBar } from "./filter.js";
import { findingsView } from "./findings.js";
import { pageHeader } from "./header.js";
import { matrixView } from "./matrix.js";
import { buildModel } from "./model.js";
import { inflate, unpack } from "./unpack.js";

/** @import { Model } from "./model.js" */

const app = document.getElementById("app");
const data = document.getElementById("data");
if (app !== null && data !== null) {
  inflate(data.textContent ?? "").then(
    (text) => start(app, buildModel(unpack(JSON.parse(text)))),
    () =>
      app.append(
        el(
          "p",
          { class: "noscript" },
          "This page needs a browser of 2023 or later. The files summary.md and report.json beside it say the same.",
        ),
      ),
  );
}

/**
 * Draws the page, and from then on follows its address.
 *
 * @param {HTMLElement} root
 * @param {Model} model
 */
function start(root, model) {
  const filter = createFilter();
  document.title = visible(titleOf(model));

  const found = model.findings.length;
  // What failed is what one came for; of several peers, how they compare.
  const [only] = model.peers.length === 1 ? model.peers : [];
  const isTold = found > 0 || only?.data.report.exitCode === 3;
  const first = only !== undefined && isTold ? "#findings" : "#cases";
  const views = new Map([
    ["#findings", () => findingsView(model)],
    ["#cases", () => matrixView(model, filter)],
    ["#clauses", () => clauseView(model, filter)],
  ]);
  const tabs = [
    el("a", { href: "#findings" }, "Findings", el("span", { class: "count" }, String(found))),
    el("a", { href: "#cases" }, "Cases"),
    el("a", { href: "#clauses" }, "Clauses"),
  ];
  const filters = el("div", { class: "filters" }, ...filterBar(model, filter, () => drawList()));
  const bar = el(
    "div",
    { class: "bar" },
    el("nav", { class: "tabs", "aria-label": "Views" }, ...tabs),
    filters,
  );
  // The head of the table sticks below the bar, whose height depends on what it wraps.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  }).observe(bar);
  const list = el("div", { class: "list-view" });
  const detail = el("div", { class: "detail-view", hidden: true });
  const overview = el("div", {}, pageHeader(model));
  // Of a run that never began there is nothing to list: what to do is said above.
  if (model.byKey.size > 0) overview.append(bar, list);
  const main = el("main", { id: "main", tabindex: -1 }, overview, detail);
  main.classList.toggle("broad", model.peers.length > 1);
  root.append(main);

  let listHash = "";
  /** @type {{ link: string | null | undefined, scroll: number }} */
  let left = { link: undefined, scroll: 0 };
  const drawList = () => {
    list.replaceChildren(views.get(listHash)?.() ?? "");
    filters.hidden = listHash === "#findings";
    for (const tab of tabs) {
      if (tab.hash === listHash) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };
  /** @type {(key: string) => void} */
  const showCase = (key) => {
    if (detail.hidden)
      left = { link: document.activeElement?.getAttribute("href"), scroll: scrollY };
    detail.replaceChildren(caseView(model, filter, key, listHash === "" ? first : listHash));
    overview.hidden = true;
    detail.hidden = false;
    scrollTo(0, 0);
    document.getElementById("case-title")?.focus({ preventScroll: true });
  };
  /** @type {(hash: string) => void} */
  const showList = (hash) => {
    const returning = !detail.hidden;
    overview.hidden = false;
    detail.hidden = true;
    detail.replaceChildren();
    if (hash !== listHash || list.childElementCount === 0) {
      listHash = hash;
      drawList();
    }
    if (!returning) return;
    // Where one was: the same place on the page, and the cell that was opened.
    scrollTo(0, left.scroll);
    const link = [...list.querySelectorAll("a")].find(
      (each) => each.getAttribute("href") === left.link,
    );
    link?.focus({ preventScroll: true });
  };
  const follow = () => {
    const [name, value] = splitHash(location.hash);
    if (name === "case") showCase(value);
    else if (name === "clause") {
      showList("#clauses");
      const row = document.getElementById(`clause-${value}`);
      row?.scrollIntoView({ block: "center" });
      row?.querySelector("a")?.focus({ preventScroll: true });
    } else showList(views.has(`#${name}`) ? `#${name}` : first);
  };
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !detail.hidden) location.hash = listHash || first;
  });
  follow();
}

/** @param {Model} model */
function titleOf({ peers }) {
  const names = peers.map(({ name }) => name).join(", ");
  const [only] = peers;
  const said =
    peers.length === 1 && only !== undefined ? `${only.data.headline.title}: ${names}` : names;
  return `${said} – Pulsewire conformance`;
}

/**
 * "#case=ADP-001/tcp/dial" as its name and its value.
 *
 * @param {string} hash
 * @returns {[string, string]}
 */
function splitHash(hash) {
  const [name = "", value = ""] = hash.slice(1).split(/=(.*)/s);
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return ["", ""];
  }
}
