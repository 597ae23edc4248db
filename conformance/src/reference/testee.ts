/** The reference peer behind the control contract. */
import type { Role, TransportName } from "../model.ts";
import { dial, listen } from "../peers/index.ts";
import type { Manners, RawListener, RawPeer } from "../peers/peer.ts";
import type {
  Forward,
  TesteeCommand,
  TesteeConfig,
  TesteeLine,
  TesteeReply,
} from "../testee/contract.ts";
import { CONTRACT_VERSION, unknownOption } from "../testee/contract.ts";
import type { Machine } from "../time/machine.ts";
import { ReferenceGateway } from "./gateway.ts";
import { type HostEvents, ReferenceHost } from "./host.ts";
import type { Leak } from "./leak.ts";
import type { Mutant } from "./mutants.ts";
import { resolveOptions } from "./options.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];
/** What cases ask for. The others are for the matrix, in which this peer has no place. */
const FEATURES = ["always_beat", "optional_peers", "stall", "suspend", "gateway"];

type Open = Extract<TesteeCommand, { cmd: "open" }>;

export class ReferenceTestee {
  readonly #machine: Machine;
  readonly #mutant: Mutant | undefined;
  readonly #write: (line: TesteeLine) => void;
  readonly #hosts = new Map<string, ReferenceHost>();
  readonly #listeners = new Map<string, RawListener>();
  /** What each listener's, or each address's, connections would share if they leaked. */
  readonly #leaks = new Map<string, Leak>();

  constructor(machine: Machine, mutant: Mutant | undefined, write: (line: TesteeLine) => void) {
    this.#machine = machine;
    this.#mutant = mutant;
    this.#write = write;
  }

  /** Takes one line of standard input; resolves with false if it was the last, with true otherwise. */
  async handle(line: string): Promise<boolean> {
    const command = JSON.parse(line) as TesteeCommand & { readonly id: number };
    const { id } = command;
    let reply: TesteeReply;
    try {
      reply = await this.#answer(command);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      reply = { id, err: error instanceof RangeError ? "invalid" : "failed", why };
    }
    this.#write(reply);
    if (command.cmd === "stall" && "ok" in reply) this.#machine.stall(command.ms);
    return command.cmd !== "bye";
  }

  /** Lets go of everything. */
  dispose(): void {
    for (const listener of this.#listeners.values()) listener.close();
    for (const host of this.#hosts.values()) host.abort();
    this.#hosts.clear();
  }

  async #answer(command: TesteeCommand & { readonly id: number }): Promise<TesteeReply> {
    const { id } = command;
    switch (command.cmd) {
      case "hello":
        return {
          id,
          ok: {
            contract: CONTRACT_VERSION,
            name: this.#mutant === undefined ? "reference" : `reference (${this.#mutant})`,
            version: "1",
            language: "TypeScript",
            transports: TRANSPORTS,
            roles: ROLES,
            features: FEATURES,
          },
        };
      case "open":
        if (!TRANSPORTS.includes(command.transport)) return { id, err: "unsupported" };
        if (!ROLES.includes(command.role)) return { id, err: "unsupported" };
        if (unknownOption(command.config) !== undefined) return { id, err: "unsupported" };
        if (command.config.legacy !== undefined) return { id, err: "unsupported" };
        return { id, ok: await this.#open(command) };
      case "send":
        this.#host(command.conn)?.send(command);
        return { id, ok: {} };
      case "read":
        this.#host(command.conn)?.read();
        return { id, ok: {} };
      case "close":
        this.#close(command.conn, command.code ?? 1, command.reason);
        return { id, ok: {} };
      case "suspend":
        for (const host of this.#hosts.values()) host.suspended(command.ms);
        return { id, ok: {} };
      case "stall":
      case "bye":
        return { id, ok: {} };
      default:
        return { id, err: "unsupported" };
    }
  }

  async #open(command: Open): Promise<Record<string, unknown>> {
    // Refuse a wrong configuration before anybody can connect.
    resolveOptions(command.config, this.#mutant);
    const manners = this.#manners();
    if (command.role === "dial") {
      if (command.address === undefined) throw new Error("open to dial without an address");
      const leakKey = command.conn.split(".")[0] ?? command.conn;
      const peer = dial(this.#machine, command.transport, command.address, manners);
      return new Promise((resolve, reject) => {
        this.#adopt(peer, command.config, command.conn, leakKey, {
          onOpen: () => resolve({}),
          onEnd: () => reject(new Error("no connection came about")),
        });
      });
    }
    let accepted = 0;
    const listener = await listen(this.#machine, command.transport, manners, (peer) => {
      accepted += 1;
      const conn = `${command.conn}#${accepted}`;
      const events: HostEvents = {
        onOpen: () => this.#write({ event: "open", conn, listener: command.conn }),
        onEnd: () => undefined,
      };
      if (command.forward === undefined)
        this.#adopt(peer, command.config, conn, command.conn, events);
      else this.#forward(peer, command, command.forward, conn, events);
    });
    this.#listeners.set(command.conn, listener);
    return { address: listener.address };
  }

  #adopt(
    peer: RawPeer,
    config: TesteeConfig,
    conn: string,
    leakKey: string,
    events: HostEvents,
  ): ReferenceHost {
    const leak = this.#leaks.get(leakKey) ?? {};
    this.#leaks.set(leakKey, leak);
    const host = new ReferenceHost(
      this.#machine,
      peer,
      resolveOptions(config, this.#mutant),
      { reads: config.read !== "paused", stream: config.stream },
      leak,
      {
        ...events,
        onEnd: () => {
          this.#hosts.delete(conn);
          this.#write({ event: "end", conn });
          events.onEnd();
        },
      },
    );
    this.#hosts.set(conn, host);
    host.start();
    return host;
  }

  /** For each connection that comes in, one that goes out. */
  #forward(peer: RawPeer, command: Open, forward: Forward, conn: string, events: HostEvents): void {
    const gateway = new ReferenceGateway(this.#mutant);
    const out = `${conn}.out`;
    const onward = dial(this.#machine, forward.transport, forward.address, this.#manners());
    const second = gateway.events(1, { onOpen: () => undefined, onEnd: () => undefined });
    const first = gateway.events(0, events);
    gateway.join(0, this.#adopt(peer, command.config, conn, command.conn, first));
    gateway.join(1, this.#adopt(onward, forward.config, out, out, second));
  }

  #close(conn: string, code: number, reason: string | undefined): void {
    this.#hosts.get(conn)?.close(code, reason);
    const listener = this.#listeners.get(conn);
    if (listener === undefined) return;
    listener.close();
    this.#listeners.delete(conn);
    for (const [name, host] of this.#hosts) if (name.startsWith(`${conn}#`)) host.abort();
  }

  #host(conn: string): ReferenceHost | undefined {
    return this.#hosts.get(conn);
  }

  /** Manners that are broken on purpose, below the state machine. */
  #manners(): Manners {
    switch (this.#mutant) {
      case "any-subprotocol":
        return { anySubprotocol: true, anyResponse: true };
      case "offers-no-subprotocol":
        return { subprotocol: null, anyResponse: true };
      case "offers-compression":
        return { offerCompression: true };
      case "accepts-compression":
        return { acceptCompression: true };
      case "ignores-half-close":
      case "ignores-transport-end":
        return { linger: true };
      case "late-headers":
        return { withholdHeaders: true };
      case "no-pong":
        return { withholdPong: true };
      case "other-method":
        return { path: "/pulsewire.v1.Liveness/Open" };
      default:
        return {};
    }
  }
}
