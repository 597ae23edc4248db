/** What `run` and `self` do: run the suite, show it, write it down. */
import type { Writable } from "node:stream";
import { loadClauses } from "../cases/clauses.ts";
import { loadCases } from "../cases/load.ts";
import type { Report, Role, TransportName } from "../model.ts";
import { createProgress, renderTerminal, writeReports } from "../report/index.ts";
import { idlePatterns, type Selection } from "../runner/plan.ts";
import type { Job } from "../runner/run-case.ts";
import { runSuite } from "../runner/run-suite.ts";
import { TesteeProcess } from "../testee/process.ts";
import { readSuiteVersion } from "../version.ts";

export interface RunOptions {
  /** The command line that starts the peer. */
  readonly testee: string;
  /** What the user typed for that, for commands to repeat a run: "self", or "run" and its testee. */
  readonly subcommand: string;
  readonly transport?: readonly TransportName[];
  readonly role?: readonly Role[];
  readonly case?: readonly string[];
  readonly unit: number;
  readonly concurrency: number;
  readonly reports?: string;
  readonly json?: boolean;
}

export interface Terminal {
  readonly out: NodeJS.WriteStream;
  readonly err: NodeJS.WriteStream;
}

/** The user asked for something that does not exist; the message says what to do. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Runs the suite; returns the exit code. */
export async function run(options: RunOptions, terminal: Terminal): Promise<Report["exitCode"]> {
  const catalogue = loadCases();
  const selection: Selection = {
    ...(options.case === undefined ? {} : { cases: options.case }),
    ...(options.transport === undefined ? {} : { transports: options.transport }),
    ...(options.role === undefined ? {} : { roles: options.role }),
  };
  const [idle] = idlePatterns(catalogue, options.case ?? []);
  if (idle !== undefined)
    throw new UsageError(`no case fits "${idle}": see what there is with "list"`);

  // With --json standard output belongs to the report alone.
  const progress = createProgress(
    (options.json === true ? terminal.err : terminal.out) satisfies Writable,
  );
  const report = await runSuite({
    source: { start: () => new TesteeProcess(options.testee) },
    command: repeat(options, [
      ...(options.case === undefined ? [] : [`--case ${quote(options.case.join(","))}`]),
      ...(options.transport === undefined ? [] : [`--transport ${options.transport.join(",")}`]),
      ...(options.role === undefined ? [] : [`--role ${options.role.join(",")}`]),
    ]),
    catalogue,
    clauses: loadClauses(),
    suiteVersion: readSuiteVersion(),
    unitMs: options.unit,
    concurrency: options.concurrency,
    selection,
    repro: (job) => reproduce(job, options),
    onStart: (total) => progress.start(total),
    onResult: (result) => progress.update(result),
  });
  progress.finish();
  if (options.json === true) terminal.out.write(`${JSON.stringify(report)}\n`);
  else
    terminal.out.write(
      `${renderTerminal(report, { color: terminal.out.hasColors?.() ?? false })}\n`,
    );
  if (options.reports !== undefined) {
    const files = await writeReports(report, options.reports);
    const target = options.json === true ? terminal.err : terminal.out;
    target.write(`\nreports: ${files.join(" ")}\n`);
  }
  return report.exitCode;
}

function reproduce({ spec, transport, role }: Job, options: RunOptions): string {
  return repeat(options, [`--case ${spec.id}`, `--transport ${transport}`, `--role ${role}`]);
}

/** A command line that repeats a run, or a part of it. */
function repeat({ subcommand, unit }: RunOptions, selection: readonly string[]): string {
  return [`npx pulsewire-conformance ${subcommand}`, ...selection, `--unit ${unit}`].join(" ");
}

/** For a shell, as one word. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
