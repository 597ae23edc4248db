/** A testee as a process: lines over its standard streams. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { LineChannel } from "./client.ts";
import { readLines } from "./lines.ts";

/** How long a testee may take to leave after `bye`, in milliseconds. */
const LEAVE_LIMIT_MS = 2_000;
/** The last of its output comes at most so much later than its end, in milliseconds. */
const DRAIN_LIMIT_MS = 100;
/** What was killed is gone within this time, in milliseconds. */
const KILL_LIMIT_MS = 2_000;
/** Standard error is kept up to this many octets a listener. */
export const STDERR_LIMIT_BYTES = 65_536;

export class TesteeProcess implements LineChannel {
  readonly #child: ChildProcessWithoutNullStreams;
  /** The process itself is gone. */
  readonly #exited: Promise<void>;
  /** Its streams are closed as well, by it and by all it started. */
  readonly #closed: Promise<void>;
  readonly #stderrListeners = new Set<(text: string) => void>();
  readonly #goneListeners = new Set<(why: string) => void>();
  #whyGone: string | undefined;
  #stopReading: (() => void) | undefined;
  #disposed: Promise<void> | undefined;

  /** Starts a command line as the shell of this system understands it. */
  constructor(command: string) {
    // A group of its own: the shell and what it started are let go together.
    this.#child = spawn(command, { shell: true, stdio: "pipe", detached: !isWindows() });
    this.#child.stdin.on("error", () => {
      // A process that is on its way out closes this first, and then says how it ended.
      setTimeout(() => this.#left("the testee closed its standard input"), DRAIN_LIMIT_MS);
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      for (const listener of this.#stderrListeners) listener(text);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#left(`the testee did not start: ${error.message}`);
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        void this.#leave(
          signal === null
            ? `the testee exited with code ${code}`
            : `the testee was ended by ${signal}`,
        );
        resolve();
      });
    });
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.once("error", () => resolve());
    });
  }

  write(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  onLine(listener: (line: string) => void): void {
    this.#stopReading = readLines(this.#child.stdout, {
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
    this.#stderrListeners.add(listener);
    return () => this.#stderrListeners.delete(listener);
  }

  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  /** Asks it to leave, and then lets go of it and of all it started, in a bounded time. */
  async #dispose(): Promise<void> {
    this.#stopReading?.();
    this.#child.stdin.end();
    await within(this.#exited, LEAVE_LIMIT_MS);
    // What it started and left behind holds ports, and perhaps our pipes.
    this.#killGroup();
    await within(this.#exited, KILL_LIMIT_MS);
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  /** The process has ended, and the last of its output is waited for. */
  async #leave(why: string): Promise<void> {
    await within(this.#closed, DRAIN_LIMIT_MS);
    this.#left(why);
  }

  #left(why: string): void {
    if (this.#whyGone !== undefined) return;
    this.#whyGone = why;
    for (const listener of this.#goneListeners) listener(why);
  }

  #killGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (isWindows()) this.#child.kill();
      else process.kill(-pid, "SIGKILL");
    } catch {
      // Nobody is left.
    }
  }
}

/** Waits, but not for ever. */
async function within(event: Promise<void>, limitMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([event, limit]);
  clearTimeout(timer);
}

function isWindows(): boolean {
  return process.platform === "win32";
}
