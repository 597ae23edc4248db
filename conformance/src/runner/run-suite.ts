/** Runs the suite: many cases at once, each bounded, and a report at the end whatever happened. */
import { cpus } from "node:os";
import type { CaseProcess, CaseSpec } from "../cases/model.ts";
import { toleranceFor } from "../judge/tolerance.ts";
import type { Calibration, CaseResult, Clause, Report, SetAside, TesteeInfo } from "../model.ts";
import type { Wire } from "../peers/wire.ts";
import { mayCrash } from "../scoring/apply-baseline.ts";
import type { Baseline } from "../scoring/baseline.ts";
import { type Conclusion, conclude } from "../scoring/conclude.ts";
import type { RequirementsName } from "../scoring/requirements.ts";
import { ContractError } from "../testee/validate.ts";
import { systemMachine } from "../time/machine.ts";
import { millis } from "../time/time.ts";
import { StallMonitor } from "../trace/stall-monitor.ts";
import { MAX_ATTEMPTS } from "./attempts.ts";
import { describeUnfit } from "./calibration.ts";
import { inParallel } from "./in-parallel.ts";
import { Interrupt, orAborted } from "./interrupt.ts";
import { estimateMs, type Fit, planJobs, type Selection, whyNotApplicable } from "./plan.ts";
import { type Job, type JobOutcome, resultWithoutRun, runJob } from "./run-case.ts";
import { TesteePool, type TesteeSource } from "./testee-pool.ts";

/** Cases begin at least this far apart, so that connecting is no storm of its own. In milliseconds. */
const START_SPACING_MS = 8;
/** Cases that need a process of their own, or move megabytes, run only so many at once. */
const OWN_CONCURRENCY = 2;
const BULK_CONCURRENCY = 3;

export interface SuiteOptions {
  readonly source: TesteeSource;
  /** A command line that repeats this run. */
  readonly command: string;
  readonly catalogue: readonly CaseSpec[];
  readonly clauses: readonly Clause[];
  readonly suiteVersion: string;
  readonly unitMs: number;
  readonly concurrency: number;
  readonly selection: Selection;
  /** How the harness comes by its peers; on loopback if absent. */
  readonly wire?: Wire;
  /** How a case is run against a peer that cannot be configured; as it is, at `unitMs`, if absent. */
  readonly fit?: (job: Job) => Fit;
  /** How the peer is driven; by the control contract if absent. */
  readonly by?: NonNullable<Report["by"]>;
  /** What a reader of the report has to know of the peer or of the run. */
  readonly notes?: readonly string[];
  /** A command line that repeats one job. */
  readonly repro: (job: Job) => string;
  /** What is scored; the frozen set if absent. */
  readonly requirements?: RequirementsName;
  readonly baseline?: Baseline;
  /** Measures this machine while the testee starts; absent: it is taken as it is. */
  readonly calibrate?: () => Promise<Calibration>;
  /** Breaks the run off, with an {@link Interrupt} for a reason: the report is of what is known by then. */
  readonly signal?: AbortSignal;
  readonly onStart?: (total: number) => void;
  readonly onResult?: (result: CaseResult) => void;
}

export async function runSuite(options: SuiteOptions): Promise<Report> {
  const suite = new Suite(options);
  try {
    return await suite.run();
  } finally {
    await suite.dispose();
  }
}

class Suite {
  readonly #options: SuiteOptions;
  readonly #pool: TesteePool;
  readonly #monitor = new StallMonitor();
  readonly #results = new Map<Job, CaseResult>();
  /** Attempts that were inconclusive, of jobs that were run again. */
  readonly #setAside = new Map<Job, SetAside[]>();
  #info: TesteeInfo | undefined;
  #calibration: Calibration | undefined;
  #problem: string | undefined;
  #harnessBug = false;
  #testeeBroke = false;
  #names = 0;
  #nextStartAt = 0;

  constructor(options: SuiteOptions) {
    this.#options = options;
    this.#pool = new TesteePool(options.source, options.suiteVersion, systemMachine.time);
  }

  async run(): Promise<Report> {
    const startedAt = new Date().toISOString();
    const started = millis(systemMachine.time);
    const jobs = planJobs(this.#options.catalogue, this.#options.selection);
    this.#options.onStart?.(jobs.length);
    let interrupt: Interrupt | undefined;
    try {
      await orAborted(this.#judge(jobs), this.#options.signal);
    } catch (error) {
      if (error instanceof Interrupt) {
        interrupt = error;
        this.#problem = `${error.message} after ${this.#results.size} of ${jobs.length} cases`;
      } else if (error instanceof ContractError) {
        this.#testeeBroke = true;
        this.#problem = error.message;
      } else throw error;
    }
    const settled = jobs.flatMap((job) => this.#results.get(job) ?? []);
    const { problem: unscored, ...conclusion } = this.#conclude(settled);
    const problem = interrupt === undefined ? (unscored ?? this.#problem) : this.#problem;
    return {
      schema: 1,
      suiteVersion: this.#options.suiteVersion,
      protocolVersion: 1,
      startedAt,
      durationMs: Math.round(millis(systemMachine.time) - started),
      unitMs: this.#options.unitMs,
      tolerance: toleranceFor(this.#options.unitMs),
      environment: {
        platform: process.platform,
        cpus: cpus().length,
        node: process.version,
        ...(this.#calibration === undefined ? {} : { calibration: this.#calibration }),
      },
      ...(this.#info === undefined ? {} : { testee: this.#info }),
      command: this.#options.command,
      ...(problem === undefined ? {} : { problem }),
      ...(this.#options.by === undefined ? {} : { by: this.#options.by }),
      ...(this.#options.notes === undefined ? {} : { notes: this.#options.notes }),
      clauses: this.#options.clauses,
      ...conclusion,
      ...(interrupt === undefined ? {} : { exitCode: interrupt.exitCode }),
    };
  }

  async #judge(jobs: readonly Job[]): Promise<void> {
    const [info, calibration] = await this.#prepare();
    this.#info = info;
    this.#calibration = calibration;
    if (calibration?.fit === false) this.#problem = describeUnfit(calibration);
    else await this.#runAll(jobs, info);
  }

  #conclude(results: readonly CaseResult[]): Conclusion {
    const { catalogue, requirements = "1", baseline } = this.#options;
    return conclude(
      results,
      {
        testeeBroke: this.#testeeBroke,
        harnessBug: this.#harnessBug,
        unfit: this.#calibration?.fit === false,
      },
      {
        catalogue,
        requirements,
        ...(baseline === undefined ? {} : { baseline }),
        today: new Date().toISOString().slice(0, 10),
      },
    );
  }

  /** Starts the testee, and measures this machine meanwhile. */
  async #prepare(): Promise<[TesteeInfo, Calibration | undefined]> {
    // Both come to an end, whatever becomes of the other: nothing goes on behind a report.
    const [testee, calibration] = await Promise.allSettled([
      this.#pool.first(),
      this.#options.calibrate?.(),
    ]);
    if (testee.status === "rejected") throw testee.reason;
    if (calibration.status === "rejected") throw calibration.reason;
    return [testee.value.info, calibration.value];
  }

  async dispose(): Promise<void> {
    await this.#pool.dispose();
  }

  async #runAll(jobs: readonly Job[], info: TesteeInfo): Promise<void> {
    const { unitMs, concurrency, repro } = this.#options;
    const applicable: Job[] = [];
    for (const job of jobs) {
      const fit = this.#fit(job);
      const why = whyNotApplicable(job, info) ?? ("why" in fit ? fit.why : undefined);
      if (why === undefined) applicable.push(job);
      else this.#settle(job, resultWithoutRun(job, "na", why, unitMs, repro));
    }
    // Longest first: a long case that begins last is what the whole run waits for.
    const takes = (job: Job): number => estimateMs(job.spec, this.#conditions(job).unitMs);
    applicable.sort((a, b) => takes(b) - takes(a));
    let pending = applicable;
    for (let attempt = 1; attempt <= MAX_ATTEMPTS && pending.length > 0; attempt += 1) {
      const isLast = attempt === MAX_ATTEMPTS;
      // What was inconclusive was so because too much happened at once.
      const width = attempt === 1 ? concurrency : Math.ceil(concurrency / (4 * (attempt - 1)));
      const inconclusive: Job[] = [];
      const run = async (job: Job): Promise<void> => {
        const outcome = await this.#runOne(job, attempt);
        this.#harnessBug ||= outcome.harnessBug;
        if (outcome.result.verdict === "inconclusive" && !isLast) {
          this.#putAside(job, outcome.result);
          inconclusive.push(job);
        } else this.#settle(job, outcome.result);
      };
      const lane = (which: CaseProcess): Job[] =>
        pending.filter((job) => this.#processOf(job) === which);
      await Promise.all([
        inParallel(lane("shared"), width, run),
        inParallel(lane("bulk"), Math.min(width, BULK_CONCURRENCY), run),
        inParallel(lane("own"), Math.min(width, OWN_CONCURRENCY), run),
      ]);
      pending = inconclusive;
    }
  }

  async #runOne(job: Job, attempt: number): Promise<JobOutcome> {
    this.#names += 1;
    const name = `c${this.#names}`;
    await this.#spaceOut();
    this.#options.signal?.throwIfAborted();
    const which = this.#processOf(job);
    const testee = await this.#pool.acquire(which);
    try {
      const { wire } = this.#options;
      return await runJob(job, {
        ...this.#conditions(job),
        monitor: this.#monitor,
        machine: systemMachine,
        ...(wire === undefined ? {} : { wire }),
        testee,
        name,
        attempt,
        repro: this.#options.repro,
      });
    } finally {
      await this.#pool.release(which, testee);
    }
  }

  #fit(job: Job): Fit {
    const { fit, unitMs } = this.#options;
    return fit === undefined ? { unitMs } : fit(job);
  }

  /** By what unit a job is run that is known to suit, and with how much life. */
  #conditions(job: Job): Exclude<Fit, { why: string }> {
    const fit = this.#fit(job);
    return "why" in fit ? { unitMs: this.#options.unitMs } : fit;
  }

  async #spaceOut(): Promise<void> {
    const now = millis(systemMachine.time);
    const startAt = Math.max(now, this.#nextStartAt);
    this.#nextStartAt = startAt + START_SPACING_MS;
    if (startAt > now)
      await new Promise<void>((resolve) => systemMachine.time.after(startAt - now, resolve));
  }

  /** What is known to crash the testee takes no other case with it. */
  #processOf({ spec, transport, role }: Job): CaseProcess {
    const { id: caseId, family } = spec;
    const crashes = mayCrash(this.#options.baseline, { caseId, family, transport, role });
    return crashes ? "own" : spec.process;
  }

  /**
   * Counts an attempt that proves nothing about the testee, with what was left open and how late we
   * were. Its trace is not kept: all it shows is that this machine was busy.
   */
  #putAside(job: Job, { maxLagMs, checks }: CaseResult): void {
    const open = checks
      .filter((check) => check.verdict === "inconclusive")
      .map(({ id, seen }) => ({ id, seen }));
    this.#setAside.set(job, [...(this.#setAside.get(job) ?? []), { maxLagMs, checks: open }]);
  }

  #settle(job: Job, result: CaseResult): void {
    // What is broken off with the testee says nothing of it.
    if (this.#options.signal?.aborted === true) return;
    const setAside = this.#setAside.get(job);
    const whole = setAside === undefined ? result : { ...result, setAside };
    this.#results.set(job, whole);
    this.#options.onResult?.(whole);
  }
}
