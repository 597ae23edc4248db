/** `matrix`: peers of any language against each other. */
import { basename } from "node:path";
import type { Command } from "commander";
import { loadClauses } from "../cases/clauses.ts";
import { glob } from "../glob.ts";
import { toleranceFor } from "../judge/tolerance.ts";
import { CONFIGURATIONS, type MatrixReport, type PairSetup } from "../matrix/model.ts";
import type { PeerEntry } from "../matrix/peers-file.ts";
import { allFaults, idlePattern, type MatrixSelection, planBatches } from "../matrix/plan.ts";
import { renderMatrix } from "../matrix/report/terminal.ts";
import { writeMatrix } from "../matrix/report/write.ts";
import { runMatrix } from "../matrix/run-matrix.ts";
import type { TransportName } from "../model.ts";
import { abilitiesOf, createProgress } from "../report/index.ts";
import { calibrate } from "../runner/calibration.ts";
import { isInterrupted } from "../runner/interrupt.ts";
import { quote } from "../shell.ts";
import { readSuiteVersion } from "../version.ts";
import { interruptible } from "./interrupts.ts";
import { readConcurrency, readPattern, readTransport, readUnit } from "./options.ts";
import { requireWritableDirectory, writing } from "./paths.ts";
import { openPeers, requirePeers, sourcesOf } from "./peers.ts";
import { type Terminal, UsageError } from "./run.ts";
import { DEFAULT_UNIT_MS } from "./run-options.ts";

/** Runs mostly wait; more of them at once, and two processors no longer keep up. */
const DEFAULT_MATRIX_CONCURRENCY = 28;
/** `--require` of everybody. */
const ALL = "all";

interface MatrixCommandOptions {
  readonly peer?: readonly string[];
  readonly pair?: readonly string[];
  readonly transport?: readonly TransportName[];
  readonly config?: readonly string[];
  readonly fault?: readonly string[];
  readonly require?: readonly string[];
  readonly setup?: boolean;
  readonly unit?: number;
  readonly concurrency?: number;
  readonly reports?: string;
  readonly calibration: boolean;
  readonly json?: boolean;
}

export function addMatrixCommand(program: Command, terminal: Terminal): void {
  program
    .command("matrix")
    .description("run peers against each other, every ordered pair, with faults between them")
    .argument("<peers.yaml>", "which peers there are, and how each is started")
    .option("--peer <names>", "these peers; * for anything", readPattern)
    .option("--pair <dialer:listener>", "these pairs; * for anything", readPattern)
    .option("--transport <names>", "tcp, ws, grpc; all of them if absent", readTransport)
    .option("--config <names>", `${CONFIGURATIONS.join(", ")}; * for anything`, readPattern)
    .option("--fault <names>", "what happens to them; * for anything", readPattern)
    .option("--require <names>", "an error if one of these peers is missing; all", readPattern)
    .option("--setup", "set each peer up first")
    .option("--unit <ms>", `the unit of all times; ${DEFAULT_UNIT_MS} if absent`, readUnit)
    .option(
      "--concurrency <n>",
      `runs at once; ${DEFAULT_MATRIX_CONCURRENCY} if absent`,
      readConcurrency,
    )
    .option("--reports <dir>", "write HTML, JSON and JUnit there")
    .option("--no-calibration", "do not look whether this machine can judge by time")
    .option("--json", "print matrix.json and nothing else to standard output")
    .action(async (file: string, options: MatrixCommandOptions) => {
      process.exitCode = await interruptible((signal) => matrix(file, options, terminal, signal));
    });
}

async function matrix(
  file: string,
  options: MatrixCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<MatrixReport["exitCode"]> {
  const { json = false, reports, unit: unitMs = DEFAULT_UNIT_MS } = options;
  const peers = openPeers(file);
  const selected = choosePeers(peers, options);
  const selection = selectionOf(options);
  if (reports !== undefined) requireWritableDirectory(reports);
  const names = peers.map(({ name }) => name);
  const chosen = peers.filter(({ name }) => selected.has(name));
  const sources = await sourcesOf(chosen, file, {
    setup: options.setup === true,
    signal,
    tell: (text) => void terminal.err.write(text),
  });
  const required = options.require?.includes(ALL) === true ? names : options.require;
  const progress = createProgress(json ? terminal.err : terminal.out);
  const report = await runMatrix({
    peers: sources,
    file,
    plan: (present) => planBatches(names, present, selection, unitMs),
    onPresent: (all) => requirePeers(all, required),
    command: commandFor(file, options, []),
    repro: (setup) => reproduce(file, setup, options),
    clauses: loadClauses(),
    suiteVersion: readSuiteVersion(),
    unitMs,
    concurrency: options.concurrency ?? DEFAULT_MATRIX_CONCURRENCY,
    ...(options.calibration ? { calibrate: () => calibrate(toleranceFor(unitMs).lateMs) } : {}),
    signal,
    onStart: (total) => progress.start(total, "run"),
    onResult: (result) => progress.update(result),
  });
  progress.finish();
  let files: readonly string[] = [];
  try {
    if (reports !== undefined) files = await writing(reports, () => writeMatrix(report, reports));
  } finally {
    // Last, as whoever reads along may be gone; and even if the disk is full.
    show(report, files, options, terminal);
  }
  return report.exitCode;
}

function show(
  report: MatrixReport,
  files: readonly string[],
  { json = false, reports }: MatrixCommandOptions,
  { out, err }: Terminal,
): void {
  const isBrokenOff = isInterrupted(report);
  if (isBrokenOff) err.write(`${report.problem}\n`);
  if (json) out.write(`${JSON.stringify(report)}\n`);
  else if (!isBrokenOff)
    out.write(
      renderMatrix(report, {
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

/** The peers that are to take part: all, or those that a pattern or a pair names. */
function choosePeers(
  peers: readonly PeerEntry[],
  { peer, pair, require: required }: MatrixCommandOptions,
): ReadonlySet<string> {
  const names = peers.map(({ name }) => name);
  requireFit("peer", peer, names);
  requireFit(
    "peer",
    required?.filter((name) => name !== ALL),
    names,
  );
  const pairs = names.flatMap((dialer) => names.map((listener) => `${dialer}:${listener}`));
  requireFit("pair", pair, pairs);
  const matches = (patterns: readonly string[], name: string): boolean =>
    patterns.some((pattern) => glob(pattern).test(name));
  const inPairs = new Set(
    pairs
      .filter((name) => pair === undefined || matches(pair, name))
      .flatMap((name) => name.split(":")),
  );
  const chosen = new Set(
    names.filter((name) => inPairs.has(name) && (peer === undefined || matches(peer, name))),
  );
  const out = required?.find((name) => name !== ALL && !chosen.has(name));
  if (out !== undefined)
    throw new UsageError(`${out} is required, but --peer or --pair leaves it out`);
  return chosen;
}

function selectionOf(options: MatrixCommandOptions): MatrixSelection {
  const { pair: pairs, transport: transports, config: configurations, fault: faults } = options;
  requireFit("configuration", configurations, CONFIGURATIONS);
  requireFit("fault", faults, allFaults());
  return {
    ...(pairs === undefined ? {} : { pairs }),
    ...(transports === undefined ? {} : { transports }),
    ...(configurations === undefined ? {} : { configurations }),
    ...(faults === undefined ? {} : { faults }),
  };
}

/** A typo must not look like success. */
function requireFit(
  what: string,
  patterns: readonly string[] | undefined,
  names: readonly string[],
): void {
  const idle = idlePattern(patterns, names);
  if (idle !== undefined)
    throw new UsageError(`no ${what} fits "${idle}"; there are: ${names.join(", ")}`);
}

function reproduce(file: string, setup: PairSetup, options: MatrixCommandOptions): string {
  const { dialer, listener, transport, configuration, fault } = setup;
  return commandFor(file, { ...(options.unit === undefined ? {} : { unit: options.unit }) }, [
    `--pair ${dialer}:${listener}`,
    `--transport ${transport}`,
    `--config ${configuration}`,
    `--fault ${fault}`,
  ]);
}

/** A command line that repeats a run, or a part of it. */
function commandFor(
  file: string,
  options: Partial<MatrixCommandOptions>,
  selection: readonly string[],
): string {
  const { peer, pair, transport, config, fault, unit } = options;
  const list = (flag: string, values: readonly string[] | undefined): string[] =>
    values === undefined
      ? []
      : [
          `--${flag} ${/^[\w:,-]+$/.test(values.join(",")) ? values.join(",") : quote(values.join(","))}`,
        ];
  return [
    `npx pulsewire-conformance matrix ${/^[\w./-]+$/.test(file) ? file : quote(file)}`,
    ...list("peer", peer),
    ...list("pair", pair),
    ...list("transport", transport),
    ...list("config", config),
    ...list("fault", fault),
    ...selection,
    ...(unit === undefined ? [] : [`--unit ${unit}`]),
  ].join(" ");
}
