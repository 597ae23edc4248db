/** A testee as a process: lines over its standard streams. */
import { ProcessorWait } from "../trace/processor-wait.ts";
import type { LineChannel } from "./client.ts";
import { readLines } from "./lines.ts";
import { Program } from "./program.ts";

/** Standard error is kept up to this many octets a listener. */
export const STDERR_LIMIT_BYTES = 65_536;

export class TesteeProcess implements LineChannel {
  readonly #program: Program;
  readonly #goneListeners = new Set<(why: string) => void>();
  readonly #processorWait: ProcessorWait | undefined;
  #whyGone: string | undefined;
  #stopReading: (() => void) | undefined;

  /** Starts a command line as {@link Program} does; it is killed when the signal is aborted. */
  constructor(command: string, signal?: AbortSignal, directory?: string) {
    this.#program = new Program(command, process.env, signal, directory);
    const { pid } = this.#program;
    this.#processorWait = pid === undefined ? undefined : new ProcessorWait(pid);
    this.#program.onDeaf(() => this.#left("the testee closed its standard input"));
    void this.#program.ended.then(({ what }) => this.#left(what));
  }

  write(line: string): void {
    this.#program.writeLine(line);
  }

  onLine(listener: (line: string) => void): void {
    this.#stopReading = readLines(this.#program.stdout, {
      onLine: listener,
      onFlood: (why) => this.#left(why),
    });
  }

  onGone(listener: (why: string) => void): void {
    this.#goneListeners.add(listener);
    if (this.#whyGone !== undefined) listener(this.#whyGone);
  }

  /** Hears standard error until the returned function is called. */
  onStderr(listener: (text: string) => void): () => void {
    return this.#program.onStderr(listener);
  }

  /** Hears that it waits for a processor, and for how many nanoseconds by then, until the returned function is called. */
  onStarved(listener: (waitNs: number) => void): () => void {
    return this.#processorWait?.observe(listener) ?? (() => undefined);
  }

  /** Sends a signal to the process and to all that it has started. */
  signal(name: NodeJS.Signals): void {
    this.#program.signal(name);
  }

  dispose(): Promise<void> {
    this.#stopReading?.();
    return this.#program.dispose();
  }

  #left(why: string): void {
    if (this.#whyGone !== undefined) return;
    this.#whyGone = why;
    for (const listener of this.#goneListeners) listener(why);
  }
}
