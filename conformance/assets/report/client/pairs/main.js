import { el, visible } from "../dom.js";
import { inflate, unpack } from "../unpack.js";
import { disturbanceTable } from "./disturbances.js";
import { pairFindings } from "./findings.js";
import { aboutRun, matrixHeader } from "./header.js";
import { buildPairs } from "./model.js";
import { pairView } from "./pair.js";
import { runView } from "./run.js";
import { cellKey, pairsTable, verdictChips } from "./tables.js";

/**
 * @import { PairsModel } from "./model.js"
 */

const place = document.getElementById("app");
const packed = document.getElementById("data");
if (place !== null && packed !== null) {
  inflate(packed.textContent ?? "").then(
    (text) => startMatrix(place, buildPairs(unpack(JSON.parse(text)))),
    () =>
      place.append(
        el(
          "p",
          { class: "noscript" },
          "This page needs a browser of 2023 or later. The files beside it say the same.",
        ),
      ),
  );
}

/**
 * Draws the page, and from then on follows its address.
 *
 * @param {HTMLElement} root
 * @param {PairsModel} model
 */
function startMatrix(root, model) {
  const { headline } = model.page;
  document.title = visible(`${headline.title}: ${model.names.join(", ")} – Pulsewire matrix`);
  const overview = el("div", { class: "overview" });
  overview.append(matrixHeader(model));
  if (model.runs.length > 0)
    overview.append(...sections(model, overview).flatMap((part) => part ?? []));
  overview.append(aboutRun(model));
  const detail = el("div", { class: "detail-view", hidden: true });
  root.append(el("main", { id: "main", tabindex: -1, class: "broad" }, overview, detail));

  /** @type {{ link: string | null | undefined, scroll: number }} */
  let left = { link: undefined, scroll: 0 };
  /** @type {(view: HTMLElement, title: string) => void} */
  const show = (view, title) => {
    if (detail.hidden)
      left = { link: document.activeElement?.getAttribute("href"), scroll: scrollY };
    detail.replaceChildren(view);
    overview.hidden = true;
    detail.hidden = false;
    scrollTo(0, 0);
    document.getElementById(title)?.focus({ preventScroll: true });
  };
  const showOverview = () => {
    if (detail.hidden) return;
    overview.hidden = false;
    detail.hidden = true;
    detail.replaceChildren();
    // Where one was: the same place on the page, and the mark that was opened.
    scrollTo(0, left.scroll);
    const link = [...overview.querySelectorAll("a")].find(
      (each) => each.getAttribute("href") === left.link,
    );
    link?.focus({ preventScroll: true });
  };
  const follow = () => {
    const [name, value] = addressOf(location.hash);
    if (name === "run") show(runView(model, value), "run-title");
    else if (name === "pair") show(pairView(model, value), "pair-title");
    else showOverview();
  };
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !detail.hidden) location.hash = "";
  });
  follow();
}

/**
 * @param {PairsModel} model
 * @param {HTMLElement} overview
 * @returns {(HTMLElement | undefined)[]}
 */
function sections(model, overview) {
  const pairs = pairsTable(model);
  const disturbances = disturbanceTable(model);
  const findings = pairFindings(model);
  return [
    verdictChips(model, overview),
    pairs === undefined ? undefined : el("h2", { class: "section" }, "Pairs"),
    pairs,
    pairs === undefined ? undefined : cellKey(model),
    disturbances === undefined ? undefined : el("h2", { class: "section" }, "Disturbed processes"),
    disturbances === undefined
      ? undefined
      : el(
          "p",
          { class: "hint" },
          "By victim; three marks are TCP, WebSocket and gRPC. The other side is the next peer of the list.",
        ),
    disturbances,
    findings === undefined ? undefined : el("h2", { class: "section" }, "Findings"),
    findings,
  ];
}

/**
 * "#run=go:python/tcp/both/none" as its name and its value.
 *
 * @param {string} hash
 * @returns {[string, string]}
 */
function addressOf(hash) {
  const [name = "", value = ""] = hash.slice(1).split(/=(.*)/s);
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    return ["", ""];
  }
}
