/** Runs a matrix: many pairs at once, each bounded, and a report at the end whatever happened. */
import { cpus } from "node:os";
import { toleranceFor } from "../judge/tolerance.ts";
import type { Calibration, Clause } from "../model.ts";
import { MAX_ATTEMPTS } from "../runner/attempts.ts";
import { describeUnfit } from "../runner/calibration.ts";
import { inParallel } from "../runner/in-parallel.ts";
import { Interrupt, orAborted } from "../runner/interrupt.ts";
import type { RunningTestee } from "../runner/testee-pool.ts";
import { exitCodeOf, maxLagMs, mergeVerdicts } from "../runner/verdicts.ts";
import { ContractError } from "../testee/validate.ts";
import { systemMachine } from "../time/machine.ts";
import { millis } from "../time/time.ts";
import { StallMonitor } from "../trace/stall-monitor.ts";
import { Estate, type PeerSource } from "./estate.ts";
import { judgePair } from "./judge/judge-pair.ts";
import {
  disturbanceOf,
  type MatrixPeer,
  type MatrixReport,
  type PairResult,
  type PairSetup,
  type PairTrace,
  runKey,
  type Side,
} from "./model.ts";
import { type Batch, whyNotApplicable } from "./plan.ts";
import { ClaimError, runPair } from "./run-pair.ts";
import { Strike } from "./strike.ts";

/** Runs begin at least this far apart, so that connecting is no storm of its own. In milliseconds. */
const START_SPACING_MS = 8;
/** Processes that are disturbed at once: each is started for it. */
const DISTURBED_CONCURRENCY = 2;
/** No run takes so long; one that does has found a bug in the harness. In milliseconds. */
const RUN_LIMIT_MS = 60_000;
const NO_EVENTS: PairTrace = { events: [] };

export interface MatrixOptions {
  readonly peers: readonly PeerSource[];
  readonly file: string;
  /** The runs, once it is known who takes part. */
  readonly plan: (present: ReadonlySet<string>) => readonly Batch[];
  /** Throws if somebody is missing who must not be. */
  readonly onPresent?: (peers: readonly MatrixPeer[]) => void;
  readonly command: string;
  readonly repro: (setup: PairSetup) => string;
  readonly clauses: readonly Clause[];
  readonly suiteVersion: string;
  readonly unitMs: number;
  readonly concurrency: number;
  /** Measures this machine while the testees start; absent: it is taken as it is. */
  readonly calibrate?: () => Promise<Calibration>;
  readonly signal?: AbortSignal;
  readonly onStart?: (total: number) => void;
  readonly onResult?: (result: PairResult) => void;
}

export async function runMatrix(options: MatrixOptions): Promise<MatrixReport> {
  const matrix = new Matrix(options);
  try {
    return await matrix.run();
  } finally {
    await matrix.dispose();
  }
}

/** A process that something is done to, and what. */
interface Disturbed {
  readonly victim: RunningTestee;
  readonly strike: Strike;
}

class Matrix {
  readonly #options: MatrixOptions;
  readonly #monitor = new StallMonitor();
  readonly #results = new Map<string, PairResult>();
  #estate: Estate | undefined;
  #calibration: Calibration | undefined;
  #harnessBug = false;
  #names = 0;
  #nextStartAt = 0;

  constructor(options: MatrixOptions) {
    this.#options = options;
  }

  async run(): Promise<MatrixReport> {
    const { signal, unitMs } = this.#options;
    const startedAt = new Date().toISOString();
    const started = millis(systemMachine.time);
    let planned: readonly PairSetup[] = [];
    let problem: string | undefined;
    let interrupt: Interrupt | undefined;
    try {
      const estate = await orAborted(this.#prepare(), signal);
      const batches = this.#options.plan(estate.names);
      planned = batches.flatMap(({ runs }) => runs);
      this.#options.onStart?.(planned.length);
      if (this.#calibration?.fit === false) problem = describeUnfit(this.#calibration);
      else await orAborted(this.#runAll(estate, batches), signal);
    } catch (error) {
      if (!(error instanceof Interrupt)) throw error;
      interrupt = error;
      problem = `${error.message} after ${this.#results.size} of ${planned.length} runs`;
    }
    const results = planned.flatMap((setup) => this.#results.get(runKey(setup)) ?? []);
    const unfit = this.#calibration?.fit === false;
    const trouble = { testeeBroke: false, harnessBug: this.#harnessBug, unfit };
    return {
      schema: 1,
      suiteVersion: this.#options.suiteVersion,
      protocolVersion: 1,
      startedAt,
      durationMs: Math.round(millis(systemMachine.time) - started),
      unitMs,
      tolerance: toleranceFor(unitMs),
      environment: {
        platform: process.platform,
        cpus: cpus().length,
        node: process.version,
        ...(this.#calibration === undefined ? {} : { calibration: this.#calibration }),
      },
      command: this.#options.command,
      ...(problem === undefined ? {} : { problem }),
      file: this.#options.file,
      peers: this.#estate?.peers ?? [],
      clauses: this.#options.clauses,
      results,
      exitCode: interrupt?.exitCode ?? exitCodeOf(results, trouble),
    };
  }

  async dispose(): Promise<void> {
    await this.#estate?.dispose();
  }

  /** Starts the peers, and then measures this machine: to start five of them at once is work. */
  async #prepare(): Promise<Estate> {
    const { peers, suiteVersion, calibrate, onPresent } = this.#options;
    const estate = await Estate.start(peers, suiteVersion);
    this.#estate = estate;
    onPresent?.(estate.peers);
    this.#calibration = await calibrate?.();
    return estate;
  }

  async #runAll(estate: Estate, batches: readonly Batch[]): Promise<void> {
    let pending = batches.flatMap((batch) => this.#applicable(estate, batch));
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && pending.length > 0; attempt += 1) {
      const { concurrency } = this.#options;
      // What was inconclusive was so because too much happened at once.
      const width = attempt === 1 ? concurrency : Math.ceil(concurrency / (4 * (attempt - 1)));
      const again: Batch[] = [];
      const act = async (batch: Batch): Promise<void> => {
        const open = await this.#runBatch(estate, batch, attempt);
        if (open.length > 0) again.push({ ...batch, runs: open });
      };
      const disturbed = pending.filter((batch) => batch.disturbed !== undefined);
      const others = pending.filter((batch) => batch.disturbed === undefined);
      await Promise.all([
        inParallel(others, width, act),
        inParallel(disturbed, Math.min(width, DISTURBED_CONCURRENCY), act),
      ]);
      pending = again;
    }
  }

  /** What is left of a batch when what does not apply has been said. */
  #applicable(estate: Estate, batch: Batch): Batch[] {
    const runs = batch.runs.filter((setup) => {
      const infos = {
        dialer: estate.infoOf(setup.dialer),
        listener: estate.infoOf(setup.listener),
      };
      const why = whyNotApplicable(setup, infos);
      if (why !== undefined) this.#settle({ ...this.#blank(setup), verdict: "na", reason: why });
      return why === undefined;
    });
    return runs.length === 0 ? [] : [{ ...batch, runs }];
  }

  /** Returns the runs that are to be made again. */
  async #runBatch(estate: Estate, batch: Batch, attempt: number): Promise<readonly PairSetup[]> {
    await this.#spaceOut();
    this.#options.signal?.throwIfAborted();
    const { disturbed, runs } = batch;
    if (disturbed === undefined) return this.#runTogether(estate, runs, attempt);
    try {
      return await estate.withOwn(disturbed.peer, (victim) => {
        const context = { unitMs: this.#options.unitMs, time: systemMachine.time };
        const strike = new Strike(disturbed.kind, victim, runs.length, context);
        return this.#runTogether(estate, runs, attempt, { victim, strike });
      });
    } catch (error) {
      for (const setup of runs) this.#settle({ ...this.#blank(setup), ...this.#whatBroke(error) });
      return [];
    }
  }

  async #runTogether(
    estate: Estate,
    runs: readonly PairSetup[],
    attempt: number,
    disturbed?: Disturbed,
  ): Promise<readonly PairSetup[]> {
    const results = await Promise.all(
      runs.map((setup) => this.#runOne(estate, setup, attempt, disturbed)),
    );
    const again: PairSetup[] = [];
    for (const [index, result] of results.entries()) {
      const setup = runs[index] as PairSetup;
      if (result.verdict === "inconclusive" && attempt < MAX_ATTEMPTS) again.push(setup);
      else this.#settle(result);
    }
    return again;
  }

  async #runOne(
    estate: Estate,
    setup: PairSetup,
    attempt: number,
    disturbed?: Disturbed,
  ): Promise<PairResult> {
    this.#names += 1;
    const name = `m${this.#names}`;
    const started = millis(systemMachine.time);
    const done = (rest: Pick<PairResult, "verdict"> & Partial<PairResult>): PairResult => ({
      ...this.#blank(setup),
      attempts: attempt,
      durationMs: Math.round(millis(systemMachine.time) - started),
      ...rest,
    });
    const victim = disturbanceOf(setup.fault)?.victim;
    const testee = (side: Side): Promise<RunningTestee> | RunningTestee =>
      side === victim && disturbed !== undefined ? disturbed.victim : estate.shared(setup[side]);
    let hasBegun = false;
    try {
      const testees = { dialer: await testee("dialer"), listener: await testee("listener") };
      hasBegun = true;
      const running = runPair(setup, {
        machine: systemMachine,
        monitor: this.#monitor,
        testees,
        name,
        phase: phaseOf(setup),
        ...(disturbed === undefined ? {} : { strike: disturbed.strike }),
      });
      const trace = await withLimit(running, runKey(setup));
      const checks = judgePair(setup, trace);
      return done({ verdict: mergeVerdicts(checks), checks, trace, maxLagMs: maxLagMs(trace) });
    } catch (error) {
      // The others wait for every run that shares the process.
      if (!hasBegun) disturbed?.strike.leave();
      return done(this.#whatBroke(error));
    }
  }

  #whatBroke(error: unknown): Pick<PairResult, "verdict" | "reason"> {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof ClaimError) return { verdict: "untestable", reason };
    if (error instanceof ContractError) return { verdict: "error", reason };
    this.#harnessBug = true;
    const stack = error instanceof Error ? (error.stack ?? reason) : reason;
    return { verdict: "error", reason: `harness: ${stack}` };
  }

  #blank(setup: PairSetup): Omit<PairResult, "verdict"> {
    return {
      ...setup,
      checks: [],
      durationMs: 0,
      attempts: 0,
      maxLagMs: 0,
      trace: NO_EVENTS,
      repro: this.#options.repro(setup),
    };
  }

  #settle(result: PairResult): void {
    // What is broken off with its testees says nothing of them.
    if (this.#options.signal?.aborted === true) return;
    this.#results.set(runKey(result), result);
    this.#options.onResult?.(result);
  }

  async #spaceOut(): Promise<void> {
    const now = millis(systemMachine.time);
    const startAt = Math.max(now, this.#nextStartAt);
    this.#nextStartAt = startAt + START_SPACING_MS;
    if (startAt > now)
      await new Promise<void>((resolve) => systemMachine.time.after(startAt - now, resolve));
  }
}

/** The same for the same run, and spread over all of them. */
function phaseOf(setup: PairSetup): number {
  let hash = 0;
  for (const char of runKey(setup)) hash = (hash * 31 + char.charCodeAt(0)) % 1009;
  return hash / 1009;
}

async function withLimit<T>(work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`${what} did not come to an end within ${RUN_LIMIT_MS / 1000} s`)),
      RUN_LIMIT_MS,
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    clearTimeout(timer);
  }
}
