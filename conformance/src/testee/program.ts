/** A command line as a process of its own, with all that it starts in turn. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { systemTime } from "../time/system.ts";

/** How long a program may take to leave once its input has ended, in milliseconds. */
const LEAVE_LIMIT_MS = 2_000;
/** The last of its output comes at most so much later than its end, in milliseconds. */
const DRAIN_LIMIT_MS = 100;
/** What was killed is gone within this time, in milliseconds. */
const KILL_LIMIT_MS = 2_000;

/** How a program ended. */
export interface Exit {
  /** Undefined if a signal ended it, or if it never began. */
  readonly code: number | undefined;
  /** "the testee exited with code 1" */
  readonly what: string;
}

export class Program {
  /** It is gone, and the last of its output has been seen; never rejects. */
  readonly ended: Promise<Exit>;
  readonly #child: ChildProcessWithoutNullStreams;
  /** The process itself is gone. */
  readonly #exited: Promise<Exit>;
  readonly #stderrListeners = new Set<(text: string) => void>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.kill();
  #disposed: Promise<void> | undefined;

  /**
   * Starts a command line as the shell of this system understands it, where this process is if no
   * directory is named. It is killed, with all that it has started, as soon as the signal is aborted.
   */
  constructor(
    command: string,
    env: NodeJS.ProcessEnv = process.env,
    signal?: AbortSignal,
    directory?: string,
  ) {
    this.#child = spawn(command, {
      shell: true,
      stdio: "pipe",
      // A group of its own: the shell and what it started are let go together.
      detached: !isWindows(),
      env,
      cwd: directory,
    });
    this.#signal = signal;
    if (signal?.aborted === true) this.kill();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#child.stdin.on("error", () => {
      // Whoever cares hears it by `onDeaf`.
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      for (const listener of this.#stderrListeners) listener(text);
    });
    this.#exited = new Promise((resolve) => {
      this.#child.once("error", (error) =>
        resolve({ code: undefined, what: `the testee did not start: ${error.message}` }),
      );
      this.#child.once("exit", (code, signal) =>
        resolve({ code: code ?? undefined, what: exitText(code, signal) }),
      );
    });
    // Its streams are closed as well, by it and by all it started.
    const closed = new Promise<void>((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.once("error", () => resolve());
    });
    this.ended = this.#exited.then(async (exit) => {
      await within(closed, DRAIN_LIMIT_MS);
      // What came while this process was kept from running is read first.
      await new Promise<void>((resolve) => systemTime.turn(resolve));
      return exit;
    });
  }

  /** Of the shell, or of what took its place; undefined if it never began. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get stdout(): Readable {
    return this.#child.stdout;
  }

  writeLine(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  /** It reads no more; one that is on its way out closes its input first, and then says how it ended. */
  onDeaf(listener: () => void): void {
    this.#child.stdin.on("error", () => setTimeout(listener, DRAIN_LIMIT_MS));
  }

  /** Hears standard error until the returned function is called. */
  onStderr(listener: (text: string) => void): () => void {
    this.#stderrListeners.add(listener);
    return () => this.#stderrListeners.delete(listener);
  }

  /** Asks it to leave, and then lets go of it and of all it started, in a bounded time. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    this.#child.stdin.end();
    await within(this.#exited, LEAVE_LIMIT_MS);
    // What it started and left behind holds ports, and perhaps our pipes.
    this.kill();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    await within(this.#exited, KILL_LIMIT_MS);
    this.#child.stdin.destroy();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  /** Ends it at once, with all that it has started. */
  kill(): void {
    this.signal("SIGKILL");
  }

  /** Sends it a signal, and all that it has started; on Windows any signal ends it alone. */
  signal(name: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (isWindows()) this.#child.kill();
      else process.kill(-pid, name);
    } catch {
      // Nobody is left.
    }
  }
}

function exitText(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null
    ? `the testee exited with code ${code}`
    : `the testee was ended by ${signal}`;
}

/** Waits, but not for ever. */
async function within(event: Promise<unknown>, limitMs: number): Promise<void> {
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
