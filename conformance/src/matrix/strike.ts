/**
 * What is done to a process, for all its connections at once: it is killed, stopped for a while, or
 * made to collect its garbage. It happens when every run that shares it has come to that moment.
 */
import type { RunningTestee } from "../runner/testee-pool.ts";
import type { Time } from "../time/time.ts";
import type { Disturbance, FaultMoment } from "./model.ts";
import { DISTURBED_FOR } from "./script.ts";

/** A collection that has not come to an end by then is no longer waited for, in milliseconds. */
const COLLECT_LIMIT_MS = 5_000;

export class Strike {
  readonly #kind: Disturbance;
  readonly #victim: RunningTestee;
  readonly #unitMs: number;
  readonly #time: Time;
  readonly #witnesses = new Set<(what: FaultMoment) => void>();
  readonly #over: Promise<void>;
  #settle: () => void = () => undefined;
  #fail: (error: unknown) => void = () => undefined;
  /** Runs that have not come to it yet. */
  #awaited: number;

  constructor(
    kind: Disturbance,
    victim: RunningTestee,
    runs: number,
    { unitMs, time }: { readonly unitMs: number; readonly time: Time },
  ) {
    this.#kind = kind;
    this.#victim = victim;
    this.#awaited = runs;
    this.#unitMs = unitMs;
    this.#time = time;
    this.#over = new Promise((resolve, reject) => {
      this.#settle = resolve;
      this.#fail = reject;
    });
    this.#over.catch(() => undefined);
  }

  /** A run is ready for it; resolves when it is over. */
  join(witness: (what: FaultMoment) => void): Promise<void> {
    this.#witnesses.add(witness);
    this.#count();
    return this.#over;
  }

  /** A run came to its end without it. */
  leave(): void {
    this.#count();
  }

  /** Whether it has ended this testee. */
  hasKilled(testee: RunningTestee): boolean {
    return this.#kind === "kill" && this.#victim === testee && this.#awaited <= 0;
  }

  #count(): void {
    this.#awaited -= 1;
    if (this.#awaited !== 0) return;
    if (this.#witnesses.size === 0) this.#settle();
    else this.#act().then(this.#settle, this.#fail);
  }

  async #act(): Promise<void> {
    switch (this.#kind) {
      case "kill":
        this.#tell("kill");
        this.#victim.signal?.("SIGKILL");
        return;
      case "stop-short":
      case "stop-long":
        this.#tell("stop");
        this.#victim.signal?.("SIGSTOP");
        try {
          await this.#wait(DISTURBED_FOR[this.#kind] * this.#unitMs);
        } finally {
          this.#tell("continue");
          this.#victim.signal?.("SIGCONT");
        }
        return;
      case "collect":
        await this.#collect(DISTURBED_FOR[this.#kind] * this.#unitMs);
    }
  }

  async #collect(ms: number): Promise<void> {
    const { client } = this.#victim;
    this.#tell("collect");
    let stop: () => void = () => undefined;
    const collected = new Promise<void>((resolve) => {
      stop = client.observe((event) => {
        if ("collected_ms" in event) resolve();
      });
    });
    let cancel: () => void = () => undefined;
    const limit = new Promise<void>((resolve) => {
      cancel = this.#time.after(COLLECT_LIMIT_MS, resolve);
    });
    try {
      const reply = await client.request({ cmd: "collect", ms });
      if ("err" in reply) throw new Error(`collect was refused: ${reply.why ?? reply.err}`);
      await Promise.race([collected, limit]);
    } finally {
      cancel();
      stop();
      this.#tell("collected");
    }
  }

  #tell(what: FaultMoment): void {
    for (const witness of this.#witnesses) witness(what);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#time.after(ms, resolve);
    });
  }
}
