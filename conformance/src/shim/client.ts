/**
 * The suite's end of the contract for a testee that may break it at every turn.
 *
 * Unlike TesteeClient it does not give up at the first bad line: it notes it,
 * and goes on, so that one run tells all there is to mend.
 */
import { REPLY_LIMIT_MS } from "../testee/client.ts";
import type { TesteeEvent, TesteeReply } from "../testee/contract.ts";
import type { ContractSchema } from "./contract-schema.ts";
import type { Problem } from "./model.ts";
import { ShimProcess } from "./process.ts";

/** What became of a command. */
export interface Answer {
  readonly sent: string;
  /** Absent if none came. */
  readonly reply?: TesteeReply;
  /** The line of the reply, or why there is none. */
  readonly came: string;
  /** From when it was sent, in milliseconds. */
  readonly afterMs: number;
}

/** More problems than these say nothing new. */
const MAX_LINE_PROBLEMS = 5;

export class ShimClient {
  readonly process: ShimProcess;
  readonly events: TesteeEvent[] = [];
  /** What was wrong with lines, whatever they were about. */
  readonly lineProblems: Problem[] = [];
  readonly #schema: ContractSchema;
  readonly #waiting = new Map<number, (line: string, reply?: TesteeReply) => void>();
  readonly #answered = new Map<number, string>();
  readonly #sent = new Map<number, string>();
  #nextId: number;

  constructor(command: string, schema: ContractSchema, signal?: AbortSignal) {
    this.#schema = schema;
    // Ids that nobody guesses: a testee has to repeat them, not count.
    this.#nextId = 1_000 + Math.floor(Math.random() * 1_000_000);
    this.process = new ShimProcess(command, signal);
    this.process.onLine = (line) => this.#take(line);
  }

  /** Sends a command and waits for its reply, for a bounded time. Never rejects. */
  ask(command: object): Promise<Answer> {
    this.#nextId += 1 + Math.floor(Math.random() * 1_000);
    const id = this.#nextId;
    const sent = JSON.stringify({ id, ...command });
    const at = performance.now();
    this.#sent.set(id, sent);
    return new Promise((resolve) => {
      const settle = (came: string, reply?: TesteeReply): void => {
        clearTimeout(timer);
        stop();
        this.#waiting.delete(id);
        const afterMs = performance.now() - at;
        resolve({ sent, came, afterMs, ...(reply === undefined ? {} : { reply }) });
      };
      const timer = setTimeout(
        () => settle(`no reply within ${REPLY_LIMIT_MS / 1_000} s`),
        REPLY_LIMIT_MS,
      );
      let stop: () => void = () => undefined;
      this.#waiting.set(id, settle);
      stop = this.process.onExit((why) => settle(`no reply: ${why}`));
      this.process.write(sent);
    });
  }

  /** Says goodbye; an answer to that may come or not. */
  sayBye(): void {
    this.#nextId += 1;
    const sent = JSON.stringify({ id: this.#nextId, cmd: "bye" });
    this.#sent.set(this.#nextId, sent);
    this.process.write(sent);
  }

  #take(line: string): void {
    if (line.trim() === "") return;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      this.#note(line, "one JSON object a line, and nothing else: logs go to standard error");
      return;
    }
    const problem = this.#schema.problemOfLine(value);
    if (problem !== undefined) this.#note(line, problem);
    if (typeof value !== "object" || value === null) return;
    if ("event" in value) {
      if (problem === undefined) this.events.push(value as TesteeEvent);
      return;
    }
    const { id } = value as { id?: unknown };
    if (typeof id !== "number") return;
    const settle = this.#waiting.get(id);
    if (settle !== undefined) {
      this.#answered.set(id, line);
      if (problem === undefined) settle(line, value as TesteeReply);
      else settle(line);
      return;
    }
    if (this.#answered.has(id)) this.#note(line, "exactly one reply to each command", id);
    else if (!this.#sent.has(id))
      this.#note(line, "a reply with the id of a command that was sent");
  }

  #note(line: string, expected: string, id?: number): void {
    if (this.lineProblems.length >= MAX_LINE_PROBLEMS) return;
    const sent = id === undefined ? undefined : this.#sent.get(id);
    this.lineProblems.push({ ...(sent === undefined ? {} : { sent }), came: line, expected });
  }
}

/** What is wrong with an answer that had to be one of these. */
export function expectAnswer(
  { sent, reply, came }: Answer,
  allowed: readonly ("ok" | "unsupported" | "invalid" | "failed")[],
  expected: string,
): Problem[] {
  const is = reply === undefined ? undefined : "err" in reply ? reply.err : "ok";
  return is !== undefined && allowed.includes(is) ? [] : [{ sent, came, expected }];
}

/** True if the testee says that this is yet to be written. */
export function isNotImplemented({ reply }: Answer): boolean {
  return (
    reply !== undefined &&
    "err" in reply &&
    reply.err === "failed" &&
    /not (yet )?implemented/i.test(reply.why ?? "")
  );
}
