import { type CloseReason, PulsewireError, resolveClose } from "../core/index.ts";
import { callUser, requireCallback } from "./callback.ts";
import { checkOptions, checkSignal, checkWholeNumber, refuseSlips } from "./check.ts";
import { type Dialler, type ReconnectOptions, reconnect } from "./reconnect.ts";
import type { Runtime } from "./runtime.ts";
import type { Session } from "./session.ts";

const SIZE_MAX = 1000;
/** What is the pool's own, and not its loops'. */
const OPTIONS = ["size", "onSession"];
const SLIP = /^(pool|min|max)?_?sizes?$|^on_?ses/i;

/** What a pool is, whatever its binding. */
export interface PoolSettings {
  /** How many sessions to keep open. 1 to 1000. */
  readonly size: number;
  /** Closes the pool. */
  readonly signal?: AbortSignal | undefined;
  /**
   * Called with each session as it opens: the place to begin reading from it.
   * `replaced` is the one that ended and whose place it takes; undefined for the
   * first in a place. What it throws is an uncaught exception, as with `onEvent`.
   */
  readonly onSession?: ((session: Session, replaced: Session | undefined) => void) | undefined;
}

/** Options of `pool`: those of the binding's `reconnect`, and how many sessions. */
export type PoolOptions<Connect> = ReconnectOptions<Connect> & PoolSettings;

/**
 * A pool of sessions that `dialler` opens.
 *
 * @throws PulsewireError as `reconnect` does.
 */
export function pool<Connect extends object>(
  dialler: Dialler<Connect>,
  options: PoolOptions<Connect>,
  runtime: Runtime,
): Pool {
  checkOptions(options);
  refuseSlips(options, SLIP, OPTIONS);
  const { size, onSession, signal, ...common } = options;
  // Where the first one beats is left to chance, or two pools of one process would beat together.
  const first = runtime.random();
  return new Pool({ size, onSession, signal }, (place, stop, goodbye) => {
    // Half of what each has to itself: then three are never as close as heartbeat-time / size.
    const heartbeatPhase = { at: (first + place / size) % 1, spread: 0.5 / size };
    const placed = { heartbeatPhase, ...common, signal: stop };
    return reconnect(dialler, placed as unknown as ReconnectOptions<Connect>, runtime, goodbye);
  });
}

/** Somebody who waits for a session. */
interface Waiter {
  take(session: Session): void;
  fail(error: unknown): void;
}

/**
 * Keeps `size` sessions to one place, each reconnecting by itself, and hands
 * out one that is alive.
 *
 * The sessions do not beat together: each has its own part of the
 * heartbeat-time, so that one heartbeat follows another at about
 * heartbeat-time / size (`heartbeatPhase`).
 */
export class Pool implements AsyncDisposable {
  /** Those that are open, the one that was handed out longest ago first. */
  readonly #sessions = new Set<Session>();
  readonly #waiters = new Set<Waiter>();
  /** One for each place: Node warns of a leak where one signal has more than ten listeners. */
  readonly #stops: AbortController[] = [];
  readonly #onSession: PoolSettings["onSession"];
  readonly #places: Promise<void>[];
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => void this.close();
  #failure: unknown;
  #goodbye: CloseReason = {};
  #closing: Promise<void> | undefined;

  /**
   * For bindings; begins to dial at once.
   *
   * @param open the sessions of one place, one after the other, until `stop` aborts and closes the last with `goodbye`.
   * @throws PulsewireError `PW_CONFIG`.
   */
  constructor(
    { size, onSession, signal }: PoolSettings,
    open: (place: number, stop: AbortSignal, goodbye: () => CloseReason) => AsyncIterable<Session>,
  ) {
    checkWholeNumber("size", size, 1, SIZE_MAX);
    requireCallback("onSession", onSession);
    checkSignal(signal);
    this.#onSession = onSession;
    // All of them before any dials: it may throw.
    const loops = Array.from({ length: size }, (_, place) => {
      const stop = new AbortController();
      this.#stops.push(stop);
      return open(place, stop.signal, () => this.#goodbye);
    });
    this.#places = loops.map((loop) => this.#keep(loop));
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted) this.#onAbort();
  }

  /** The sessions that are open now. */
  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /**
   * A session that is alive, each in turn; one that is suspect only if there is
   * no other. It is not taken out: others get it as well. Waits while there is
   * none.
   *
   * @throws (rejects with) PulsewireError `PW_ENDED` once the pool is closed;
   *   what the caller of `pool` got wrong, such as `PW_CONFIG`, where only an
   *   attempt showed it; or the reason of `signal`, which ends the waiting.
   */
  async session(options: { readonly signal?: AbortSignal | undefined } = {}): Promise<Session> {
    checkOptions(options);
    const { signal } = options;
    checkSignal(signal);
    signal?.throwIfAborted();
    if (this.#closing !== undefined) throw this.#reason();
    return this.#next() ?? this.#wait(signal);
  }

  /**
   * Closes every session, and stops dialling. Resolves when all have ended. A
   * second call changes nothing.
   *
   * @throws PulsewireError `PW_CONFIG` for a code or time out of range.
   */
  close(reason: CloseReason = {}): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    this.#goodbye = resolveClose(reason);
    // Each place closes its session, be it one that nobody has seen yet.
    for (const stop of this.#stops) stop.abort();
    this.#closing = Promise.all(this.#places).then(() => {});
    this.#signal?.removeEventListener("abort", this.#onAbort);
    for (const waiter of [...this.#waiters]) waiter.fail(this.#reason());
    return this.#closing;
  }

  /** {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Keeps one place filled. Never rejects. */
  async #keep(loop: AsyncIterable<Session>): Promise<void> {
    let replaced: Session | undefined;
    try {
      for await (const session of loop) {
        this.#add(session, replaced);
        replaced = session;
        await session.closed;
        this.#sessions.delete(session);
      }
    } catch (error) {
      // The same is wrong in every place, and will be tomorrow.
      this.#failure ??= error;
      void this.close();
    }
  }

  #add(session: Session, replaced: Session | undefined): void {
    this.#sessions.add(session);
    callUser(() => this.#onSession?.(session, replaced));
    for (const waiter of [...this.#waiters]) {
      const next = this.#next();
      if (next === undefined) return; // the hook closed it
      waiter.take(next);
    }
  }

  #next(): Session | undefined {
    let suspect: Session | undefined;
    for (const session of this.#sessions) {
      if (session.state === "open") return this.#handOut(session);
      if (session.state === "suspect") suspect ??= session;
    }
    return suspect && this.#handOut(suspect);
  }

  #handOut(session: Session): Session {
    this.#sessions.delete(session);
    this.#sessions.add(session);
    return session;
  }

  #wait(signal: AbortSignal | undefined): Promise<Session> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        this.#waiters.delete(waiter);
        signal?.removeEventListener("abort", onAbort);
      };
      const waiter: Waiter = {
        take: (session) => {
          settle();
          resolve(session);
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
      const onAbort = (): void => waiter.fail(signal?.reason);
      this.#waiters.add(waiter);
      signal?.addEventListener("abort", onAbort);
    });
  }

  #reason(): unknown {
    return this.#failure ?? new PulsewireError("PW_ENDED", "the pool is closed");
  }
}
