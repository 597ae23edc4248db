import { caseView } from "./case.js";
import { clauseView } from "./clauses.js";
import { el } from "./dom.js";
import { createFilter, filterBar } from "./filter.js";
import { pageHeader } from "./header.js";
import { matrixView } from "./matrix.js";
import { buildModel } from "./model.js";
import { unpack } from "./unpack.js";

start(document.getElementById("app"), document.getElementById("data"));

/** Reads the data, draws the page, and from then on follows its address. */
function start(app, data) {
  const model = buildModel(unpack(JSON.parse(data.textContent)));
  const filter = createFilter();
  const { testee } = model.report;
  const name = testee === undefined ? "unknown testee" : `${testee.name} ${testee.version}`;
  document.title = `${model.headline.title}: ${name} – Pulsewire conformance`;

  const tabs = [
    ["#cases", "Cases"],
    ["#clauses", "Clauses"],
  ].map(([href, text]) => el("a", { href }, text));
  const bar = el(
    "div",
    { class: "bar" },
    el("nav", { class: "tabs", "aria-label": "Views" }, ...tabs),
    ...filterBar(model, filter, () => drawList()),
  );
  // The head of the table sticks below the bar, whose height depends on what it wraps.
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--bar", `${bar.offsetHeight}px`);
  }).observe(bar);
  const list = el("div", { class: "list-view" });
  const detail = el("div", { class: "detail-view", hidden: true });
  const overview = el("div", {}, pageHeader(model), bar, list);
  app.append(el("main", { id: "main", tabindex: -1 }, overview, detail));

  let listHash = "#cases";
  let left = { link: undefined, scroll: 0 };
  const drawList = () => {
    list.replaceChildren(
      listHash === "#clauses" ? clauseView(model, filter) : matrixView(model, filter),
    );
    for (const tab of tabs) {
      if (tab.hash === listHash) tab.setAttribute("aria-current", "page");
      else tab.removeAttribute("aria-current");
    }
  };
  const showCase = (key) => {
    if (detail.hidden)
      left = { link: document.activeElement?.getAttribute("href"), scroll: scrollY };
    detail.replaceChildren(caseView(model, filter, key, listHash));
    overview.hidden = true;
    detail.hidden = false;
    scrollTo(0, 0);
    document.getElementById("case-title")?.focus({ preventScroll: true });
  };
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
    const links = [...list.querySelectorAll("a[href]")];
    links.find((link) => link.getAttribute("href") === left.link)?.focus({ preventScroll: true });
  };
  const follow = () => {
    const [name, value] = splitHash(location.hash);
    if (name === "case") showCase(value);
    else if (name === "clause") {
      showList("#clauses");
      const row = document.getElementById(`clause-${value}`);
      row?.scrollIntoView({ block: "center" });
      row?.querySelector("a")?.focus({ preventScroll: true });
    } else showList(name === "clauses" ? "#clauses" : "#cases");
  };
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !detail.hidden) location.hash = listHash;
  });
  follow();
}

/** "#case=ADP-001/tcp/dial" as its name and its value. */
function splitHash(hash) {
  const [name, value = ""] = hash.slice(1).split(/=(.*)/s);
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return ["", ""];
  }
}
