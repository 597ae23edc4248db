/** The cases as functions: one testee for all of them, started when the first is run. */

import { loadClauses } from "../cases/clauses.ts";
import { loadCases } from "../cases/load.ts";
import type { CaseProcess } from "../cases/model.ts";
import type { CaseResult, Level, Role, TransportName } from "../model.ts";
import { renderFindings } from "../report/index.ts";
import { MAX_ATTEMPTS } from "../runner/attempts.ts";
import { whyNotApplicable } from "../runner/plan.ts";
import { type Job, resultWithoutRun, runJob } from "../runner/run-case.ts";
import { TesteePool } from "../runner/testee-pool.ts";
import {
  completeSet,
  loadFrozenSet,
  type RequirementSet,
  scoreResults,
} from "../scoring/requirements.ts";
import { quote } from "../shell.ts";
import { TesteeProcess } from "../testee/process.ts";
import { ContractError } from "../testee/validate.ts";
import { systemMachine } from "../time/machine.ts";
import { StallMonitor } from "../trace/stall-monitor.ts";
import { readSuiteVersion } from "../version.ts";
import { ConformanceError } from "./errors.ts";
import { Gate } from "./gate.ts";
import { DEFAULT_CONCURRENCY, DEFAULT_UNIT_MS, selectJobs } from "./options.ts";

/** No case takes nearly as long, however often it runs: for runners that want a limit. */
const CASE_TIMEOUT_MS = 240_000;
/** Cases that move megabytes, or need a process of their own, run only so many at once. */
const BULK_CONCURRENCY = 3;
const OWN_CONCURRENCY = 2;
/** The text of a failure is read in a log, where nobody knows how wide a terminal is. */
const COLUMNS = 100;

export interface ConformanceOptions {
  /** The command line that starts the peer behind the control contract of docs/conformance.md. */
  readonly testee: string;
  /** All if absent. What the testee does not claim is skipped. */
  readonly transports?: readonly TransportName[];
  /** What the testee does; both if absent. */
  readonly roles?: readonly Role[];
  /** Ids and families, such as "ADP-001", "ADP-*" or "adopt"; all if absent. */
  readonly cases?: readonly string[];
  /**
   * Which cases and checks count: those of the frozen set of the protocol's version, "1" if absent,
   * so that a new version of the suite turns nothing red that was green; or all there are, "latest".
   */
  readonly requirements?: "1" | "latest";
  /** The time that every case is measured in, in milliseconds: 100 to 10,000, 200 if absent. */
  readonly unitMs?: number;
  /** So many cases run at once if the test runner starts more: 1 to 256, 28 if absent. */
  readonly concurrency?: number;
}

/** One case on one transport in one role. */
export interface ConformanceCase {
  /** "ADP-001": permanent. */
  readonly id: string;
  /** Unique in the suite, for a test runner: "ADP-001 tcp dial: a passive side adopts ...". */
  readonly name: string;
  readonly title: string;
  readonly family: string;
  readonly level: Level;
  readonly transport: TransportName;
  readonly role: Role;
  /** The sentences of the specification that it rests on, such as "PW-ADP-2". */
  readonly clauses: readonly string[];
  /** A limit that no case comes near, retries included, in milliseconds. */
  readonly timeoutMs: number;
  /**
   * Runs the case; to be handed to a test runner as it is.
   *
   * Resolves if no MUST was broken (a broken SHOULD is in the result, whose verdict is then
   * "warn"). Rejects with a {@link ConformanceError} if one was, if what the testee claims could
   * not be tested, and if the machine was too busy five times. What the testee does not claim is
   * skipped by the `skip` of the runner's test context, if there is one, and resolves with the
   * verdict "na".
   */
  readonly run: (context?: unknown) => Promise<CaseResult>;
}

export interface ConformanceSuite extends AsyncDisposable {
  /** Known before anything is started, in the order in which they are reported. */
  readonly cases: readonly ConformanceCase[];
  /** Ends the testee; what still runs fails. Nothing can be run afterwards. */
  close(): Promise<void>;
}

/**
 * Chooses cases; starts nothing until the first of them is run.
 *
 * @throws {TypeError | RangeError} if there is no testee, or if nothing is chosen by the options.
 */
export function createSuite(options: ConformanceOptions): ConformanceSuite {
  return new Suite(options);
}

class Suite implements ConformanceSuite {
  readonly cases: readonly ConformanceCase[];
  readonly #options: ConformanceOptions;
  readonly #required: RequirementSet;
  readonly #pool: TesteePool;
  readonly #monitor = new StallMonitor();
  readonly #gates: Readonly<Record<CaseProcess, Gate>>;
  #names = 0;
  #closed = false;

  constructor(options: ConformanceOptions) {
    this.#options = options;
    const catalogue = loadCases();
    this.#required = options.requirements === "latest" ? completeSet(catalogue) : loadFrozenSet();
    const jobs = selectJobs(catalogue, this.#required, options);
    this.cases = jobs.map((job) => this.#describe(job));
    const width = options.concurrency ?? DEFAULT_CONCURRENCY;
    this.#gates = {
      shared: new Gate(width),
      bulk: new Gate(Math.min(width, BULK_CONCURRENCY)),
      own: new Gate(Math.min(width, OWN_CONCURRENCY)),
    };
    const source = { start: () => new TesteeProcess(options.testee) };
    this.#pool = new TesteePool(source, readSuiteVersion(), systemMachine.time);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #describe(job: Job): ConformanceCase {
    const { spec, transport, role } = job;
    const { id, title, family, level } = spec;
    return {
      id,
      name: `${id} ${transport} ${role}: ${title}`,
      title,
      family,
      level,
      transport,
      role,
      clauses: Object.keys(spec.clauses),
      timeoutMs: CASE_TIMEOUT_MS,
      // Without a parameter of its own: some runners take one for a callback to wait for.
      run: (...[context]: readonly unknown[]) => this.#run(job, context),
    };
  }

  async #run(job: Job, context: unknown): Promise<CaseResult> {
    const result = await this.#gates[job.spec.process].run(() => this.#judge(job));
    switch (result.verdict) {
      case "pass":
      case "warn":
      case "info":
        return result;
      case "na":
        skip(context, result.reason);
        return result;
      default:
        throw new ConformanceError(this.#tell(result), result);
    }
  }

  async #judge(job: Job): Promise<CaseResult> {
    const unitMs = this.#options.unitMs ?? DEFAULT_UNIT_MS;
    const repro = (): string => this.#repro(job);
    for (let attempt = 1; ; attempt += 1) {
      if (this.#closed) throw new Error("the suite is closed");
      const testee = await this.#pool.acquire(job.spec.process).catch((error: unknown) => {
        throw this.#explain(error);
      });
      try {
        const why = whyNotApplicable(job, testee.info);
        if (why !== undefined) return resultWithoutRun(job, "na", why, unitMs, repro);
        this.#names += 1;
        const name = `c${this.#names}`;
        const { result: judged } = await runJob(job, {
          unitMs,
          monitor: this.#monitor,
          machine: systemMachine,
          testee,
          name,
          attempt,
          repro,
        });
        const [result = judged] = scoreResults([judged], this.#required);
        if (result.verdict !== "inconclusive" || attempt === MAX_ATTEMPTS) return result;
      } finally {
        await this.#pool.release(job.spec.process, testee);
      }
    }
  }

  /** What the terminal report says of it, without colour. */
  #tell(result: CaseResult): string {
    const report = { clauses: loadClauses(), results: [result] };
    return renderFindings(report, { color: false, columns: COLUMNS });
  }

  #explain(error: unknown): unknown {
    if (!(error instanceof ContractError)) return error;
    return new Error(
      `the testee cannot be driven: ${error.message}; try npx pulsewire-conformance check-shim --testee ${quote(this.#options.testee)}`,
      { cause: error },
    );
  }

  #repro({ spec, transport, role }: Job): string {
    const { testee, unitMs } = this.#options;
    return (
      `npx pulsewire-conformance run --testee ${quote(testee)} --case ${spec.id} ` +
      `--transport ${transport} --role ${role}${unitMs === undefined ? "" : ` --unit ${unitMs}`}`
    );
  }
}

/** Tells the runner, if it has handed over a test context that can be told. */
function skip(context: unknown, reason = "it does not apply"): void {
  if (typeof context !== "object" || context === null || !("skip" in context)) return;
  if (typeof context.skip === "function") context.skip(reason);
}
