/** A testee without a process of its own, behind the lines that a program would write. */
import type { Machine } from "../time/machine.ts";
import type { Time } from "../time/time.ts";
import type { LineChannel } from "./client.ts";
import type { TesteeLine } from "./contract.ts";

/** What takes commands. */
export interface LineTestee {
  /** Takes one line of standard input; resolves with false if it was the last. */
  handle(line: string): Promise<boolean>;
  /** Lets go of everything. */
  dispose(): void;
}

/** A testee on a machine of its own; who asks it lives by `time`. */
export function inProcess(
  machine: Machine,
  time: Time,
  start: (write: (line: TesteeLine) => void) => LineTestee,
): LineChannel {
  let onLine: (line: string) => void = () => undefined;
  const testee = start((line) => {
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
