/** The kill matrix for people: a line for each broken peer, and whatever is not as declared in full. */
import pc from "picocolors";
import { CONTROL_POLES } from "../poles/control.ts";
import { POLES } from "../poles/poles.ts";
import { MUTANTS } from "../reference/mutants.ts";
import { truncate } from "../report/text/wrap.ts";
import type { Cell, MutantFindings } from "./matrix.ts";
import { isExact, type ZooFindings } from "./zoo.ts";

export interface ZooRendering {
  readonly color: boolean;
  readonly columns: number;
  readonly durationMs: number;
}

type Colors = ReturnType<typeof pc.createColors>;

const NAME_WIDTH = 28;
const NUMBER_WIDTH = 11;

export function renderZoo(findings: ZooFindings, options: ZooRendering): string {
  const colors = pc.createColors(options.color);
  const lines: string[] = [];
  const row = (ok: boolean, name: string, numbers: readonly string[], text: string): void => {
    const mark = ok ? colors.green("✓") : colors.red("✗");
    const columns = numbers.map((number) => number.padStart(NUMBER_WIDTH)).join("");
    const left = `${name.padEnd(NAME_WIDTH)}${columns}  `;
    lines.push(`${mark} ${left}${colors.dim(truncate(text, options.columns - left.length - 2))}`);
  };
  const heading = (title: string, numbers: readonly string[]): void => {
    const columns = numbers.map((number) => number.padStart(NUMBER_WIDTH)).join("");
    lines.push("", colors.bold(`  ${title.padEnd(NAME_WIDTH)}${columns}`));
  };

  if (findings.mutants.length > 0) heading("Mutants", ["intended", "further"]);
  for (const found of findings.mutants) {
    const { mutant, intended, also } = found;
    row(isExact(found), mutant, [String(intended), String(also)], MUTANTS[mutant]);
    lines.push(...detail(found, colors));
  }
  if (findings.poles.length > 0) heading("Poles", ["cases", "checks"]);
  for (const { pole, runs, passes, checks, checksPassed } of findings.poles) {
    const numbers = [`${passes.length}/${runs}`, `${checksPassed}/${checks}`];
    row(passes.length === 0, pole, numbers, POLES[pole].does);
    for (const passed of passes) lines.push(`    ${colors.red("passes")} ${passed}`);
  }
  if (findings.controlPoles.length > 0) heading("Poles of the contract", ["exit"]);
  for (const { pole, exitCode, problem, ok } of findings.controlPoles) {
    row(ok, pole, [String(exitCode)], CONTROL_POLES[pole].does);
    lines.push(
      `    ${colors.dim(truncate(problem ?? "no problem was named", options.columns - 4))}`,
    );
  }
  return `${[...lines, "", ...totals(findings, colors, options.durationMs)].join("\n")}\n`;
}

function detail(found: MutantFindings, colors: Colors): string[] {
  const list = (cells: readonly Cell[], word: string): string[] =>
    cells.map(({ check, places }) => `    ${colors.red(word)} ${check} @${places.join(",")}`);
  return [
    ...list(found.survived, "survives"),
    ...list(found.lost, "no longer fails"),
    ...list(found.surprises, "fails too"),
  ];
}

function totals(findings: ZooFindings, colors: Colors, durationMs: number): string[] {
  const { mutants, poles, controlPoles, runs } = findings;
  const sum = (of: (found: MutantFindings) => number): number =>
    mutants.reduce((total, found) => total + of(found), 0);
  const intended = sum(({ intended: count }) => count);
  const survived = sum(({ survived: cells }) => cells.length);
  const passes = poles.reduce((total, pole) => total + pole.passes.length, 0);
  const problem = (word: string, items: readonly string[]): string[] =>
    items.map((item) => `${colors.red(word)} ${item}`);
  return [
    ...problem("the good peer fails", findings.goodFails),
    ...problem("no mutant fails", findings.unproven),
    ...problem("defect:", findings.problems),
    `${mutants.length} mutants: ${intended - survived} of ${intended} intended kills, ${sum(({ also }) => also)} further ones declared, ${sum(({ surprises, lost }) => surprises.length + lost.length)} not as declared`,
    `${poles.length + controlPoles.length} poles: ${passes} cases passed`,
    `${runs} runs in ${(durationMs / 1000).toFixed(1)} s`,
    findings.exact
      ? colors.green(
          "Exact: every broken peer fails what it is declared to fail, and nothing else.",
        )
      : colors.red("Not exact."),
  ];
}
