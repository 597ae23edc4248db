import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A contender that cannot run here, for want of something that is not its fault. */
export class Unavailable extends Error {}

/** No answer takes longer, unless the caller says so. */
const ANSWER_LIMIT_MS = 60_000;
/** A child that was asked to end and has not is killed. */
const END_LIMIT_MS = 3000;
/** What a child answers unasked, as soon as it can be asked. */
const START = "its start";

/** The processes of a measurement. Each is ended by its id, and none is left. */
export class Children {
  /** @type {Set<import("node:child_process").ChildProcess>} */
  #running = new Set();

  /**
   * Runs a module that uses `answer` of child.mjs.
   *
   * @param {URL} module
   * @param {{ args?: readonly string[], execArgv?: readonly string[] }} [options]
   * @throws (rejects with) {Unavailable} if a package is not installed.
   */
  async start(module, { args = [], execArgv = [] } = {}) {
    const running = fork(fileURLToPath(module), [...args], {
      execArgv: ["--expose-gc", ...execArgv],
      serialization: "advanced",
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    this.#keep(running);
    const child = new Child(running);
    await child.ready;
    return child;
  }

  /**
   * Runs a program that answers each line of its standard input with a line, and
   * ends with its input.
   *
   * @param {string} command
   * @param {readonly string[]} args
   */
  startProgram(command, args) {
    const running = spawn(command, [...args], { stdio: ["pipe", "pipe", "inherit"] });
    this.#keep(running);
    return new Program(running);
  }

  /** Ends all that still run, and waits for their ends. */
  async end() {
    const left = [...this.#running];
    for (const child of left) {
      if (child.connected) child.disconnect();
      child.stdin?.end();
    }
    const timer = setTimeout(() => this.kill(), END_LIMIT_MS);
    await Promise.all(left.map((child) => this.#running.has(child) && once(child, "exit")));
    clearTimeout(timer);
  }

  /** Ends all that still run, now: for a process that is about to end itself. */
  kill() {
    for (const child of this.#running) child.kill("SIGKILL");
  }

  /** @param {import("node:child_process").ChildProcess} running */
  #keep(running) {
    this.#running.add(running);
    const gone = () => this.#running.delete(running);
    running.once("exit", gone);
    running.once("error", gone);
  }
}

/** A module in a process of its own, that answers. */
export class Child {
  #running;
  /** @type {Map<number, { resolve: (value: any) => void, reject: (error: Error) => void, timer: NodeJS.Timeout }>} */
  #waiting = new Map();
  #asked = 0;

  /** @param {import("node:child_process").ChildProcess} running */
  constructor(running) {
    this.#running = running;
    /** @type {Promise<unknown>} Resolves when the module can be asked. */
    this.ready = this.#answer(START, ANSWER_LIMIT_MS);
    running.on("message", (/** @type {any} */ { id, value, error, missing }) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (waiting === undefined) return;
      clearTimeout(waiting.timer);
      if (missing !== undefined) waiting.reject(new Unavailable(missing));
      else if (error !== undefined) waiting.reject(new Error(error));
      else waiting.resolve(value);
    });
    running.on("error", (error) => this.#fail(error));
    running.on("exit", (code, signal) =>
      this.#fail(new Error(`the process ended early, with ${signal ?? code}`)),
    );
  }

  get pid() {
    return this.#running.pid;
  }

  /**
   * @param {string} method
   * @param {unknown} [argument] What the structured clone algorithm takes.
   * @param {number} [limitMs]
   * @returns {Promise<any>}
   */
  ask(method, argument, limitMs = ANSWER_LIMIT_MS) {
    const answer = this.#answer(method, limitMs);
    if (this.#running.connected) this.#running.send({ id: this.#asked, method, argument });
    else this.#fail(new Error("the process has ended"));
    return answer;
  }

  /** Tells it to end, and waits for that. */
  async end() {
    if (this.#running.exitCode !== null || this.#running.signalCode !== null) return;
    const gone = once(this.#running, "exit");
    if (this.#running.connected) this.#running.disconnect();
    const timer = setTimeout(() => this.#running.kill("SIGKILL"), END_LIMIT_MS);
    await gone;
    clearTimeout(timer);
  }

  /** @param {string} what @param {number} limitMs @returns {Promise<any>} */
  #answer(what, limitMs) {
    if (what !== START) this.#asked += 1;
    const id = what === START ? 0 : this.#asked;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(id);
        reject(new Error(`no answer within ${limitMs / 1000} s: ${what}`));
      }, limitMs);
      this.#waiting.set(id, { resolve, reject, timer });
    });
  }

  /** @param {Error} error */
  #fail(error) {
    for (const { reject, timer } of this.#waiting.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#waiting.clear();
  }
}

/** A program of another language, that answers in lines. */
export class Program {
  #running;
  #lines;

  /** @param {import("node:child_process").ChildProcess} running */
  constructor(running) {
    this.#running = running;
    if (running.stdout === null) throw new Error("a program without a standard output");
    this.#lines = createInterface({ input: running.stdout })[Symbol.asyncIterator]();
    running.stdin?.on("error", () => {});
  }

  /** The next line that it says, after the one that was written to it, if any. @param {string} [line] */
  async ask(line) {
    if (line !== undefined) this.#running.stdin?.write(`${line}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("the program ended early");
    return /** @type {string} */ (value);
  }
}
