/** What the reference peer has to send: one heartbeat at most, then data in its order. */
import { dataFrames } from "./data-frames.ts";
import type { Mutant } from "./mutants.ts";

export class Outbox {
  readonly #mutant: Mutant | undefined;
  #heartbeats = 0;
  #data: Uint8Array[] = [];

  constructor(mutant: Mutant | undefined) {
    this.#mutant = mutant;
  }

  get isEmpty(): boolean {
    return this.#heartbeats === 0 && this.#data.length === 0;
  }

  get hasData(): boolean {
    return this.#data.length > 0;
  }

  get heartbeatWaits(): boolean {
    return this.#heartbeats > 0;
  }

  wantHeartbeat(): void {
    // At most one waits [PW-SND-8].
    this.#heartbeats = this.#mutant === "beats-pile-up" ? this.#heartbeats + 1 : 1;
  }

  addMessage(message: Uint8Array): void {
    const frames = dataFrames(message, this.#mutant === "sends-whole" ? Infinity : undefined);
    if (this.#mutant === "mixes-messages") this.#data = interleave(this.#data, frames);
    else this.#data.push(...frames);
  }

  /** What is to be sent next: "heartbeat" is made only then, so that it says what is true then. */
  next(): Uint8Array | "heartbeat" | undefined {
    const patient =
      this.#mutant === "beats-queue-behind-data" || this.#mutant === "withdraws-heartbeat";
    const beatFirst = !patient || this.#data.length === 0;
    if (this.#heartbeats > 0 && beatFirst) {
      this.#heartbeats -= 1;
      return "heartbeat";
    }
    const data = this.#data.shift();
    if (data !== undefined && this.#mutant === "withdraws-heartbeat") this.#heartbeats = 0;
    return data;
  }

  clear(): void {
    this.#heartbeats = 0;
    this.#data = [];
  }
}

function interleave(one: readonly Uint8Array[], other: readonly Uint8Array[]): Uint8Array[] {
  const mixed: Uint8Array[] = [];
  for (let i = 0; i < Math.max(one.length, other.length); i++) {
    const pair = [one[i], other[i]].filter((frame) => frame !== undefined);
    mixed.push(...pair);
  }
  return mixed;
}
