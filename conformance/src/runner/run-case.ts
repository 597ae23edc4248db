/** Runs one case on one transport in one role, and makes a result of it whatever happens. */
import { buildConfig } from "../cases/config.ts";
import type { CaseSpec, Step } from "../cases/model.ts";
import { judge } from "../judge/judge.ts";
import type { CaseResult, CheckResult, Role, Trace, TransportName } from "../model.ts";
import type { Wire } from "../peers/wire.ts";
import { REPLY_LIMIT_MS } from "../testee/client.ts";
import { STDERR_LIMIT_BYTES } from "../testee/process.ts";
import { ContractError } from "../testee/validate.ts";
import type { Machine } from "../time/machine.ts";
import { millis, type Time } from "../time/time.ts";
import type { StallMonitor } from "../trace/stall-monitor.ts";
import { Execution, NotApplicableError, UnsupportedError } from "./execution.ts";
import { withLife } from "./life.ts";
import { estimateMs } from "./plan.ts";
import { performStep, sayFarewell } from "./steps.ts";
import type { RunningTestee } from "./testee-pool.ts";
import { endingOf, maxLagMs, mergeVerdicts } from "./verdicts.ts";

/** No case takes so much longer than its steps say; one that does has found a bug in the harness. In milliseconds. */
const CASE_LIMIT_MS = 60_000;

/** A longer timer would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** The end of a process may be heard of this much later than that of its connections, in milliseconds. */
const GONE_LIMIT_MS = 150;

/** One case in one place. */
export interface Job {
  readonly spec: CaseSpec;
  readonly transport: TransportName;
  readonly role: Role;
}

/** A result, and what the run as a whole has to know of it. */
export interface JobOutcome {
  readonly result: CaseResult;
  readonly testeeBroke: boolean;
  readonly harnessBug: boolean;
}

export interface JobContext {
  readonly unitMs: number;
  readonly monitor: Pick<StallMonitor, "observe">;
  /** Where the harness runs. */
  readonly machine: Machine;
  /** How the harness comes by its peers; on loopback if absent. */
  readonly wire?: Wire;
  /** Send life so often in cases that are not about it; see {@link Fit}. */
  readonly lifeEveryMs?: number;
  readonly testee: RunningTestee;
  readonly name: string;
  readonly attempt: number;
  readonly repro: (job: Job) => string;
}

export async function runJob(job: Job, context: JobContext): Promise<JobOutcome> {
  const { time } = context.machine;
  const started = millis(time);
  const { spec, transport, role } = job;
  const execution = new Execution({
    spec,
    transport,
    role,
    unitMs: context.unitMs,
    testee: context.testee.client,
    monitor: context.monitor,
    machine: context.machine,
    ...(context.wire === undefined ? {} : { wire: context.wire }),
    name: context.name,
    claimed: context.testee.info.transports,
  });
  const stderr = collectStderr(context.testee);
  const stopWatching = context.testee.onStarved((waitNs) => execution.recorder.starved(waitNs));
  let checks: CheckResult[] = [];
  let verdict: CaseResult["verdict"] = "error";
  let reason: string | undefined;
  let harnessBug = false;
  let testeeBroke = false;
  try {
    const { lifeEveryMs } = context;
    const perform = lifeEveryMs === undefined ? performStep : withLife(performStep, lifeEveryMs);
    const limitMs = limitOf(spec, context);
    const trace = await withLimit(time, execution.run(perform, sayFarewell), limitMs, spec.id);
    checks = judge(spec, trace);
    verdict = mergeVerdicts(checks);
    // A process that dies closes its connections: that is no verdict on how it closes them.
    if (hasEndOfTestee(trace) && (await context.testee.client.gone(GONE_LIMIT_MS))) {
      verdict = "error";
      throw context.testee.client.broken ?? new ContractError("the testee is gone");
    }
  } catch (error) {
    reason = error instanceof Error ? error.message : String(error);
    if (error instanceof UnsupportedError)
      verdict = context.testee.claimsNothing === true ? "na" : "untestable";
    else if (error instanceof NotApplicableError) verdict = "na";
    else if (error instanceof ContractError) testeeBroke = true;
    else {
      harnessBug = true;
      reason = `harness: ${error instanceof Error ? (error.stack ?? error.message) : reason}`;
    }
  } finally {
    execution.dispose();
    stderr.stop();
    stopWatching();
  }
  const trace = execution.recorder.trace();
  const result: CaseResult = {
    ...describeJob(job, trace, context.repro),
    verdict,
    ending: endingOf(trace),
    checks,
    ...(reason === undefined ? {} : { reason }),
    durationMs: Math.round(millis(time) - started),
    attempts: context.attempt,
    maxLagMs: maxLagMs(trace),
    stderr: stderr.text(),
  };
  return { result, testeeBroke, harnessBug };
}

/** The testee ended a connection, which a process also does by dying. */
function hasEndOfTestee(trace: Trace): boolean {
  return trace.events.some((event) => event.kind === "end" && event.by === "testee");
}

/** Longer than the case can take, with all its steps and all the patience that connecting may need. */
function limitOf(spec: CaseSpec, { unitMs, wire }: JobContext): number {
  const count = (verb: Step["verb"]): number =>
    spec.steps.filter((step) => step.verb === verb).length;
  const connecting = count("connect") * Math.max(wire?.patienceMs ?? 0, REPLY_LIMIT_MS);
  const commanding = count("testee") * REPLY_LIMIT_MS;
  const limitMs = CASE_LIMIT_MS + estimateMs(spec, unitMs) + connecting + commanding;
  return Math.min(limitMs, MAX_TIMER_MS);
}

/** A result for a case that was not run, and why. */
export function resultWithoutRun(
  job: Job,
  verdict: "na" | "error",
  reason: string,
  unitMs: number,
  repro: (job: Job) => string,
): CaseResult {
  const { spec, transport, role } = job;
  const trace: Trace = { caseId: spec.id, transport, role, unitMs, events: [] };
  return {
    ...describeJob(job, trace, repro),
    verdict,
    ending: "none",
    checks: [],
    reason,
    durationMs: 0,
    attempts: 0,
    maxLagMs: 0,
    stderr: "",
  };
}

function describeJob(
  job: Job,
  trace: Trace,
  repro: (job: Job) => string,
): Pick<
  CaseResult,
  "caseId" | "title" | "family" | "transport" | "role" | "trace" | "repro" | "config"
> {
  const { spec, transport, role } = job;
  return {
    caseId: spec.id,
    title: spec.title,
    family: spec.family,
    transport,
    role,
    trace,
    repro: repro(job),
    config: { ...buildConfig(spec.testee, trace.unitMs) },
  };
}

function collectStderr(testee: RunningTestee): { stop(): void; text(): string } {
  let collected = "";
  const stop = testee.onStderr((text) => {
    if (collected.length < STDERR_LIMIT_BYTES)
      collected = (collected + text).slice(0, STDERR_LIMIT_BYTES);
  });
  return { stop, text: () => collected };
}

async function withLimit<T>(
  time: Time,
  work: Promise<T>,
  limitMs: number,
  what: string,
): Promise<T> {
  let cancel: () => void = () => undefined;
  const limit = new Promise<never>((_, reject) => {
    cancel = time.after(limitMs, () =>
      reject(new Error(`${what} did not come to an end within ${limitMs / 1000} s`)),
    );
  });
  try {
    return await Promise.race([work, limit]);
  } finally {
    cancel();
  }
}
