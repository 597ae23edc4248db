/** A gateway of two connections: it passes messages on, and nothing else [PW-GWY-1 to 4]. */
import { decodeFrame } from "../wire/decode.ts";
import type { HostEvents, ReferenceHost } from "./host.ts";
import type { Mutant } from "./mutants.ts";

const NORMAL = 1;
const UPSTREAM_LOST = 12;

interface Leg {
  host: ReferenceHost | undefined;
  isOpen: boolean;
  /** Messages of the other leg that came before this one was open. */
  waiting: Uint8Array[];
}

export class ReferenceGateway {
  readonly #mutant: Mutant | undefined;
  readonly #legs: readonly [Leg, Leg] = [newLeg(), newLeg()];
  #over = false;

  constructor(mutant: Mutant | undefined) {
    this.#mutant = mutant;
  }

  /** What the host of a leg has to tell; 0 is the one that was accepted. */
  events(side: 0 | 1, also: Pick<HostEvents, "onOpen" | "onEnd">): HostEvents {
    const own = this.#legs[side];
    const other = this.#legs[side === 0 ? 1 : 0];
    return {
      onOpen: () => {
        also.onOpen();
        own.isOpen = true;
        for (const message of own.waiting.splice(0)) own.host?.sendMessage(message);
      },
      onMessage: (message) => {
        if (other.isOpen) other.host?.sendMessage(message);
        else other.waiting.push(message);
      },
      onFrame: (octets) => this.#meddle(octets, other),
      onEnd: () => {
        also.onEnd();
        this.#lose(other);
      },
    };
  }

  /** The host of a leg. */
  join(side: 0 | 1, host: ReferenceHost): void {
    this.#legs[side].host = host;
  }

  #lose(other: Leg): void {
    if (this.#over || this.#mutant === "keeps-other-leg") return;
    this.#over = true;
    other.host?.close(this.#mutant === "closes-without-reason" ? NORMAL : UPSTREAM_LOST, undefined);
  }

  /** What only a broken gateway does. */
  #meddle(octets: Uint8Array, other: Leg): void {
    if (!other.isOpen || this.#over) return;
    if (this.#mutant === "credits-other-leg") other.host?.meddle(octets, "live");
    if (decodeFrame(octets).heartbeat === undefined) return;
    if (this.#mutant === "forwards-heartbeats") other.host?.meddle(octets, "send");
    if (this.#mutant === "one-machine-for-both") other.host?.meddle(octets, "hear");
  }
}

function newLeg(): Leg {
  return { host: undefined, isOpen: false, waiting: [] };
}
