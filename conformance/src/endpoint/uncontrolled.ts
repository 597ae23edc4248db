/** A peer that keeps no control contract, as the runner sees it: it claims one transport and one role, and obeys nothing. */
import { LOOPBACK } from "../network/system.ts";
import type { TesteeSource } from "../runner/testee-pool.ts";
import type { LineChannel } from "../testee/client.ts";
import {
  CONTRACT_VERSION,
  type HelloReply,
  type TesteeCommand,
  type TesteeReply,
  unknownOption,
} from "../testee/contract.ts";
import { type Endpoint, formatEndpoint } from "./endpoint.ts";

export class UncontrolledSource implements TesteeSource {
  readonly #endpoint: Endpoint;
  readonly #role: "dial" | "listen";
  readonly #losers = new Set<(why: string) => void>();
  #lost: string | undefined;

  constructor(endpoint: Endpoint, role: "dial" | "listen") {
    this.#endpoint = endpoint;
    this.#role = role;
  }

  /** Nothing more can be asked of the peer: says why, now and to whoever begins anew. */
  lose(why: string): void {
    if (this.#lost !== undefined) return;
    this.#lost = why;
    for (const loser of this.#losers) loser(why);
  }

  start(): LineChannel {
    let onLine: (line: string) => void = () => undefined;
    let onGone: ((why: string) => void) | undefined;
    return {
      write: (line) => {
        const command = JSON.parse(line) as TesteeCommand & { readonly id: number };
        const reply = JSON.stringify(this.#answer(command));
        queueMicrotask(() => onLine(reply));
      },
      onLine: (listener) => {
        onLine = listener;
      },
      onGone: (listener) => {
        onGone = listener;
        this.#losers.add(listener);
        const lost = this.#lost;
        if (lost !== undefined) queueMicrotask(() => listener(lost));
      },
      dispose: async () => {
        if (onGone !== undefined) this.#losers.delete(onGone);
      },
    };
  }

  #answer(command: TesteeCommand & { readonly id: number }): TesteeReply {
    const { id } = command;
    const { transport, port } = this.#endpoint;
    switch (command.cmd) {
      case "hello": {
        const ok: HelloReply = {
          contract: CONTRACT_VERSION,
          name: formatEndpoint(this.#endpoint),
          version: "as it runs",
          language: "as it runs",
          transports: [transport],
          roles: [this.#role],
          features: [],
        };
        return { id, ok: { ...ok } };
      }
      case "open": {
        const isKnown =
          command.transport === transport && unknownOption(command.config) === undefined;
        // The contract has no host but this one. Where the peer really is, the wire knows that dials it.
        return isKnown
          ? { id, ok: { address: { host: LOOPBACK, port } } }
          : { id, err: "unsupported" };
      }
      case "close":
      case "bye":
        return { id, ok: {} };
      default:
        return { id, err: "unsupported" };
    }
  }
}
