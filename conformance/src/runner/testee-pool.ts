/** Starts testees: one that most cases share, one for bulky cases, and one each for those that need it. */
import type { CaseProcess } from "../cases/model.ts";
import type { TesteeInfo } from "../model.ts";
import { type LineChannel, TesteeClient } from "../testee/client.ts";
import { LastWords } from "../testee/last-words.ts";
import { ContractError, ContractValidator } from "../testee/validate.ts";
import type { Time } from "../time/time.ts";

/** Where testees come from; a process, but for tests of the harness. */
export interface TesteeSource {
  /** Each case has a testee of its own. */
  readonly isPerCase?: boolean;
  /** What a testee says it cannot do it has never claimed. */
  readonly claimsNothing?: boolean;
  start(): LineChannel & {
    onStderr?(listener: (text: string) => void): () => void;
    onStarved?(listener: (waitNs: number) => void): () => void;
    signal?(name: NodeJS.Signals): void;
  };
}

export interface RunningTestee {
  readonly client: TesteeClient;
  readonly info: TesteeInfo;
  /** What it says it cannot do it has never claimed; see {@link TesteeSource}. */
  readonly claimsNothing?: boolean;
  onStderr(listener: (text: string) => void): () => void;
  /** Hears that the machine keeps it waiting, where that can be known. */
  onStarved(listener: (waitNs: number) => void): () => void;
  /** Sends a signal to its process, where it has one. */
  signal?(name: NodeJS.Signals): void;
}

/** A testee that dies is started again this often, so that one crash does not hide all else. */
const MAX_RESTARTS = 3;

/** A testee that several cases use at once. */
class SharedTestee {
  readonly #start: () => Promise<RunningTestee>;
  #current: Promise<RunningTestee> | undefined;
  #restarts = 0;

  constructor(start: () => Promise<RunningTestee>) {
    this.#start = start;
  }

  /** The testee, started when it is first needed; a new one if the last one broke. */
  async get(): Promise<RunningTestee> {
    for (;;) {
      this.#current ??= this.#start();
      const asked = this.#current;
      const testee = await asked;
      const { broken } = testee.client;
      if (broken === undefined) return testee;
      // Many cases find it broken at the same time: one of them replaces it.
      if (this.#current !== asked) continue;
      if (this.#restarts >= MAX_RESTARTS)
        throw new ContractError(`it broke ${this.#restarts + 1} times: ${broken.message}`);
      this.#restarts += 1;
      this.#current = undefined;
    }
  }

  async dispose(): Promise<void> {
    const testee = await this.#current?.catch(() => undefined);
    await testee?.client.bye();
  }
}

export class TesteePool {
  readonly #source: TesteeSource;
  readonly #suiteVersion: string;
  readonly #time: Time;
  readonly #shared: SharedTestee;
  readonly #bulk: SharedTestee;
  /** One for all: making one takes longer than anybody who is measured can wait. */
  readonly #validator = new ContractValidator();
  /** Testees that broke the contract, as they go. */
  readonly #leaving = new Set<Promise<void>>();

  constructor(source: TesteeSource, suiteVersion: string, time: Time) {
    this.#source = source;
    this.#suiteVersion = suiteVersion;
    this.#time = time;
    this.#shared = new SharedTestee(() => this.#start());
    this.#bulk = new SharedTestee(() => this.#start());
  }

  /** The testee for a case; it must be given back with {@link release}. */
  acquire(which: CaseProcess): Promise<RunningTestee> {
    if (this.#isOwn(which)) return this.#start();
    return which === "bulk" ? this.#bulk.get() : this.#shared.get();
  }

  async release(which: CaseProcess, testee: RunningTestee): Promise<void> {
    if (this.#isOwn(which)) await testee.client.bye();
  }

  /** One to ask what it is; the next case may get the same. */
  first(): Promise<RunningTestee> {
    return this.#shared.get();
  }

  async dispose(): Promise<void> {
    await Promise.all([this.#shared.dispose(), this.#bulk.dispose()]);
    await Promise.all(this.#leaving);
  }

  #isOwn(which: CaseProcess): boolean {
    return which === "own" || this.#source.isPerCase === true;
  }

  async #start(): Promise<RunningTestee> {
    const channel = this.#source.start();
    // From the start: what ends it before it says hello stands there and nowhere else.
    const lastWords = new LastWords();
    channel.onStderr?.((text) => lastWords.hear(text));
    const telling: LineChannel = {
      write: (line) => channel.write(line),
      onLine: (listener) => channel.onLine(listener),
      onGone: (listener) => channel.onGone((why) => listener(lastWords.after(why))),
      dispose: () => channel.dispose(),
    };
    const client = new TesteeClient(telling, this.#suiteVersion, this.#time, this.#validator);
    // At once, as it may go on to write, to listen, and to burn what others are measured by.
    client.onBroken(() => this.#letGo(client));
    try {
      const info = await client.hello();
      return {
        client,
        info,
        claimsNothing: this.#source.claimsNothing === true,
        onStderr: (listener) => channel.onStderr?.(listener) ?? (() => undefined),
        onStarved: (listener) => channel.onStarved?.(listener) ?? (() => undefined),
        signal: (name) => channel.signal?.(name),
      };
    } catch (error) {
      await client.bye();
      throw error;
    }
  }

  #letGo(client: TesteeClient): void {
    const leaving = client.bye();
    this.#leaving.add(leaving);
    void leaving.finally(() => this.#leaving.delete(leaving));
  }
}
