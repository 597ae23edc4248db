/** What a command does that starts programs, so that none of them outlives it. */
import { setMaxListeners } from "node:events";
import { INTERRUPTS, Interrupt, type InterruptName } from "../runner/interrupt.ts";

/**
 * Acts with a signal that is aborted by Ctrl-C, SIGTERM and SIGHUP, its reason an {@link Interrupt}.
 * Whoever hears the first of them has killed its programs by the time the second comes: that one
 * ends this process at once. So does the end of the act, if it was interrupted: what is still open
 * then is of no use to anybody.
 */
export async function interruptible(
  act: (signal: AbortSignal) => Promise<number>,
): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  // Every program that is started listens.
  setMaxListeners(0, signal);
  const onInterrupt = (name: InterruptName): void => {
    const interrupt = new Interrupt(name);
    if (signal.aborted) process.exit(interrupt.exitCode);
    controller.abort(interrupt);
  };
  for (const name of INTERRUPTS) process.on(name, onInterrupt);
  try {
    const exitCode = await act(signal);
    if (signal.aborted) process.exit(exitCode);
    return exitCode;
  } catch (error) {
    if (!(error instanceof Interrupt)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(error.exitCode);
  } finally {
    for (const name of INTERRUPTS) process.off(name, onInterrupt);
  }
}
