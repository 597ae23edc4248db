/** `judge`: saved evidence, judged again with the catalogue of today. */
import type { Command } from "commander";
import { loadClauses } from "../cases/clauses.ts";
import { catalogueHash } from "../cases/hash.ts";
import { loadCases } from "../cases/load.ts";
import type { CaseSpec } from "../cases/model.ts";
import { type Change, type JudgedAgain, judgeAgain } from "../evidence/judge-again.ts";
import { loadEvidence, type SavedEvidence } from "../evidence/load.ts";
import { toleranceFor } from "../judge/tolerance.ts";
import type { CaseResult, Report } from "../model.ts";
import { abilitiesOf, renderTerminal, writeReports } from "../report/index.ts";
import { roleWords } from "../report/layout.ts";
import { plural } from "../report/verdicts.ts";
import { conclude } from "../scoring/conclude.ts";
import type { RequirementsName } from "../scoring/requirements.ts";
import { quote } from "../shell.ts";
import { readSuiteVersion } from "../version.ts";
import { openBaseline } from "./baseline.ts";
import { readRequirements } from "./options.ts";
import { requireWritableDirectory, writing } from "./paths.ts";
import type { Terminal } from "./run.ts";

interface JudgeOptions {
  readonly reports?: string;
  readonly baseline?: string;
  readonly requirements: RequirementsName;
  readonly json?: boolean;
}

export function addJudgeCommand(program: Command, terminal: Terminal): void {
  program
    .command("judge")
    .description("judge saved evidence again, without a testee")
    .argument("<path...>", "traces, or directories with evidence")
    .option("--reports <dir>", "write HTML, JSON and JUnit there")
    .option("--baseline <file>", "what is known to fail")
    .option("--requirements <set>", "what is scored: 1, latest", readRequirements, "1")
    .option("--json", "print report.json and nothing else to standard output")
    .action(async (paths: string[], options: JudgeOptions) => {
      process.exitCode = await judgeSaved(paths, options, terminal);
    });
}

async function judgeSaved(
  paths: readonly string[],
  options: JudgeOptions,
  terminal: Terminal,
): Promise<Report["exitCode"]> {
  const catalogue = loadCases();
  const saved = loadEvidence(paths, catalogue);
  const judged = saved.cases.map(judgeAgain);
  const { baseline: _, ...report } = assemble(saved, judged, paths);
  const baseline = openBaseline(options);
  if (options.reports !== undefined) requireWritableDirectory(options.reports);
  const { problem, ...conclusion } = conclude(
    report.results,
    {
      testeeBroke: saved.run?.exitCode === 4,
      harnessBug: report.results.some((result) => result.reason?.startsWith("harness:") === true),
    },
    {
      catalogue,
      requirements: options.requirements,
      ...(baseline === undefined ? {} : { baseline }),
      today: new Date().toISOString().slice(0, 10),
    },
  );
  const final: Report = {
    ...report,
    ...conclusion,
    ...(problem === undefined ? {} : { problem }),
  };
  const { reports } = options;
  const files =
    reports === undefined ? [] : await writing(reports, () => writeReports(final, reports));
  if (options.json === true) terminal.out.write(`${JSON.stringify(final)}\n`);
  else
    terminal.out.write(
      `${renderTerminal(final, abilitiesOf(terminal.out, process.env))}\n${tellChanges(judged, countForeign(saved, catalogue))}\n`,
    );
  if (files.length > 0) {
    const target = options.json === true ? terminal.err : terminal.out;
    target.write(`\nreports: ${files.join(" ")}\n`);
  }
  return final.exitCode;
}

/** The run as it was, with today's results; what is not known of it is said of this machine. */
function assemble(
  { run, cases }: SavedEvidence,
  judged: readonly JudgedAgain[],
  paths: readonly string[],
): Report {
  const unitMs = cases[0]?.trace.unitMs ?? 0;
  return {
    startedAt: new Date().toISOString(),
    durationMs: 0,
    environment: { platform: process.platform, cpus: 0, node: process.version },
    ...run,
    schema: 1,
    protocolVersion: 1,
    suiteVersion: readSuiteVersion(),
    unitMs,
    tolerance: toleranceFor(unitMs),
    command: `npx pulsewire-conformance judge ${paths.map(quote).join(" ")}`,
    clauses: loadClauses(),
    results: judged.map(({ result }) => result),
    exitCode: 3,
  };
}

/** How many were judged by another catalogue than this one. */
function countForeign({ cases }: SavedEvidence, catalogue: readonly CaseSpec[]): number {
  const own = catalogueHash(catalogue);
  return cases.filter(({ header }) => header.catalogue !== own).length;
}

function tellChanges(judged: readonly JudgedAgain[], foreign: number): string {
  const lines: string[] = [];
  let compared = 0;
  let changed = 0;
  for (const { result, changes } of judged) {
    if (changes === undefined) continue;
    compared += 1;
    if (changes.length === 0) continue;
    changed += 1;
    lines.push(...changes.map((change) => tellChange(result, change)));
  }
  const fresh = judged.length - compared;
  const without = fresh === 0 ? "" : `; ${fresh} without a saved verdict to compare with`;
  return [
    ...lines,
    ...(foreign === 0 ? [] : [`${plural(foreign, "trace")} of another catalogue than this one`]),
    `${plural(judged.length, "trace")} judged again: ${compared - changed} as they were, ${changed} changed${without}`,
  ].join("\n");
}

function tellChange({ transport, role }: CaseResult, { id, before, after }: Change): string {
  return `${id}  ${transport}, ${roleWords(role)}: ${before ?? "no such check"} -> ${after ?? "no such check"}`;
}
