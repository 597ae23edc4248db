import { clearLine, createInterface, cursorTo, type Interface, moveCursor } from "node:readline";

/**
 * Standard input and output of one run: lines out, and lines in. On a terminal
 * a line that is being typed stays whole while others are printed above it.
 */
export class Console {
  readonly #input: NodeJS.ReadStream = process.stdin;
  readonly #output: NodeJS.WriteStream = process.stdout;
  readonly #isInteractive: boolean;
  #lines: Interface | undefined;
  #isStopped = false;
  #isGone = false;

  /** @param gone called when nothing can be printed any more. `pulsewire ... | head` is nothing to complain about. */
  constructor(gone: (why: Error) => void = () => process.exit(1)) {
    this.#isInteractive = this.#input.isTTY === true && this.#output.isTTY === true;
    this.#output.on("error", (why) => {
      if (this.#isGone) return;
      this.#isGone = true;
      gone(why);
    });
  }

  /** Colours are wanted: a terminal, and nobody said no. */
  static wantsColor({ NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
    if (NO_COLOR !== undefined && NO_COLOR !== "") return false;
    if (FORCE_COLOR !== undefined && FORCE_COLOR !== "0") return true;
    return process.stdout.isTTY === true && TERM !== "dumb";
  }

  print(line: string): void {
    if (this.#isGone) return;
    if (!this.#isInteractive || this.#lines === undefined) {
      this.#output.write(`${line}\n`);
      return;
    }
    cursorTo(this.#output, 0);
    clearLine(this.#output, 0);
    this.#output.write(`${line}\n`);
    this.#lines.prompt(true);
  }

  /**
   * Reads lines until the input ends. `take` may answer with a promise: the
   * next line then has to wait.
   *
   * @param interrupt called for Ctrl-C, which a terminal in this mode hands out as a key.
   * @returns false if {@link stop} was why it ended.
   */
  async readLines(
    take: (line: string) => Promise<void> | void,
    interrupt: () => void,
  ): Promise<boolean> {
    const lines = createInterface({
      input: this.#input,
      output: this.#isInteractive ? this.#output : undefined,
      terminal: this.#isInteractive,
      prompt: "",
    });
    this.#lines = lines;
    lines.on("SIGINT", interrupt);
    for await (const line of lines) {
      this.#rubOut(line);
      await take(line);
    }
    this.#lines = undefined;
    return !this.#isStopped;
  }

  /** Reads no more: nothing of the input keeps the process. */
  stop(): void {
    this.#isStopped = true;
    this.#lines?.close();
    this.#lines = undefined;
    this.#input.pause();
    this.#input.unref?.();
  }

  /** What was typed comes again as a line of the log, with its time. */
  #rubOut(line: string): void {
    if (!this.#isInteractive) return;
    const rows = Math.max(1, Math.ceil(line.length / (this.#output.columns || 80)));
    for (let row = 0; row < rows; row += 1) {
      moveCursor(this.#output, 0, -1);
      clearLine(this.#output, 0);
    }
    cursorTo(this.#output, 0);
  }
}
