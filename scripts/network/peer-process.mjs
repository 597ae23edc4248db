import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ProcessorWait } from "../../conformance/dist/trace/processor-wait.js";

const PROGRAM = fileURLToPath(new URL("./peer.mjs", import.meta.url));
/** For what takes milliseconds on an idle machine: a limit for what hangs, and no judgement. */
const PATIENCE_MS = 20_000;

/** @typedef {import("../../sdk/dist/index.js").ConnectionEnd} ConnectionEnd */
/**
 * @typedef {{ at: number } & (
 *   | { type: "listening" | "open" | "heard" | "suspect" | "pardoned" }
 *   | { type: "message", text: string }
 *   | { type: "held", by: string[] }
 *   | { type: "ended", end: ConnectionEnd, byHeartbeat: boolean }
 * )} Fact What a peer says; `at` in ms on the machine's monotonic clock.
 */

/** Milliseconds on the clock by which peers tell their time. */
export function now() {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** A peer of ours in a namespace. */
export class PeerProcess {
  /** @type {Fact[]} */
  facts = [];
  /** The longest wait for a processor so far, in ms. */
  starvedMs = 0;
  /** @type {Set<() => void>} */
  #watchers = new Set();
  #errors = "";
  /** @type {{ code: number | null, signal: string | null } | undefined} */
  #exit;
  #child;

  /**
   * @param {string} namespace
   * @param {"client" | "server"} role
   * @param {string} transport
   * @param {object} options
   */
  constructor(namespace, role, transport, options) {
    this.role = role;
    const command = [process.execPath, PROGRAM, role, transport, JSON.stringify(options)];
    this.#child = spawn("ip", ["netns", "exec", namespace, ...command], { stdio: "pipe" });
    const wait = new ProcessorWait(this.#child.pid ?? 0);
    const release = wait.observe((ns) => {
      this.starvedMs = Math.max(this.starvedMs, ns / 1e6);
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.facts.push(JSON.parse(line));
      this.#changed();
    });
    this.#child.stderr.setEncoding("utf8").on("data", (text) => {
      this.#errors += text;
    });
    this.#child.stdin.on("error", () => {}); // it may be dead, which is what some of this is about
    this.#child.once("close", (code, signal) => {
      release();
      this.#exit = { code, signal };
      this.#changed();
    });
  }

  /** How it ended; undefined while it has not. */
  get ended() {
    const fact = this.facts.find(({ type }) => type === "ended");
    return fact?.type === "ended" ? fact : undefined;
  }

  /** When it last heard a heartbeat; undefined if it never did. */
  get heardAt() {
    return this.facts.findLast(({ type }) => type === "heard")?.at;
  }

  /** @param {string} text */
  hasHeard(text) {
    return this.facts.some((fact) => fact.type === "message" && fact.text === text);
  }

  /** @param {string} message */
  send(message) {
    this.#child.stdin.write(`${message}\n`);
  }

  /**
   * @param {string} what is waited for, in words.
   * @param {() => unknown} isSo
   * @param {number} [limitMs]
   */
  async until(what, isSo, limitMs = PATIENCE_MS) {
    if (await this.#wait(() => isSo() || this.#exit !== undefined, limitMs)) {
      if (isSo()) return;
    }
    const exit =
      this.#exit === undefined ? "" : ` it exited (${this.#exit.code ?? this.#exit.signal}).`;
    const last = JSON.stringify(this.facts.at(-1) ?? null);
    throw new Error(
      `expected ${what} at the ${this.role} within ${limitMs} ms; seen last: ${last}.${exit} ${this.#errors}`.trim(),
    );
  }

  /** SIGKILL: the kernel closes its sockets, and the process says nothing more. */
  async kill() {
    this.#child.kill("SIGKILL");
    await this.#wait(() => this.#exit !== undefined, PATIENCE_MS);
  }

  /**
   * Ends its input. Returns what kept it running, or undefined if it left by itself with nothing
   * held and nothing to complain of.
   */
  async leave() {
    this.#child.stdin.end();
    const left = await this.#wait(() => this.#exit !== undefined, PATIENCE_MS / 2);
    const held = this.facts.find(({ type }) => type === "held");
    if (held?.type === "held") return `still held 4 s after its end: ${held.by.join(", ")}`;
    if (!left) return "did not exit";
    if (this.#exit?.code !== 0 || this.#errors !== "") {
      return `exited with ${this.#exit?.code ?? this.#exit?.signal}: ${this.#errors}`;
    }
    return undefined;
  }

  /** At once, for an end that waits for nothing. */
  destroy() {
    if (this.#exit === undefined) this.#child.kill("SIGKILL");
  }

  #changed() {
    for (const watcher of this.#watchers) watcher();
  }

  /** @param {() => unknown} isSo @param {number} limitMs @returns {Promise<boolean>} */
  #wait(isSo, limitMs) {
    return new Promise((resolve) => {
      const settle = (/** @type {boolean} */ result) => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        resolve(result);
      };
      const look = () => {
        if (isSo()) settle(true);
      };
      const timer = setTimeout(() => settle(false), limitMs);
      this.#watchers.add(look);
      look();
    });
  }
}
