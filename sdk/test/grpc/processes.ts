import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { within } from "./support.ts";

/** A script of `fixtures/` in a process of its own. */
export class Child {
  readonly process: ChildProcess;
  /** Resolves with the exit code, or the signal that ended it. */
  readonly exited: Promise<number | string | null>;
  /** Resolves when it has ended and all its lines are here. */
  readonly #closed: Promise<void>;
  readonly #lines: string[] = [];
  readonly #readers: ((line: string) => void)[] = [];

  constructor(script: string, ...args: readonly string[]) {
    const path = fileURLToPath(new URL(`./fixtures/${script}`, import.meta.url));
    this.process = spawn(process.execPath, [path, ...args], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    this.exited = new Promise((resolve) => {
      this.process.once("exit", (code, signal) => resolve(code ?? signal));
    });
    this.#closed = new Promise((resolve) => this.process.once("close", () => resolve()));
    onTestFinished(() => void this.process.kill("SIGKILL"));
    if (this.process.stdout === null) throw new Error("no stdout");
    createInterface({ input: this.process.stdout }).on("line", (line) => {
      const reader = this.#readers.shift();
      if (reader === undefined) this.#lines.push(line);
      else reader(line);
    });
  }

  /** The next line it prints. */
  line(): Promise<string> {
    const line = this.#lines.shift();
    if (line !== undefined) return Promise.resolve(line);
    const next = new Promise<string>((resolve) => this.#readers.push(resolve));
    const none = this.#closed.then(() => {
      throw new Error("it ended without another line of output");
    });
    return within(Promise.race([next, none]), undefined, "a line of output");
  }
}
