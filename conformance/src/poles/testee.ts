/** A pole behind the control contract, which it keeps: it is on the wire that it keeps nothing. */
import type { Role, TransportName } from "../model.ts";
import {
  CONTRACT_VERSION,
  FEATURES,
  type TesteeCommand,
  type TesteeLine,
  type TesteeReply,
  unknownOption,
} from "../testee/contract.ts";
import type { LineTestee } from "../testee/in-process.ts";
import type { Machine } from "../time/machine.ts";
import { POLES, type PoleName } from "./poles.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];

export class PoleTestee implements LineTestee {
  readonly #machine: Machine;
  readonly #name: PoleName;
  readonly #write: (line: TesteeLine) => void;
  /** How to let go of what each `open` made. */
  readonly #held = new Map<string, (() => void)[]>();

  readonly #listeners = new Set<string>();

  constructor(machine: Machine, name: PoleName, write: (line: TesteeLine) => void) {
    this.#machine = machine;
    this.#name = name;
    this.#write = write;
  }

  async handle(line: string): Promise<boolean> {
    const command = JSON.parse(line) as TesteeCommand & { readonly id: number };
    this.#write(await this.#answer(command));
    return command.cmd !== "bye";
  }

  dispose(): void {
    for (const conn of this.#held.keys()) this.#release(conn);
  }

  async #answer(command: TesteeCommand & { readonly id: number }): Promise<TesteeReply> {
    const { id } = command;
    switch (command.cmd) {
      case "hello":
        return {
          id,
          ok: {
            contract: CONTRACT_VERSION,
            name: `pole (${this.#name})`,
            version: "1",
            language: "TypeScript",
            transports: TRANSPORTS,
            roles: ROLES,
            features: FEATURES,
          },
        };
      case "open": {
        if (!TRANSPORTS.includes(command.transport)) return { id, err: "unsupported" };
        if (!ROLES.includes(command.role)) return { id, err: "unsupported" };
        if (unknownOption(command.config) !== undefined) return { id, err: "unsupported" };
        const held: (() => void)[] = [];
        this.#held.set(command.conn, held);
        if (command.role === "listen") this.#listeners.add(command.conn);
        let accepted = 0;
        const address = await POLES[this.#name].open(command, {
          machine: this.#machine,
          write: this.#write,
          announce: () => {
            accepted += 1;
            const conn = `${command.conn}#${accepted}`;
            this.#write({ event: "open", conn, listener: command.conn });
            return conn;
          },
          keep: (release) => void held.push(release),
        });
        return { id, ok: address === undefined ? {} : { address } };
      }
      case "close":
        // No pole ends a connection because it is told to: what it cannot do, it does not seem to do.
        if (this.#listeners.has(command.conn)) this.#release(command.conn);
        return { id, ok: {} };
      case "send":
      case "read":
      case "stall":
      case "bye":
        return { id, ok: {} };
      default:
        return { id, err: "unsupported" };
    }
  }

  #release(conn: string): void {
    for (const release of this.#held.get(conn) ?? []) release();
    this.#held.delete(conn);
    this.#listeners.delete(conn);
  }
}
