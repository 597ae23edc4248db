/** Which heartbeat-time a side uses and advertises: section 3 of the protocol. */
import type { Leak } from "./leak.ts";
import type { Mutant } from "./mutants.ts";
import { CEILING_MS, type ReferenceOptions } from "./options.ts";

/** What a heard heartbeat-time changed. */
export type Change = "adopted" | "stopped" | undefined;

export class Adoption {
  readonly #options: ReferenceOptions;
  readonly #leak: Leak;
  #effective: number | undefined;
  #advertised: number | undefined;
  #adoptedOnce = false;
  #heard = 0;

  constructor(options: ReferenceOptions, leak: Leak) {
    this.#options = options;
    this.#leak = leak;
    this.#effective = options.heartbeatTimeMs;
    if (this.#is("adoption-leaks") && leak.adopted !== undefined)
      this.#effective = Math.min(leak.adopted, this.#effective ?? Number.POSITIVE_INFINITY);
    if (this.#is("eager-passive")) this.#effective ??= options.floorMs;
    this.#advertised = this.#effective;
  }

  /** *E*. */
  get effective(): number | undefined {
    return this.#effective;
  }

  /** What our heartbeats say. */
  get advertised(): number | undefined {
    return this.#is("zero-time") ? (this.#advertised ?? 0) : this.#advertised;
  }

  /** How many heartbeats were heard. */
  get heard(): number {
    return this.#heard;
  }

  /** A heartbeat came with this value, 0 or absent included [PW-ADP-2], [PW-ADP-3]. */
  hear(value: number | undefined): Change {
    this.#heard += 1;
    const time = this.clamp(value);
    if (time === 0) return this.#hearNothing(value === undefined);
    if (this.#is("never-adopts")) return undefined;
    if (this.#is("second-beat") && this.#heard < 2) return undefined;
    if (this.#is("adopts-once") && this.#adoptedOnce) return undefined;
    const own = this.#effective;
    if (own !== undefined && time >= own && !this.#is("adopts-larger")) return undefined;
    if (own === this.#floor && this.#is("announces-again")) return "adopted";
    const change = this.take(this.#is("ignores-floor") ? time : Math.max(time, this.#floor));
    if (change !== undefined && this.#is("advertises-unclamped")) this.#advertised = time;
    return change;
  }

  /** Uses a value from now on, if it is another one. */
  take(time: number): Change {
    if (this.#effective === time) return undefined;
    this.#effective = time;
    this.#adoptedOnce = true;
    this.#leak.adopted = Math.min(time, this.#leak.adopted ?? time);
    if (!this.#is("advertises-nothing")) this.#advertised = time;
    return "adopted";
  }

  /** A received value as it counts: 0 if absent, and no more than the ceiling [PW-HBT-3]. */
  clamp(value: number | undefined): number {
    if (this.#is("signed-time")) return (value ?? 0) | 0;
    return this.#is("no-ceiling") ? (value ?? 0) : Math.min(value ?? 0, CEILING_MS);
  }

  #hearNothing(absent: boolean): Change {
    if (this.#is(absent ? "adopts-absent" : "adopts-zero")) return this.take(this.#floor);
    if (absent || !this.#is("zero-stops")) return undefined;
    this.#effective = undefined;
    return "stopped";
  }

  /** At most the configured heartbeat-time, so that it can raise nothing [PW-ADP-4]. */
  get #floor(): number {
    const { floorMs, heartbeatTimeMs } = this.#options;
    if (this.#is("floor-raises")) return floorMs;
    return Math.min(floorMs, heartbeatTimeMs ?? floorMs);
  }

  #is(mutant: Mutant): boolean {
    return this.#options.mutant === mutant;
  }
}
