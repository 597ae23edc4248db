/** A world of virtual time: machines that share a clock and a network and nothing else. */
import { MemoryNetwork } from "../network/memory.ts";
import type { Machine } from "./machine.ts";
import type { VirtualClock } from "./virtual.ts";

export class VirtualWorld {
  readonly #clock: VirtualClock;
  readonly #network = new MemoryNetwork();

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  /** A machine whose chance comes from a seed. */
  machine(seed: number): Machine {
    const time = this.#clock.side();
    return {
      time,
      network: this.#network.at(time),
      random: seededRandom(seed),
      stall: (ms) => time.stall(ms),
    };
  }
}

/** Numbers in [0, 1) that a seed decides (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
