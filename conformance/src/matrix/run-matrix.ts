/** Runs a matrix: many pairs at once, each bounded, and a report at the end whatever happened. */
import { cpus } from "node:os";
import { toleranceFor } from "../judge/tolerance.ts";
import type { Calibration, Clause, TesteeInfo } from "../model.ts";
import { describeUnfit } from "../runner/calibration.ts";
import { inParallel } from "../runner/in-parallel.ts";
import { Interrupt, orAborted } from "../runner/interrupt.ts";
import { type RunningTestee, TesteePool, type TesteeSource } from "../runner/testee-pool.ts";
import { exitCodeOf, maxLagMs, mergeVerdicts } from "../runner/verdicts.ts";
import { ContractError } from "../testee/validate.ts";
import { systemMachine } from "../time/machine.ts";
import { millis } from "../time/time.ts";
import { StallMonitor } from "../trace/stall-monitor.ts";
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

/** An inconclusive run is made at most so often. */
const MAX_ATTEMPTS = 3;
/** Runs begin at least this far apart, so that connecting is no storm of its own. In milliseconds. */
const START_SPACING_MS = 8;
/** Processes that are disturbed at once: each is started for it. */
const DISTURBED_CONCURRENCY = 2;
/** No run takes so long; one that does has found a bug in the harness. In milliseconds. */
const RUN_LIMIT_MS = 60_000;
const NO_EVENTS: PairTrace = { events: [] };

/** A peer that may take part. */
export interface PeerSource extends Pick<MatrixPeer, "name" | "language" | "leftOut"> {
  readonly source: TesteeSource;
  /** What to do if it does not start. */
  readonly advice?: string;
}

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

/** A peer that takes part: its processes. */
interface Present {
  readonly pool: TesteePool;
  readonly info: TesteeInfo;
}

class Matrix {
  readonly #options: MatrixOptions;
  readonly #monitor = new StallMonitor();
  readonly #pools: TesteePool[] = [];
  readonly #present = new Map<string, Present>();
  readonly #results = new Map<string, PairResult>();
  #peers: readonly MatrixPeer[] = [];
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
      await orAborted(this.#prepare(), signal);
      const batches = this.#options.plan(new Set(this.#present.keys()));
      planned = batches.flatMap(({ runs }) => runs);
      this.#options.onStart?.(planned.length);
      if (this.#calibration?.fit === false) problem = describeUnfit(this.#calibration);
      else await orAborted(this.#runAll(batches), signal);
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
      peers: this.#peers,
      clauses: this.#options.clauses,
      results,
      exitCode: interrupt?.exitCode ?? exitCodeOf(results, trouble),
    };
  }

  async dispose(): Promise<void> {
    await Promise.all(this.#pools.map((pool) => pool.dispose()));
  }

  /** Starts the peers, and measures this machine meanwhile. */
  async #prepare(): Promise<void> {
    const { peers, calibrate, onPresent } = this.#options;
    const [found, calibration] = await Promise.allSettled([
      Promise.all(peers.map((peer) => this.#start(peer))),
      calibrate?.(),
    ]);
    if (found.status === "rejected") throw found.reason;
    if (calibration.status === "rejected") throw calibration.reason;
    this.#calibration = calibration.value;
    this.#peers = found.value;
    onPresent?.(this.#peers);
  }

  async #start(peer: PeerSource): Promise<MatrixPeer> {
    const { name, language, leftOut, source, advice } = peer;
    const about = { name, ...(language === undefined ? {} : { language }) };
    if (leftOut !== undefined) return { ...about, leftOut };
    const pool = new TesteePool(source, this.#options.suiteVersion, systemMachine.time);
    this.#pools.push(pool);
    try {
      const { info } = await pool.first();
      this.#present.set(name, { pool, info });
      return { ...about, language: language ?? info.language, info };
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      const why = `its testee does not start: ${error.message}`;
      return { ...about, leftOut: { why, ...(advice === undefined ? {} : { advice }) } };
    }
  }

  async #runAll(batches: readonly Batch[]): Promise<void> {
    let pending = batches.flatMap((batch) => this.#applicable(batch));
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && pending.length > 0; attempt += 1) {
      const { concurrency } = this.#options;
      // What was inconclusive was so because too much happened at once.
      const width = attempt === 1 ? concurrency : Math.ceil(concurrency / (4 * (attempt - 1)));
      const again: Batch[] = [];
      const act = async (batch: Batch): Promise<void> => {
        const open = await this.#runBatch(batch, attempt);
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
  #applicable(batch: Batch): Batch[] {
    const runs = batch.runs.filter((setup) => {
      const infos = {
        dialer: this.#peer(setup.dialer).info,
        listener: this.#peer(setup.listener).info,
      };
      const why = whyNotApplicable(setup, infos);
      if (why !== undefined) this.#settle({ ...this.#blank(setup), verdict: "na", reason: why });
      return why === undefined;
    });
    return runs.length === 0 ? [] : [{ ...batch, runs }];
  }

  /** Returns the runs that are to be made again. */
  async #runBatch(batch: Batch, attempt: number): Promise<PairSetup[]> {
    await this.#spaceOut();
    this.#options.signal?.throwIfAborted();
    const { disturbed, runs } = batch;
    if (disturbed === undefined) return this.#runTogether(runs, attempt);
    const { pool } = this.#peer(disturbed.peer);
    let victim: RunningTestee;
    try {
      victim = await pool.acquire("own");
    } catch (error) {
      for (const setup of runs) this.#settle({ ...this.#blank(setup), ...this.#whatBroke(error) });
      return [];
    }
    try {
      const context = { unitMs: this.#options.unitMs, time: systemMachine.time };
      const strike = new Strike(disturbed.kind, victim, runs.length, context);
      return await this.#runTogether(runs, attempt, { victim, strike });
    } finally {
      await pool.release("own", victim);
    }
  }

  async #runTogether(
    runs: readonly PairSetup[],
    attempt: number,
    disturbed?: { readonly victim: RunningTestee; readonly strike: Strike },
  ): Promise<PairSetup[]> {
    const results = await Promise.all(runs.map((setup) => this.#runOne(setup, attempt, disturbed)));
    const again: PairSetup[] = [];
    for (const [index, result] of results.entries()) {
      const setup = runs[index] as PairSetup;
      if (result.verdict === "inconclusive" && attempt < MAX_ATTEMPTS) again.push(setup);
      else this.#settle(result);
    }
    return again;
  }

  async #runOne(
    setup: PairSetup,
    attempt: number,
    disturbed?: { readonly victim: RunningTestee; readonly strike: Strike },
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
    let hasBegun = false;
    try {
      const testee = async (side: Side): Promise<RunningTestee> =>
        disturbanceOf(setup.fault)?.victim === side && disturbed !== undefined
          ? disturbed.victim
          : this.#peer(setup[side]).pool.acquire("shared");
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

  #peer(name: string): Present {
    const peer = this.#present.get(name);
    if (peer === undefined) throw new Error(`${name} takes no part`);
    return peer;
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
