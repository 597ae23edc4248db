/** Runs cases against one peer in virtual time and notes which checks fail. */
import type { CheckResult } from "../model.ts";
import { isPole } from "../poles/poles.ts";
import { PoleTestee } from "../poles/testee.ts";
import type { Mutant } from "../reference/mutants.ts";
import { ReferenceTestee } from "../reference/testee.ts";
import { type Job, type JobOutcome, runJob } from "../runner/run-case.ts";
import { TesteeClient } from "../testee/client.ts";
import { inProcess } from "../testee/in-process.ts";
import { ContractValidator } from "../testee/validate.ts";
import { runVirtual } from "../time/run-virtual.ts";
import { VirtualWorld } from "../time/world.ts";
import { placeName } from "./place.ts";

/** The unit of cases in virtual time, in milliseconds: the default of the command line. */
export const UNIT_MS = 200;
/** Cases side by side; more of them only fill the memory. */
const WIDTH = 40;
/** In virtual time this process is never late. */
const NO_STALLS = { observe: () => () => undefined };

/** Who is looked at: the reference peer itself, one of its mutants, or a pole. */
export type PeerName = string;
export const GOOD: PeerName = "reference";

/** What one run of one case showed. */
export interface Observation {
  readonly caseId: string;
  readonly place: string;
  readonly verdict: JobOutcome["result"]["verdict"];
  /** Checks that failed, a SHOULD among them, without the id of the case. */
  readonly failed: readonly string[];
  /** MUST and SHOULD that passed. */
  readonly passed: readonly string[];
  /** What went wrong beside the checks. */
  readonly problem?: string;
}

/** Runs one case in a world of its own; the seed decides every chance of the peer. */
export async function runOnce(
  job: Job,
  peer: PeerName,
  seed: number,
  world: VirtualWorld,
  validator: ContractValidator,
): Promise<JobOutcome> {
  const harness = world.machine(0);
  const machine = world.machine(seed);
  const channel = inProcess(machine, harness.time, (write) =>
    isPole(peer)
      ? new PoleTestee(machine, peer, write)
      : new ReferenceTestee(machine, peer === GOOD ? undefined : (peer as Mutant), write),
  );
  const client = new TesteeClient(channel, "zoo", harness.time, validator);
  try {
    return await runJob(job, {
      unitMs: UNIT_MS,
      monitor: NO_STALLS,
      machine: harness,
      testee: {
        client,
        info: await client.hello(),
        onStderr: () => () => undefined,
        onStarved: () => () => undefined,
      },
      name: "c1",
      attempt: 1,
      repro: () => "",
    });
  } finally {
    await client.bye();
  }
}

/** Runs all jobs against a peer. */
export function observe(
  peer: PeerName,
  jobs: readonly Job[],
  seed: number = 1,
): Promise<Observation[]> {
  const validator = new ContractValidator();
  return runVirtual(jobs, WIDTH, async (job, clock) => {
    const world = new VirtualWorld(clock);
    return note(job, await runOnce(job, peer, seed, world, validator));
  });
}

function note(job: Job, { result, harnessBug }: JobOutcome): Observation {
  const local = (check: CheckResult): string => check.id.slice(job.spec.id.length + 1);
  const failed = result.checks.filter(({ verdict }) => verdict === "fail" || verdict === "warn");
  const passed = result.checks.filter(({ verdict }) => verdict === "pass");
  // A run without checks has failed as a whole, unless the case does not apply to this peer.
  const hasFailed = result.checks.length === 0 && result.verdict !== "na";
  const whole = hasFailed ? [result.verdict] : [];
  return {
    caseId: job.spec.id,
    place: placeName(job),
    verdict: result.verdict,
    failed: [...failed.map(local), ...whole],
    passed: passed.map(local),
    ...(harnessBug ? { problem: result.reason ?? "a defect of the harness" } : {}),
  };
}
