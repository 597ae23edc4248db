/** A testee as a process: lines over its standard streams. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { LineChannel } from "./client.ts";

/** How long a testee may take to leave after `bye`, in milliseconds. */
const LEAVE_LIMIT_MS = 2_000;
/** Standard error is kept up to this many octets a listener. */
export const STDERR_LIMIT_BYTES = 65_536;

export class TesteeProcess implements LineChannel {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #exited: Promise<string>;
  readonly #stderrListeners = new Set<(text: string) => void>();

  /** Starts a command line as the shell of this system understands it. */
  constructor(command: string) {
    // A group of its own: the shell and what it started are let go together.
    this.#child = spawn(command, { shell: true, stdio: "pipe", detached: !isWindows() });
    this.#child.stdin.on("error", () => {
      // It left; `exited` says so.
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      for (const listener of this.#stderrListeners) listener(text);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => resolve(`the testee did not start: ${error.message}`));
      this.#child.once("close", (code, signal) =>
        resolve(
          signal === null
            ? `the testee exited with code ${code}`
            : `the testee was ended by ${signal}`,
        ),
      );
    });
  }

  write(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  onLine(listener: (line: string) => void): void {
    createInterface({ input: this.#child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on(
      "line",
      listener,
    );
  }

  onGone(listener: (why: string) => void): void {
    void this.#exited.then(listener);
  }

  /** Hears standard error until the returned function is called. */
  onStderr(listener: (text: string) => void): () => void {
    this.#stderrListeners.add(listener);
    return () => this.#stderrListeners.delete(listener);
  }

  async dispose(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.#kill(), LEAVE_LIMIT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (isWindows()) this.#child.kill();
      else process.kill(-pid, "SIGKILL");
    } catch {
      // It left in the meantime.
    }
  }
}

function isWindows(): boolean {
  return process.platform === "win32";
}
