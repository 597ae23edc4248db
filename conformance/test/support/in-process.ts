/** The reference peer in this process, on real sockets. */
import { referenceChannel } from "../../src/reference/in-process.ts";
import type { Mutant } from "../../src/reference/mutants.ts";
import type { TesteeSource } from "../../src/runner/testee-pool.ts";
import { systemMachine } from "../../src/time/machine.ts";

export function referenceSource(mutant?: Mutant): TesteeSource {
  return { start: () => referenceChannel(systemMachine, systemMachine.time, mutant) };
}
