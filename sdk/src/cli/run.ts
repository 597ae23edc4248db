import { CloseCode, type ConnectionEnd, PulsewireError } from "../core/index.ts";
import type { Session, SessionEvent, SessionOptions } from "../driver/index.ts";
import { formatTarget } from "../relay/target.ts";
import { dial, serve } from "../relay/transports.ts";
import type { Command } from "./arguments.ts";
import type { Console } from "./console.ts";
import { isOrderly } from "./evidence.ts";
import type { Show } from "./notice.ts";

type RunCommand = Extract<Command, { verb: "listen" | "connect" }>;

/** What {@link run} works with. */
export interface Surroundings {
  readonly console: Console;
  readonly show: Show;
}

/** The sessions of this run, their numbers, and what goes to and from them. */
class Sessions {
  readonly #show: Show;
  readonly #numbers = new Map<Session, number>();
  #count = 0;

  constructor(show: Show) {
    this.#show = show;
  }

  readonly onEvent = (event: SessionEvent, session: Session): void => {
    const number = this.#numbers.get(session) ?? this.#add(session);
    if (event.type === "ended") {
      this.#numbers.delete(session);
      // After what had arrived by then, which is read in the turn of the promises.
      setImmediate(() => this.#show({ ...event, session: number }));
    } else if (event.type === "open") {
      const { transport, remote } = session;
      this.#show({ type: "open", session: number, transport, remote });
      this.#read(session, number);
    } else {
      this.#show({ ...event, session: number });
    }
  };

  /** Sends a line to all of them, and waits until they have taken it. */
  async send(text: string): Promise<void> {
    const sent: [Session, number][] = [];
    for (const [session, number] of this.#numbers) {
      try {
        session.send(text);
        sent.push([session, number]);
      } catch (error) {
        this.#show({ type: "not-sent", session: number, why: messageOf(error) });
      }
    }
    if (sent.length > 0) {
      this.#show({ type: "message-sent", sessions: sent.map(([, number]) => number), text });
    } else if (this.#numbers.size === 0) {
      this.#show({ type: "not-sent", session: undefined, why: `nobody is connected: ${text}` });
    }
    await Promise.all(sent.map(([session]) => session.drained()));
  }

  abort(): void {
    for (const session of this.#numbers.keys()) session.abort("interrupted");
  }

  #add(session: Session): number {
    this.#count += 1;
    this.#numbers.set(session, this.#count);
    return this.#count;
  }

  async #read(session: Session, number: number): Promise<void> {
    for await (const data of session) {
      this.#show({ type: "message-received", session: number, data });
    }
  }
}

/** Carries a command out. Resolves with the exit code. */
export async function run(command: RunCommand, surroundings: Surroundings): Promise<number> {
  const sessions = new Sessions(surroundings.show);
  const options: SessionOptions = { ...command.config, onEvent: sessions.onEvent };
  return command.verb === "connect"
    ? runConnect(command, options, sessions, surroundings)
    : runListen(command, options, sessions, surroundings);
}

async function runConnect(
  command: RunCommand,
  options: SessionOptions,
  sessions: Sessions,
  { console, show }: Surroundings,
): Promise<number> {
  const attempt = new AbortController();
  const cancel = () => attempt.abort(new PulsewireError("PW_CONNECT_FAILED", "interrupted"));
  const stopCancel = onInterrupt(cancel);
  show({ type: "connecting", target: formatTarget(command.target) });
  const session = await dial(command.target, command.tls, {
    ...options,
    signal: attempt.signal,
  }).finally(stopCancel);
  let interrupts = 0;
  const interrupt = () => {
    interrupts += 1;
    if (interrupts > 1) sessions.abort();
    else {
      show({ type: "closing" });
      session.close({ code: CloseCode.NORMAL });
    }
  };
  const stop = onInterrupt(interrupt);
  readInput(command, sessions, { console, show }, interrupt, () => session.close());
  const end: ConnectionEnd = await session.closed;
  stop();
  return isOrderly(end) ? 0 : 1;
}

async function runListen(
  command: RunCommand,
  options: SessionOptions,
  sessions: Sessions,
  { console, show }: Surroundings,
): Promise<number> {
  const listener = await serve(command.target, command.tls, {
    ...options,
    onSession: () => {}, // each one is taken up at its "open" event
  });
  show({ type: "listening", address: listener.address });
  return new Promise((resolve) => {
    let interrupts = 0;
    const close = async () => {
      await listener.close({ code: CloseCode.GOING_AWAY });
      stop();
      resolve(0);
    };
    const interrupt = () => {
      interrupts += 1;
      if (interrupts > 1) sessions.abort();
      else {
        if (listener.sessions.size > 0) show({ type: "closing" });
        close();
      }
    };
    const stop = onInterrupt(interrupt);
    readInput(command, sessions, { console, show }, interrupt, close);
  });
}

async function readInput(
  command: RunCommand,
  sessions: Sessions,
  { console, show }: Surroundings,
  interrupt: () => void,
  close: () => unknown,
): Promise<void> {
  if (!(await console.readLines((line) => sessions.send(line), interrupt))) return;
  if (command.endWithInput) close();
  else show({ type: "input-ended" });
}

/**
 * Calls `run` for each of the signals: by default Ctrl-C, and the one that a
 * service manager sends. Returns what undoes it.
 */
export function onInterrupt(
  run: () => void,
  signals: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM"],
): () => void {
  for (const signal of signals) process.on(signal, run);
  return () => {
    for (const signal of signals) process.off(signal, run);
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
