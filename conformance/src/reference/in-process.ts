/** The reference peer without a process of its own, behind the lines that a program would write. */
import type { LineChannel } from "../testee/client.ts";
import type { Machine } from "../time/machine.ts";
import type { Time } from "../time/time.ts";
import type { Mutant } from "./mutants.ts";
import { ReferenceTestee } from "./testee.ts";

/** The reference peer on a machine of its own; who asks it lives by `time`. */
export function referenceChannel(
  machine: Machine,
  time: Time,
  mutant: Mutant | undefined,
): LineChannel {
  let onLine: (line: string) => void = () => undefined;
  const testee = new ReferenceTestee(machine, mutant, (line) => {
    const text = JSON.stringify(line);
    time.turn(() => onLine(text));
  });
  return {
    write: (line) => machine.time.turn(() => void testee.handle(line)),
    onLine: (listener) => {
      onLine = listener;
    },
    onGone: () => undefined,
    dispose: async () => testee.dispose(),
  };
}
