/** Timestamps: what was heard last, and how long ago [PW-RTT-2]. */
import type { HeartbeatSpec } from "../wire/encode.ts";
import type { Mutant } from "./mutants.ts";

export class RoundTrip {
  readonly #mutant: Mutant | undefined;
  #heard: { readonly timestamp: number; readonly at: number } | undefined;

  constructor(mutant: Mutant | undefined) {
    this.#mutant = mutant;
  }

  hear(timestamp: number | undefined, now: number): void {
    if (timestamp !== undefined) this.#heard = { timestamp, at: now };
    else if (this.#mutant === "unstamped-clears-echo") this.#heard = undefined;
  }

  /** What a heartbeat sent now carries of it. */
  fields(now: number): Pick<HeartbeatSpec, "timestamp" | "echo" | "heldUs"> {
    if (this.#mutant === "no-timestamp") return {};
    const timestamp = Math.floor(now * 1e3) >>> 0;
    const heard = this.#heard;
    if (heard === undefined)
      return this.#mutant === "echoes-zero" ? { timestamp, echo: 0, heldUs: 0 } : { timestamp };
    if (this.#mutant === "no-echo") return { timestamp };
    const echo = heard.timestamp;
    if (this.#mutant === "held-absent") return { timestamp, echo };
    const heldUs = this.#mutant === "held-zero" ? 0 : Math.floor((now - heard.at) * 1e3);
    return { timestamp, echo, heldUs };
  }
}
