import { el, icon } from "./dom.js";

/**
 * @import { Verdict } from "../../../src/model.ts"
 * @import { VerdictStyle } from "../../../src/report/verdicts.ts"
 */

/**
 * A verdict that leads to what it is about.
 *
 * @param {{ styleOf: (verdict: Verdict) => VerdictStyle }} model
 * @param {{ verdict: Verdict, href: string, what: string, className?: string, note?: string }} link
 */
export function verdictLink(model, { verdict, href, what, className = "", note = "" }) {
  const { label } = model.styleOf(verdict);
  const words = `${what}: ${label}${note === "" ? "" : ` (${note})`}`;
  return el(
    "a",
    { class: `verdict v-${verdict} ${className}`, href, title: words, "aria-label": words },
    icon(`v-${verdict}`),
  );
}

/**
 * One stop for the Tab key, and arrow keys within: with hundreds of cells, whoever uses a keyboard
 * would otherwise never get past the table.
 *
 * @param {HTMLElement} table
 * @param {(table: HTMLElement) => Element[][]} rowsOf Each row by its parts.
 */
export function roving(table, rowsOf = tableRows) {
  /** Rows come and go, so they are looked up each time. */
  const gridOf = () =>
    rowsOf(table)
      .map((row) => row.flatMap((part) => [...part.querySelectorAll("a.verdict")]))
      .filter((row) => row.length > 0);
  /** @type {(link: Element | undefined) => void} */
  const stopAt = (link) => {
    for (const each of table.querySelectorAll("a.verdict")) each.setAttribute("tabindex", "-1");
    link?.setAttribute("tabindex", "0");
  };
  stopAt(gridOf()[0]?.[0]);
  table.addEventListener("focusin", ({ target }) => {
    if (target instanceof Element && target.matches("a.verdict")) stopAt(target);
  });
  table.addEventListener("keydown", (event) => {
    const grid = gridOf();
    const next = neighbour(grid, /** @type {Element} */ (event.target), event.key);
    if (!(next instanceof HTMLElement || next instanceof SVGElement)) return;
    event.preventDefault();
    next.focus();
  });
}

/**
 * @param {HTMLElement} table
 * @returns {Element[][]}
 */
function tableRows(table) {
  return [...table.querySelectorAll("tbody tr:not([hidden])")].map((row) => [row]);
}

/**
 * The lines within the cells of a table, as they stand side by side.
 *
 * @param {HTMLElement} table
 * @returns {Element[][]}
 */
export function linesInCells(table) {
  return [...table.querySelectorAll("tbody tr")].flatMap((row) => {
    const cells = [...row.querySelectorAll("td")].map((cell) => [
      ...cell.querySelectorAll(".mark-row"),
    ]);
    const most = Math.max(0, ...cells.map(({ length }) => length));
    return Array.from({ length: most }, (_, line) => cells.flatMap((lines) => lines[line] ?? []));
  });
}

/**
 * Where a key leads to in rows of things, of unlike length.
 *
 * @template T
 * @param {T[][]} grid
 * @param {T} from
 * @param {string} key
 * @returns {T | undefined}
 */
export function neighbour(grid, from, key) {
  const at = grid.findIndex((row) => row.includes(from));
  const row = grid[at];
  if (row === undefined) return undefined;
  const column = row.indexOf(from);
  const moves = new Map([
    ["ArrowUp", [-1, 0]],
    ["ArrowDown", [1, 0]],
    ["ArrowLeft", [0, -1]],
    ["ArrowRight", [0, 1]],
  ]);
  if (key === "Home") return row[0];
  if (key === "End") return row.at(-1);
  const move = moves.get(key);
  if (move === undefined) return undefined;
  const [down = 0, right = 0] = move;
  const next = grid[Math.min(grid.length - 1, Math.max(0, at + down))] ?? row;
  return next[Math.min(next.length - 1, Math.max(0, column + right))];
}
