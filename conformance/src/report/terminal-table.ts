import type { CaseResult, Report, Verdict } from "../model.ts";
import { groupBy } from "./group.ts";
import { type Binding, bindingKey, bindingsOf, familiesOf } from "./layout.ts";
import { standingOf } from "./standing.ts";
import { oneLine } from "./text/clean.ts";
import { type Colors, paintOf } from "./text/paint.ts";
import { truncate } from "./text/wrap.ts";
import { needsAttention, styleOf, VERDICTS } from "./verdicts.ts";

const CELL = 9;
const LEAST_NAME = 8;

/** A column: the bindings it sums up. */
interface Column {
  readonly head: string;
  readonly below: string;
  readonly keys: ReadonlySet<string>;
}

/**
 * Families down, transports and roles across; in each cell how many cases are well, and of how
 * many if not all are. Where the roles do not fit side by side they are summed up, and then the
 * transports.
 */
export function familyTable(report: Report, colors: Colors, width: number): readonly string[] {
  const families = familiesOf(report);
  if (families.length === 0) return [];
  const longest = Math.max(...families.map(({ family }) => oneLine(family).length), LEAST_NAME);
  const fitting = [byBinding, byTransport, inAll]
    .map((divide) => divide(bindingsOf(report)))
    .find((columns) => longest + 1 + columns.length * CELL <= width);
  const columns = fitting ?? inAll(bindingsOf(report));
  const nameWidth = Math.min(longest, width - columns.length * CELL - 1);
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(nameWidth)} ${cells.join("")}`;
  const heads = [columns.map(({ head }) => head), columns.map(({ below }) => below)]
    .filter((cells) => cells.some((text) => text !== ""))
    .map((cells) =>
      colors.dim(
        line(
          "",
          cells.map((text) => pad(text)),
        ),
      ),
    );
  return [
    ...heads,
    ...families.map(({ family, rows }) => {
      const results = rows.flatMap((row) => [...row.results.values()]);
      const cells = columns.map(({ keys }) =>
        cell(
          results.filter((result) => keys.has(bindingKey(result))),
          colors,
        ),
      );
      return line(truncate(oneLine(family), nameWidth), cells);
    }),
  ];
}

function byBinding(bindings: readonly Binding[]): readonly Column[] {
  let above = "";
  return bindings.map((binding) => {
    const head = binding.transport === above ? "" : binding.transport;
    above = binding.transport;
    return { head, below: binding.role, keys: new Set([bindingKey(binding)]) };
  });
}

function byTransport(bindings: readonly Binding[]): readonly Column[] {
  return [...groupBy(bindings, ({ transport }) => transport)].map(([head, each]) => ({
    head,
    below: "",
    keys: new Set(each.map(bindingKey)),
  }));
}

function inAll(bindings: readonly Binding[]): readonly Column[] {
  return [{ head: "", below: "", keys: new Set(bindings.map(bindingKey)) }];
}

function cell(results: readonly CaseResult[], colors: Colors): string {
  const scored = results.filter(
    (result) =>
      result.verdict !== "na" && result.verdict !== "info" && standingOf(result) === "counts",
  );
  if (scored.length === 0) return colors.dim(pad(styleOf("na").symbol));
  const verdict = worstOf(scored);
  const good = scored.filter((result) => isGood(result.verdict)).length;
  const count = good === scored.length ? String(good) : `${good}/${scored.length}`;
  return paintOf(verdict, colors)(pad(`${styleOf(verdict).symbol} ${count}`));
}

function worstOf(results: readonly CaseResult[]): Verdict {
  const found = new Set(results.map(({ verdict }) => verdict));
  return VERDICTS.find(({ verdict }) => found.has(verdict))?.verdict ?? "na";
}

function isGood(verdict: Verdict): boolean {
  return verdict === "warn" || !needsAttention(verdict);
}

function pad(text: string): string {
  return text.padEnd(CELL);
}
