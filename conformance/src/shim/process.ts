/** A testee as a process, seen closely: every octet of its output, its end, and what it leaves behind. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

/** The end of standard error is kept, up to this many characters. */
const STDERR_LIMIT = 4_096;
/** A line that is longer than this is no line of the contract. */
const LINE_LIMIT = 1_048_576;
const POLL_MS = 20;

const isWindows = process.platform === "win32";

export class ShimProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  #pending = "";
  #stderr = "";
  #exit: string | undefined;
  readonly #closed: Promise<void>;
  readonly #onExit = new Set<(why: string) => void>();
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#kill();
  onLine: (line: string) => void = () => undefined;

  /**
   * Starts a command line as the shell of this system understands it. It is killed, with all that
   * it has started, as soon as the signal is aborted.
   */
  constructor(command: string, signal?: AbortSignal) {
    // A group of its own, so that what it starts can be found and be let go with it.
    this.#child = spawn(command, { shell: true, stdio: "pipe", detached: !isWindows });
    this.#signal = signal;
    if (signal?.aborted === true) this.#kill();
    else signal?.addEventListener("abort", this.#onAbort, { once: true });
    this.#child.stdin.on("error", () => {
      // It left; its exit says so.
    });
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => this.#take(text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_LIMIT);
    });
    this.#child.once("error", (error) => this.#left(`it did not start: ${error.message}`));
    this.#child.once("exit", (code, signal) =>
      this.#left(signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`),
    );
    this.#closed = new Promise((resolve) => {
      this.#child.once("close", () => resolve());
      this.#child.once("error", () => resolve());
    });
  }

  get stderr(): string {
    return this.#stderr;
  }

  /** How it ended, once it has. */
  get exit(): string | undefined {
    return this.#exit;
  }

  /** What it wrote after its last line feed. */
  get unfinishedLine(): string {
    return this.#pending;
  }

  write(line: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(`${line}\n`);
  }

  endInput(): void {
    this.#child.stdin.end();
  }

  /** Hears, once, how it ended; at once if it has. Returns how to stop listening. */
  onExit(listener: (why: string) => void): () => void {
    if (this.#exit !== undefined) listener(this.#exit);
    else this.#onExit.add(listener);
    return () => this.#onExit.delete(listener);
  }

  /** True if it is gone, or goes within so many milliseconds. */
  exits(withinMs: number): Promise<boolean> {
    return eventually(() => this.#exit !== undefined, withinMs);
  }

  /** True if nothing that it started is left, or goes within so many milliseconds; true on Windows. */
  leavesNothing(withinMs: number): Promise<boolean> {
    return eventually(() => !this.#groupLives(), withinMs);
  }

  /** Ends it, and all it started, and waits for the last of its output for a bounded time. */
  async dispose(): Promise<void> {
    this.#child.stdin.end();
    this.#kill();
    this.#signal?.removeEventListener("abort", this.#onAbort);
    await Promise.race([
      this.#closed,
      new Promise((resolve) => setTimeout(resolve, 1_000).unref()),
    ]);
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }

  #take(text: string): void {
    const lines = (this.#pending + text).split("\n");
    this.#pending = (lines.pop() ?? "").slice(0, LINE_LIMIT);
    for (const line of lines) this.onLine(line.replace(/\r$/, ""));
  }

  #left(why: string): void {
    if (this.#exit !== undefined) return;
    this.#exit = why;
    for (const listener of this.#onExit) listener(why);
    this.#onExit.clear();
  }

  #groupLives(): boolean {
    const { pid } = this.#child;
    if (pid === undefined || isWindows) return false;
    try {
      process.kill(-pid, 0);
    } catch {
      return false;
    }
    return process.platform !== "linux" || hasLiveMember(pid);
  }

  #kill(): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      if (isWindows) this.#child.kill();
      else process.kill(-pid, "SIGKILL");
    } catch {
      // It left in the meantime.
    }
  }
}

/** What has ended and was not yet waited for is still in its group: it runs no more. */
function hasLiveMember(group: number): boolean {
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // "pid (name) state ppid pgrp ...": the name may hold anything, parentheses too.
      const [state, , pgrp] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return Number(pgrp) === group && state !== "Z" && state !== "X";
    } catch {
      return false;
    }
  });
}

/** True as soon as `test` says so, false if it does not within so many milliseconds. */
export async function eventually(
  test: () => boolean | Promise<boolean>,
  withinMs: number,
): Promise<boolean> {
  const until = performance.now() + withinMs;
  for (;;) {
    if (await test()) return true;
    if (performance.now() >= until) return false;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
