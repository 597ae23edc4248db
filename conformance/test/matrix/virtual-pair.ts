/** Two reference peers, or broken ones, against each other through the tap, in virtual time. */
import { setupFor } from "../../src/matrix/configurations.ts";
import { judgePair } from "../../src/matrix/judge/judge-pair.ts";
import type {
  Configuration,
  ConnectionFault,
  PairSetup,
  PairTrace,
  Side,
} from "../../src/matrix/model.ts";
import { runPair } from "../../src/matrix/run-pair.ts";
import type { CheckResult, TransportName } from "../../src/model.ts";
import type { Mutant } from "../../src/reference/mutants.ts";
import { ReferenceTestee } from "../../src/reference/testee.ts";
import type { RunningTestee } from "../../src/runner/testee-pool.ts";
import { TesteeClient } from "../../src/testee/client.ts";
import { inProcess } from "../../src/testee/in-process.ts";
import { ContractValidator } from "../../src/testee/validate.ts";
import { runVirtual } from "../../src/time/run-virtual.ts";
import type { VirtualClock } from "../../src/time/virtual.ts";
import { VirtualWorld } from "../../src/time/world.ts";

export interface VirtualRun {
  readonly setup: PairSetup;
  readonly mutants?: Partial<Readonly<Record<Side, Mutant>>>;
  readonly seed?: number;
}

export interface VirtualOutcome {
  readonly run: VirtualRun;
  readonly trace: PairTrace;
  readonly checks: readonly CheckResult[];
}

/** In virtual time this process is never late. */
const NO_STALLS = { observe: () => () => undefined };
const WIDTH = 40;
const UNIT_MS = 200;

export function virtualSetup(
  transport: TransportName,
  configuration: Configuration,
  fault: ConnectionFault,
  /** Places in a file: what is dealt out goes the other way round with an odd sum. */
  [dialer, listener]: readonly [number, number] = [0, 0],
): PairSetup {
  return setupFor(
    {
      dialer: { name: "one", index: dialer },
      listener: { name: "two", index: listener },
      transport,
      configuration,
      fault,
    },
    UNIT_MS,
  );
}

export function runPairs(runs: readonly VirtualRun[]): Promise<VirtualOutcome[]> {
  const validator = new ContractValidator();
  return runVirtual(runs, WIDTH, (run, clock) => runOne(run, clock, validator));
}

async function runOne(
  run: VirtualRun,
  clock: VirtualClock,
  validator: ContractValidator,
): Promise<VirtualOutcome> {
  const { setup, mutants = {}, seed = 1 } = run;
  const world = new VirtualWorld(clock);
  const harness = world.machine(0);
  const start = async (side: Side, own: number): Promise<RunningTestee> => {
    const machine = world.machine(own);
    const channel = inProcess(
      machine,
      harness.time,
      (write) => new ReferenceTestee(machine, mutants[side], write),
    );
    const client = new TesteeClient(channel, "test", harness.time, validator);
    return {
      client,
      info: await client.hello(),
      onStderr: () => () => undefined,
      onStarved: () => () => undefined,
    };
  };
  const testees = {
    dialer: await start("dialer", 2 * seed),
    listener: await start("listener", 2 * seed + 1),
  };
  const trace = await runPair(setup, {
    machine: harness,
    monitor: NO_STALLS,
    testees,
    name: "v1",
    phase: (seed % 10) / 10,
  });
  for (const { client } of Object.values(testees)) await client.bye();
  return { run, trace, checks: judgePair(setup, trace) };
}
