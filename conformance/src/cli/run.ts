/** What `run` and `self` do: run the suite, show it, write it down. */

import { basename } from "node:path";
import type { Writable } from "node:stream";
import { loadClauses } from "../cases/clauses.ts";
import { catalogueHash } from "../cases/hash.ts";
import { loadCases } from "../cases/load.ts";
import type { CaseSpec } from "../cases/model.ts";
import { type EvidencePolicy, saveEvidence } from "../evidence/save.ts";
import { toleranceFor } from "../judge/tolerance.ts";
import type { Report, Role, TransportName } from "../model.ts";
import { abilitiesOf, createProgress, renderTerminal, writeReports } from "../report/index.ts";
import { calibrate } from "../runner/calibration.ts";
import { isInterrupted } from "../runner/interrupt.ts";
import { idlePatterns, type Selection } from "../runner/plan.ts";
import type { Job } from "../runner/run-case.ts";
import { runSuite, type SuiteOptions } from "../runner/run-suite.ts";
import type { RequirementsName } from "../scoring/requirements.ts";
import { quote } from "../shell.ts";
import { readSuiteVersion } from "../version.ts";
import { type BaselineOptions, openBaseline, writeBaseline } from "./baseline.ts";
import { requireWritableDirectory, writing } from "./paths.ts";
import { DEFAULT_CONCURRENCY, DEFAULT_UNIT_MS } from "./run-options.ts";

/** Whom to judge. */
export interface RunTarget extends Pick<SuiteOptions, "source" | "wire" | "fit" | "by" | "notes"> {
  /** The unit, if the user names none. */
  readonly unitMs?: number;
  /** What alone can be judged there. */
  readonly selection?: Pick<Selection, "transports" | "roles">;
}

export interface RunOptions extends SharedOptions {
  readonly target: RunTarget;
  /** What the user typed for that, for commands to repeat a run: "self", or "run" and its testee. */
  readonly subcommand: string;
}

/** The options that every way of running the suite has. */
export interface SharedOptions extends BaselineOptions {
  readonly transport?: readonly TransportName[];
  readonly role?: readonly Role[];
  readonly case?: readonly string[];
  readonly unit?: number;
  readonly concurrency?: number;
  readonly reports?: string;
  readonly evidence: EvidencePolicy;
  readonly requirements: RequirementsName;
  readonly calibration: boolean;
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

/** A typo must not look like success: throws a {@link UsageError} if a pattern fits no case. */
export function requireCases(
  catalogue: readonly CaseSpec[],
  patterns: readonly string[] | undefined,
): void {
  const [idle] = idlePatterns(catalogue, patterns ?? []);
  if (idle !== undefined)
    throw new UsageError(`no case fits "${idle}": see what there is with "list"`);
}

/** Runs the suite, to its end or until the signal is aborted; returns the exit code. */
export async function run(
  options: RunOptions,
  terminal: Terminal,
  signal?: AbortSignal,
): Promise<Report["exitCode"]> {
  const catalogue = loadCases();
  const { target, concurrency = DEFAULT_CONCURRENCY } = options;
  const { selection: only, unitMs: usual = DEFAULT_UNIT_MS, ...how } = target;
  const unitMs = options.unit ?? usual;
  const selection: Selection = {
    ...only,
    ...(options.case === undefined ? {} : { cases: options.case }),
    ...(options.transport === undefined ? {} : { transports: options.transport }),
    ...(options.role === undefined ? {} : { roles: options.role }),
  };
  requireCases(catalogue, options.case);

  const baseline = openBaseline(options);
  if (options.reports !== undefined) requireWritableDirectory(options.reports);

  // With --json standard output belongs to the report alone.
  const progress = createProgress(
    (options.json === true ? terminal.err : terminal.out) satisfies Writable,
  );
  const judged = await runSuite({
    ...how,
    command: repeat(options, [
      ...(options.case === undefined ? [] : [`--case ${quote(options.case.join(","))}`]),
      ...(options.transport === undefined ? [] : [`--transport ${options.transport.join(",")}`]),
      ...(options.role === undefined ? [] : [`--role ${options.role.join(",")}`]),
    ]),
    catalogue,
    clauses: loadClauses(),
    suiteVersion: readSuiteVersion(),
    unitMs,
    concurrency,
    selection,
    requirements: options.requirements,
    ...(baseline === undefined ? {} : { baseline }),
    ...(options.calibration ? { calibrate: () => calibrate(toleranceFor(unitMs).lateMs) } : {}),
    repro: (job) => reproduce(job, options),
    ...(signal === undefined ? {} : { signal }),
    onStart: (total) => progress.start(total),
    onResult: (result) => progress.update(result),
  });
  progress.finish();
  let report = judged;
  let files: readonly string[] = [];
  try {
    report = await keepEvidence(judged, catalogue, options, terminal);
    files = await keepReports(report, options);
  } finally {
    // Last, as whoever reads along may be gone; and even if the disk is full.
    show(report, files, options, terminal);
  }
  if (baseline !== undefined && options.updateBaseline === true && !isInterrupted(report))
    terminal.err.write(`${writeBaseline(baseline, report.results)}\n`);
  return report.exitCode;
}

function show(
  report: Report,
  files: readonly string[],
  { json = false, reports }: RunOptions,
  { out, err }: Terminal,
): void {
  const isBrokenOff = isInterrupted(report);
  if (isBrokenOff) err.write(`${report.problem}\n`);
  if (json) out.write(`${JSON.stringify(report)}\n`);
  else if (!isBrokenOff)
    out.write(
      renderTerminal(report, {
        ...abilitiesOf(out, process.env),
        ...(reports === undefined ? {} : { reports }),
      }),
    );
  const [page, ...beside] = files;
  if (page !== undefined)
    (json ? err : out).write(
      `\nreports: ${page}, and beside it ${beside.map((file) => basename(file)).join(", ")}\n`,
    );
}

async function keepReports(report: Report, { reports }: RunOptions): Promise<string[]> {
  return reports === undefined ? [] : writing(reports, () => writeReports(report, reports));
}

async function keepEvidence(
  report: Report,
  catalogue: readonly CaseSpec[],
  { reports, evidence }: RunOptions,
  terminal: Terminal,
): Promise<Report> {
  if (reports === undefined) return report;
  const facts = {
    policy: evidence,
    catalogue: catalogueHash(catalogue),
    workingDirectory: process.cwd(),
  };
  const saved = await writing(reports, () => saveEvidence(report, reports, facts));
  if (saved.leftOut > 0)
    terminal.err.write(`evidence of ${saved.leftOut} results was not kept: it would be too much\n`);
  return saved.report;
}

function reproduce(job: Job, options: RunOptions): string {
  const { spec, transport, role } = job;
  const { fit, selection } = options.target;
  // Where only one is to be had, there is nothing to choose.
  const place = selection === undefined ? [`--transport ${transport}`, `--role ${role}`] : [];
  const found = fit?.(job);
  const unit = found === undefined || "why" in found ? options.unit : found.unitMs;
  return repeat({ ...options, ...(unit === undefined ? {} : { unit }) }, [
    `--case ${spec.id}`,
    ...place,
  ]);
}

/** A command line that repeats a run, or a part of it. */
function repeat({ subcommand, unit }: RunOptions, selection: readonly string[]): string {
  return [
    `npx pulsewire-conformance ${subcommand}`,
    ...selection,
    ...(unit === undefined ? [] : [`--unit ${unit}`]),
  ].join(" ");
}
