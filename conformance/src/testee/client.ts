/** The harness's end of the control contract. */
import { randomBytes } from "node:crypto";
import type { TesteeInfo } from "../model.ts";
import type { Time } from "../time/time.ts";
import {
  CONTRACT_VERSION,
  type HelloReply,
  type TesteeCommand,
  type TesteeEvent,
  type TesteeReply,
} from "./contract.ts";
import { ContractError, ContractValidator } from "./validate.ts";

/** Where the lines go and come from: a process, or a testee in this one. */
export interface LineChannel {
  write(line: string): void;
  onLine(listener: (line: string) => void): void;
  /** The other side is gone, and why; at most once. */
  onGone(listener: (why: string) => void): void;
  /** Lets it go, by force if need be. */
  dispose(): Promise<void>;
}

/** A testee answers any command within this time, in milliseconds. */
export const REPLY_LIMIT_MS = 10_000;

interface Waiting {
  readonly resolve: (reply: TesteeReply) => void;
  readonly reject: (error: Error) => void;
  /** Forgets the limit. */
  readonly cancel: () => void;
}

export class TesteeClient {
  readonly #channel: LineChannel;
  readonly #validator: ContractValidator;
  readonly #waiting = new Map<number, Waiting>();
  readonly #observers = new Set<(event: TesteeEvent) => void>();
  readonly #breakObservers = new Set<(error: ContractError) => void>();
  readonly #suite: string;
  readonly #time: Time;
  #nextId = 1;
  #broken: ContractError | undefined;
  #leaving = false;

  constructor(
    channel: LineChannel,
    suite: string,
    time: Time,
    validator: ContractValidator = new ContractValidator(),
  ) {
    this.#validator = validator;
    this.#channel = channel;
    this.#suite = suite;
    this.#time = time;
    channel.onLine((line) => this.#onLine(line));
    channel.onGone((why) => {
      if (!this.#leaving) this.#break(new ContractError(why));
    });
  }

  /** Why nothing more can be asked of it, if so. */
  get broken(): ContractError | undefined {
    return this.#broken;
  }

  /** Resolves with true if the testee is gone, or goes within so many milliseconds. */
  gone(withinMs: number): Promise<boolean> {
    if (this.#broken !== undefined) return Promise.resolve(true);
    return new Promise((resolve) => {
      const cancel = this.#time.after(withinMs, () => {
        stop();
        resolve(false);
      });
      const stop = this.onBroken(() => {
        cancel();
        resolve(true);
      });
    });
  }

  /** Hears every event until the returned function is called. */
  observe(observer: (event: TesteeEvent) => void): () => void {
    this.#observers.add(observer);
    return () => this.#observers.delete(observer);
  }

  /** Hears, once, that the testee broke the contract or went away. */
  onBroken(observer: (error: ContractError) => void): () => void {
    this.#breakObservers.add(observer);
    return () => this.#breakObservers.delete(observer);
  }

  /** Sends a command and waits for its reply, for a bounded time. */
  request(command: TesteeCommand | { readonly cmd: string }): Promise<TesteeReply> {
    if (this.#broken !== undefined) return Promise.reject(this.#broken);
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      const cancel = this.#time.after(REPLY_LIMIT_MS, () => {
        this.#break(
          new ContractError(`no reply to "${command.cmd}" within ${REPLY_LIMIT_MS / 1000} s`),
        );
      });
      this.#waiting.set(id, { resolve, reject, cancel });
      this.#channel.write(JSON.stringify({ id, ...command }));
    });
  }

  /**
   * Introduces itself and asks what the testee can do, and whether it is
   * honest about what it cannot: a peer that says yes to everything would
   * otherwise look as if it did everything.
   */
  async hello(): Promise<TesteeInfo> {
    const reply = await this.request({
      cmd: "hello",
      contract: CONTRACT_VERSION,
      suite: this.#suite,
    });
    if ("err" in reply)
      throw new ContractError(`hello was refused: ${reply.err}${because(reply.why)}`);
    const hello: HelloReply = this.#validator.hello(reply.ok);
    const nonce = randomBytes(4).toString("hex");
    await this.#mustBeUnsupported({ cmd: `no-such-command-${nonce}` });
    await this.#mustBeUnsupported({
      cmd: "open",
      conn: `probe-${nonce}`,
      role: "listen",
      transport: `no-such-transport-${nonce}`,
      config: {},
    } as unknown as TesteeCommand);
    await this.#mustBeUnsupported({
      cmd: "open",
      conn: `probe-${nonce}`,
      role: "listen",
      transport: hello.transports[0],
      config: { [`no_such_option_${nonce}`]: 1 },
    } as unknown as TesteeCommand);
    const { contract: _, ...info } = hello;
    return info;
  }

  /** The address in the reply to `open` with the role listen. */
  listening(reply: TesteeReply): { readonly host: string; readonly port: number } {
    if ("err" in reply)
      throw new ContractError(`open was refused: ${reply.err}${because(reply.why)}`);
    return this.#validator.listening(reply.ok).address;
  }

  /** Says goodbye and lets the channel go. */
  async bye(): Promise<void> {
    this.#leaving = true;
    if (this.#broken === undefined) this.#channel.write(JSON.stringify({ id: 0, cmd: "bye" }));
    this.#settle(new ContractError("the run is over"));
    await this.#channel.dispose();
  }

  async #mustBeUnsupported(command: TesteeCommand | { readonly cmd: string }): Promise<void> {
    const reply = await this.request(command);
    if (!("err" in reply) || reply.err !== "unsupported")
      throw new ContractError(
        `it must answer {"err":"unsupported"} to what does not exist: ${JSON.stringify(command)}`,
      );
  }

  #onLine(line: string): void {
    if (line.trim() === "" || this.#broken !== undefined) return;
    try {
      const parsed = this.#validator.line(line);
      if ("event" in parsed) {
        for (const observer of this.#observers) observer(parsed);
        return;
      }
      if (parsed.id === 0 && this.#leaving) return;
      const waiting = this.#waiting.get(parsed.id);
      if (waiting === undefined)
        throw new ContractError(`a reply to no command of ours: id ${parsed.id}`);
      this.#waiting.delete(parsed.id);
      waiting.cancel();
      waiting.resolve(parsed);
    } catch (error) {
      if (!(error instanceof ContractError)) throw error;
      this.#break(error);
    }
  }

  #break(error: ContractError): void {
    if (this.#broken !== undefined) return;
    this.#broken = error;
    this.#settle(error);
    for (const observer of this.#breakObservers) observer(error);
    this.#breakObservers.clear();
  }

  #settle(error: Error): void {
    for (const { reject, cancel } of this.#waiting.values()) {
      cancel();
      reject(error);
    }
    this.#waiting.clear();
  }
}

function because(why: string | undefined): string {
  return why === undefined ? "" : ` (${why})`;
}
