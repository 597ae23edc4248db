import { PulsewireError } from "../../src/core/index.ts";
import { createRuntime, resolveOptions, type Session } from "../../src/driver/index.ts";
import { Session as OpenSession, type SessionOptions } from "../../src/driver/session.ts";
import { linkPair } from "../../src/memory/index.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { noticed, ScriptedLink } from "./world.ts";

/** What a `connect` of a binding takes, as far as these tests need it. */
export interface Connect extends SessionOptions {
  readonly to?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface Dialled {
  /** When, in virtual ms. */
  readonly at: number;
  readonly options: Connect & { readonly signal: AbortSignal };
  /** The other end, where there is one. */
  readonly peer: Session | undefined;
}

/** A place to dial on a virtual clock: it does with each attempt what the test says. */
export class RedialWorld {
  readonly clock: VirtualClock = new VirtualClock();
  readonly dialled: Dialled[] = [];
  /** What becomes of the next attempts: a session, unless something else is in here. */
  readonly outcomes: ("refuse" | "hang" | "accept" | Error | ScriptedLink)[] = [];
  /** The options of the other end. */
  peerOptions: SessionOptions = {};
  /** What the chances are, from 0 to 1; the last one for ever. */
  chances: number[] = [0.5];
  readonly runtime = createRuntime(this.clock, () => {
    const [next = 0.5] = this.chances;
    if (this.chances.length > 1) this.chances.shift();
    return next;
  });

  readonly connect = async (
    options: Connect & { readonly signal: AbortSignal },
  ): Promise<Session> => {
    const outcome = this.outcomes.shift();
    const note = { at: this.clock.now(), options };
    if (outcome !== undefined && outcome !== "accept") {
      this.dialled.push({ ...note, peer: undefined });
      if (outcome instanceof ScriptedLink) return OpenSession.open(outcome, options, this.runtime);
      if (outcome === "hang") return untilAborted(options.signal);
      throw outcome === "refuse" ? refused() : outcome;
    }
    const [near, far] = linkPair({ latencyMs: 10, clock: this.clock.network });
    const peer = OpenSession.open(far, this.peerOptions, this.runtime);
    this.dialled.push({ ...note, peer });
    return OpenSession.open(near, options, this.runtime);
  };

  /** As a binding checks. */
  readonly check = (options: Connect): unknown => resolveOptions(options);

  /** When each attempt was made. */
  get times(): number[] {
    return this.dialled.map(({ at }) => at);
  }

  get peer(): Session {
    const peer = this.dialled.at(-1)?.peer;
    if (peer === undefined) throw new Error("nothing was dialled");
    return peer;
  }

  /** Everything that happens in the next `ms`, promises among it. */
  async pass(ms: number): Promise<void> {
    const until = this.clock.now() + ms;
    await noticed();
    for (;;) {
      const at = this.clock.nextAt;
      if (at === undefined || at > until) break;
      this.clock.step();
      await noticed();
    }
    this.clock.advance(until - this.clock.now());
    await noticed();
  }

  /** `promise`, and as much time as it takes; a failure after `ms`. */
  async soon<T>(promise: Promise<T>, ms = 100_000): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    await noticed();
    for (const until = this.clock.now() + ms; !settled; await noticed()) {
      if ((this.clock.nextAt ?? Number.POSITIVE_INFINITY) > until) throw new Error("it never came");
      this.clock.step();
    }
    return promise;
  }
}

/** An attempt that nothing ends but its signal. */
const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });

export const refused = (): PulsewireError =>
  new PulsewireError("PW_CONNECT_FAILED", "refused", { side: "remote" });

/** A promise that is looked at and not waited for. */
export function watch<T>(promise: Promise<T>): { settled: boolean } {
  const seen = { settled: false };
  const settle = () => {
    seen.settled = true;
  };
  promise.then(settle, settle);
  return seen;
}

/** Counts the listeners that are on `signal` from now on. */
export function countListeners(signal: AbortSignal): { now: number } {
  const count = { now: 0 };
  const wrap = (method: "addEventListener" | "removeEventListener", step: number): void => {
    const real: (type: string, listener: () => void) => void = signal[method].bind(signal);
    signal[method] = (type: string, listener: () => void) => {
      count.now += step;
      real(type, listener);
    };
  };
  wrap("addEventListener", 1);
  wrap("removeEventListener", -1);
  return count;
}
