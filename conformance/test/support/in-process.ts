/** The reference peer in this process, behind the same lines that a program would write. */

import type { Mutant } from "../../src/reference/mutants.ts";
import { ReferenceTestee } from "../../src/reference/testee.ts";
import type { TesteeSource } from "../../src/runner/testee-pool.ts";
import type { LineChannel } from "../../src/testee/client.ts";

export function referenceSource(mutant?: Mutant): TesteeSource {
  return { start: () => referenceChannel(mutant) };
}

function referenceChannel(mutant: Mutant | undefined): LineChannel {
  let onLine: (line: string) => void = () => undefined;
  const testee = new ReferenceTestee(mutant, (line) => {
    const text = JSON.stringify(line);
    queueMicrotask(() => onLine(text));
  });
  return {
    write: (line) => queueMicrotask(() => void testee.handle(line)),
    onLine: (listener) => {
      onLine = listener;
    },
    onGone: () => undefined,
    dispose: async () => testee.dispose(),
  };
}
