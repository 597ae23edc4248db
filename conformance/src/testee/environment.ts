/**
 * A testee that is told everything in its environment: one process for each
 * listener, and for each connection that it dials. It has no command to obey.
 */
import type { CaseSpec } from "../cases/model.ts";
import type { Role, TransportName } from "../model.ts";
import type { TesteeSource } from "../runner/testee-pool.ts";
import type { LineChannel } from "./client.ts";
import {
  CONTRACT_VERSION,
  type HelloReply,
  type TesteeCommand,
  type TesteeConfig,
  type TesteeReply,
  unknownOption,
} from "./contract.ts";
import { type Exit, Program } from "./program.ts";
import { readReady } from "./ready.ts";

/** Every variable of the contract begins so. */
const PREFIX = "PULSEWIRE_";
const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];
/** What is no command but an option of the configuration. */
const FEATURES = ["always_beat", "optional_peers"];

/** Exit codes with a meaning: "not found" of every shell, and EX_CONFIG of sysexits.h. */
const EXIT_UNSUPPORTED = 127;
const EXIT_INVALID = 78;

/** For a program to start, in milliseconds; less than a reply may take. */
const START_LIMIT_MS = 5_000;
/** Who has dialled by now is answered for; the connection says the rest. In milliseconds. */
const DIAL_LIMIT_MS = 6_000;

type Open = Extract<TesteeCommand, { cmd: "open" }>;

/** Why a case cannot be run under this contract, if so. */
export function whyBeyondEnvironment(spec: CaseSpec): string | undefined {
  const command = spec.steps.find((step) => step.verb === "testee");
  if (command?.verb !== "testee") return undefined;
  return `needs the command "${Object.keys(command.args)[0]}", which the environment cannot give: use --contract ndjson`;
}

/** The variables that say what is to be done. */
export function environmentOf(open: Omit<Open, "cmd" | "conn">): Record<string, string> {
  const { role, transport, address, config } = open;
  const variables: Record<string, string> = {
    CASE: open.case ?? "",
    ROLE: role,
    TRANSPORT: transport,
    HOST: address?.host ?? "127.0.0.1",
    PORT: String(address?.port ?? 0),
  };
  for (const [key, value] of Object.entries(config))
    variables[key.toUpperCase()] = typeof value === "object" ? JSON.stringify(value) : `${value}`;
  return Object.fromEntries(
    Object.entries(variables).map(([name, value]) => [`${PREFIX}${name}`, value]),
  );
}

export class EnvironmentSource implements TesteeSource {
  readonly isPerCase = true;
  readonly claimsNothing = true;
  readonly #command: string;
  /** It has been seen to refuse what does not exist: it need not be asked for each case. */
  readonly #honesty: { seen: boolean } = { seen: false };
  readonly #startLimitMs: number;
  readonly #signal: AbortSignal | undefined;

  /**
   * `startLimitMs`: a listener is ready, and what is unsupported has been refused, within this time.
   * When the signal is aborted, all that runs is killed.
   */
  constructor(
    command: string,
    startLimitMs: number = START_LIMIT_MS,
    signal: AbortSignal | undefined = undefined,
  ) {
    this.#command = command;
    this.#startLimitMs = startLimitMs;
    this.#signal = signal;
  }

  start(): LineChannel & { onStderr(listener: (text: string) => void): () => void } {
    return new EnvironmentChannel(this.#command, this.#honesty, this.#startLimitMs, this.#signal);
  }
}

/** One case's processes, behind the lines that the runner speaks. */
class EnvironmentChannel implements LineChannel {
  readonly #command: string;
  readonly #honesty: { seen: boolean };
  readonly #startLimitMs: number;
  readonly #signal: AbortSignal | undefined;
  readonly #programs = new Map<string, Program>();
  readonly #leaving: Promise<void>[] = [];
  readonly #stderrListeners = new Set<(text: string) => void>();
  #onLine: (line: string) => void = () => undefined;
  #onGone: (why: string) => void = () => undefined;

  constructor(
    command: string,
    honesty: { seen: boolean },
    startLimitMs: number,
    signal: AbortSignal | undefined,
  ) {
    this.#command = command;
    this.#honesty = honesty;
    this.#startLimitMs = startLimitMs;
    this.#signal = signal;
  }

  write(line: string): void {
    const command = JSON.parse(line) as TesteeCommand & { readonly id: number };
    this.#answer(command).then(
      (reply) => {
        if (reply !== undefined) this.#onLine(JSON.stringify({ id: command.id, ...reply }));
      },
      (error: Error) => this.#onGone(`the testee did not start: ${error.message}`),
    );
  }

  onLine(listener: (line: string) => void): void {
    this.#onLine = listener;
  }

  onGone(listener: (why: string) => void): void {
    this.#onGone = listener;
  }

  onStderr(listener: (text: string) => void): () => void {
    this.#stderrListeners.add(listener);
    return () => this.#stderrListeners.delete(listener);
  }

  async dispose(): Promise<void> {
    for (const conn of [...this.#programs.keys()]) this.#end(conn);
    await Promise.all(this.#leaving);
  }

  /** The reply without its id; undefined if the testee broke the contract. */
  async #answer(command: TesteeCommand): Promise<Answer | undefined> {
    switch (command.cmd) {
      case "hello":
        return { ok: { ...this.#hello() } };
      case "open":
        return isReal(command) ? this.#open(command) : this.#probe(command);
      case "close":
        this.#end(command.conn);
        return { ok: {} };
      case "bye":
        return { ok: {} };
      default:
        return { err: "unsupported" };
    }
  }

  #hello(): HelloReply {
    return {
      contract: CONTRACT_VERSION,
      name: this.#command,
      version: "as it is",
      language: "unknown language",
      transports: TRANSPORTS,
      roles: ROLES,
      features: FEATURES,
    };
  }

  async #open(open: Open): Promise<Answer | undefined> {
    const program = this.#start(open);
    let said = "";
    const stop = program.onStderr((text) => {
      said = (said + text).slice(0, 200);
    });
    const exited = program.ended.then((exit) => refusal(exit, said));
    if (open.role === "dial") {
      // That it dials is seen on the wire; an exit before that tells why it does not.
      const dialled = after(DIAL_LIMIT_MS).then((): Answer => ({ ok: {} }));
      const answer = await Promise.race([exited, dialled]);
      stop();
      return answer;
    }
    const ready = readReady(program.stdout);
    const late = after(this.#startLimitMs).then(
      () => `printed no line READY <host> <port> within ${this.#startLimitMs / 1000} s`,
    );
    const first = await Promise.race([ready, late, exited]);
    stop();
    if (typeof first === "string") {
      program.kill();
      this.#onGone(`as a listener it ${first}`);
      return undefined;
    }
    if ("address" in first) return { ok: { address: first.address } };
    if (!("err" in first) || first.err === "failed") {
      const { what } = await program.ended;
      this.#onGone(`${what} before it printed READY <host> <port>`);
      return undefined;
    }
    return first;
  }

  /** What does not exist must be refused: who does it all the same does anything one likes. */
  async #probe(open: Open): Promise<Answer | undefined> {
    if (this.#honesty.seen) return { err: "unsupported" };
    const program = this.#start(open);
    program.stdout.resume();
    const exit = await Promise.race([program.ended, after(this.#startLimitMs)]);
    if (exit === undefined) program.kill();
    if (exit?.code === EXIT_UNSUPPORTED) {
      // The option is asked for after the transport.
      this.#honesty.seen = TRANSPORTS.includes(open.transport);
      return { err: "unsupported" };
    }
    const [name = "", value = ""] =
      Object.entries(environmentOf(open)).find(([, text]) => text.startsWith("no-such")) ??
      Object.entries(environmentOf(open)).at(-1) ??
      [];
    const seen =
      exit === undefined ? `it still ran after ${this.#startLimitMs / 1000} s` : exit.what;
    this.#onGone(
      `with ${name}=${value}, which does not exist, it must exit with code 127: ${seen}`,
    );
    return undefined;
  }

  #start(open: Open): Program {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith(PREFIX));
    const env = { ...Object.fromEntries(inherited), ...environmentOf(open) };
    const program = new Program(this.#command, env, this.#signal);
    program.onStderr((text) => {
      for (const listener of this.#stderrListeners) listener(text);
    });
    if (open.role === "dial") program.stdout.resume();
    this.#programs.set(open.conn, program);
    return program;
  }

  #end(conn: string): void {
    const program = this.#programs.get(conn);
    if (program === undefined) return;
    this.#programs.delete(conn);
    this.#leaving.push(program.dispose());
  }
}

type Answer =
  | { readonly ok: Readonly<Record<string, unknown>> }
  | Omit<Extract<TesteeReply, { err: unknown }>, "id">;

function isReal({ transport, config }: { transport: string; config: TesteeConfig }): boolean {
  return TRANSPORTS.some((known) => known === transport) && unknownOption(config) === undefined;
}

/** What the exit of a process says about what it was asked for. */
function refusal({ code, what }: Exit, said: string): Answer {
  const line = said.trim().split("\n")[0] ?? "";
  const why = line === "" ? what : `${what}: ${line}`;
  if (code === EXIT_UNSUPPORTED) return { err: "unsupported", why };
  return { err: code === EXIT_INVALID ? "invalid" : "failed", why };
}

function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(undefined), ms).unref();
  });
}
