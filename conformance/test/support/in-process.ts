/** The reference peer in this process, on real sockets. */
import type { Mutant } from "../../src/reference/mutants.ts";
import { ReferenceTestee } from "../../src/reference/testee.ts";
import type { TesteeSource } from "../../src/runner/testee-pool.ts";
import { inProcess } from "../../src/testee/in-process.ts";
import { systemMachine } from "../../src/time/machine.ts";

export function referenceSource(mutant?: Mutant): TesteeSource {
  return {
    start: () =>
      inProcess(
        systemMachine,
        systemMachine.time,
        (write) => new ReferenceTestee(systemMachine, mutant, write),
      ),
  };
}
