/** The SDK behind the control contract of docs/conformance.md: the peer that `self` tests. */
import { createInterface } from "node:readline";
import { PulsewireError, type Session } from "pulsewire";
import type { Address } from "../peers/peer.ts";
import {
  CONTRACT_VERSION,
  FEATURES,
  type HelloReply,
  type TesteeCommand,
  unknownOption,
} from "../testee/contract.ts";
import { readSuiteVersion } from "../version.ts";
import { Application } from "./application.ts";
import { BINDINGS, sessionOptions } from "./bindings.ts";
import { collect } from "./collect.ts";
import { passOn } from "./gateway.ts";
import { connectLegacy, type LegacySession, listenLegacy } from "./legacy.ts";

type Open = Extract<TesteeCommand, { cmd: "open" }>;

const HELLO: HelloReply = {
  contract: CONTRACT_VERSION,
  name: "pulsewire",
  version: readSuiteVersion(),
  language: "TypeScript",
  transports: ["tcp", "ws", "grpc"],
  roles: ["dial", "listen"],
  features: FEATURES,
};

/** The testee does not know this command, transport, or option. */
class UnsupportedError extends Error {}

class SdkTestee {
  readonly #applications = new Map<string, Application>();
  readonly #sessions = new Map<string, Session | LegacySession>();
  /** How to stop each of them, and let go of its sessions. */
  readonly #listeners = new Map<string, () => void>();
  readonly #attempts = new Map<string, AbortController>();

  async handle(line: string): Promise<void> {
    const command = JSON.parse(line) as TesteeCommand & { readonly id: number };
    const { id } = command;
    try {
      say({ id, ok: await this.#carryOut(command) });
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      say({ id, err: refusalFor(error), why });
      return;
    }
    if (command.cmd === "stall") stall(command.ms);
    if (command.cmd === "suspend") suspend(command.ms);
    if (command.cmd === "collect")
      say({ event: "state", conn: "", collected_ms: collect(command.ms) });
    if (command.cmd === "bye") process.exit(0);
  }

  async #carryOut(command: TesteeCommand): Promise<object> {
    switch (command.cmd) {
      case "hello":
        return HELLO;
      case "open":
        return this.#open(command);
      case "send":
        this.#application(command.conn).send(command);
        return {};
      case "read":
        this.#application(command.conn).read();
        return {};
      case "close":
        this.#close(command.conn, command.code, command.reason);
        return {};
      case "stall":
      case "suspend":
      case "collect":
      case "bye":
        return {};
      default:
        throw new UnsupportedError("no such command");
    }
  }

  async #open(command: Open): Promise<object> {
    const { conn, role, transport, address, config } = command;
    const binding = BINDINGS[transport];
    if (binding === undefined) throw new UnsupportedError("no such transport");
    if (role !== "dial" && role !== "listen") throw new UnsupportedError("no such role");
    const unknown = unknownOption(config);
    if (unknown !== undefined) throw new UnsupportedError(`no such option: ${unknown}`);
    if (role === "listen") return { address: await this.#listen(command) };
    if (address === undefined) throw new Error("open to dial without an address");
    const attempt = new AbortController();
    this.#attempts.set(conn, attempt);
    try {
      const options = { ...sessionOptions(config), signal: attempt.signal };
      const session =
        config.legacy === true
          ? await connectLegacy(transport, address)
          : await binding.connect(address, options);
      this.#keep(conn, session, command);
    } finally {
      this.#attempts.delete(conn);
    }
    return {};
  }

  async #listen(command: Open): Promise<Address> {
    const { conn, transport, config, forward } = command;
    let accepted = 0;
    const nextName = (): string => {
      accepted += 1;
      const name = `${conn}#${accepted}`;
      say({ event: "open", conn: name, listener: conn });
      return name;
    };
    if (config.legacy === true) {
      const sessions = new Set<LegacySession>();
      const listener = await listenLegacy(transport, (session) => {
        sessions.add(session);
        this.#keep(nextName(), session, command);
      });
      this.#listeners.set(conn, () => {
        listener.close();
        for (const session of sessions) session.close();
      });
      return listener.address;
    }
    const onSession = (session: Session): void => {
      const name = nextName();
      if (forward === undefined) this.#keep(name, session, command);
      else {
        this.#watch(name, session);
        void passOn(session, forward);
      }
    };
    const listener = await BINDINGS[transport].listen({ ...sessionOptions(config), onSession });
    this.#listeners.set(conn, () => void listener.close());
    return { host: "127.0.0.1", port: portOf(listener.address) };
  }

  #keep(name: string, session: Session | LegacySession, { config }: Open): void {
    this.#applications.set(name, new Application(session, config));
    this.#watch(name, session);
  }

  #watch(name: string, session: Session | LegacySession): void {
    this.#sessions.set(name, session);
    void session.closed.then((end) => {
      this.#sessions.delete(name);
      this.#applications.delete(name);
      say({ event: "end", conn: name, ...end });
    });
  }

  #close(conn: string, code: number | undefined, reason: string | undefined): void {
    this.#attempts.get(conn)?.abort(new Error("closed by the harness"));
    this.#listeners.get(conn)?.();
    this.#listeners.delete(conn);
    void this.#sessions.get(conn)?.close({
      ...(code === undefined ? {} : { code }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  #application(conn: string): Application {
    const application = this.#applications.get(conn);
    if (application === undefined) throw new Error(`no connection "${conn}"`);
    return application;
  }
}

function refusalFor(error: unknown): "unsupported" | "invalid" | "failed" {
  if (error instanceof UnsupportedError) return "unsupported";
  return error instanceof PulsewireError && error.code === "PW_CONFIG" ? "invalid" : "failed";
}

/** The port at the end of an address such as "ws://127.0.0.1:4711". */
function portOf(address: string): number {
  const port = /:(\d+)\/?$/.exec(address)?.[1];
  if (port === undefined) throw new Error(`no port in the address "${address}"`);
  return Number(port);
}

/** Does nothing at all for so long, as a process does that is stopped. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** As after a suspend of the machine: its wall clock is so far ahead of what this process has lived through. */
function suspend(ms: number): void {
  const now = Date.now;
  Date.now = () => now() + ms;
}

function say(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

const testee = new SdkTestee();
const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => void testee.handle(line));
// The harness is gone, so there is nobody left to be a peer of.
lines.on("close", () => process.exit(0));
