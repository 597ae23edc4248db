import {
  type CloseReason,
  type ConnectionEnd,
  HEARTBEAT_TIME_CEILING_MS,
  PulsewireError,
} from "../core/index.ts";
import { type Backoff, type Failure, retryAfterMs, retryBoundMs, retryDelayMs } from "./backoff.ts";
import { callUser, requireCallback } from "./callback.ts";
import {
  check,
  checkOptions,
  checkSignal,
  checkWholeNumber,
  isObject,
  refuseSlips,
  resolveAttempt,
} from "./check.ts";
import type { Clock } from "./clock.ts";
import type { Runtime } from "./runtime.ts";
import type { Session } from "./session.ts";

const RETRY_BASE_MS = 1000;
const RETRY_CAP_MS = 30_000;
/** What is this loop's own, and not an attempt's. */
const OPTIONS = ["addresses", "retryBaseMs", "retryCapMs", "onRetry", "signal"];
const SLIP = /retr(y|ies)|back_?off|^add?res|^abort|^signal/i;

/** The options of one attempt; the signal is the loop's own. */
export type Address<Connect> = Omit<Partial<Connect>, "signal">;

/** What `onRetry` is told, as the waiting begins. */
export interface Retry<Connect> {
  /** 1 after the first failure of a series, and so on. */
  readonly attempt: number;
  /** From now to the attempt, in ms. 0 or more, with fractions. */
  readonly delayMs: number;
  /** The entry of `addresses` that is dialled next; undefined where there is no list. */
  readonly address: Address<Connect> | undefined;
  /** How the session ended, or the error of the attempt (`instanceof Error` tells). */
  readonly cause: ConnectionEnd | PulsewireError;
}

/**
 * Options of `reconnect`: those of the binding's `connect`, and when to try
 * again. docs/reconnecting.md explains the delays.
 */
export type ReconnectOptions<Connect> = Address<Connect> & {
  /**
   * Tried in turn from the first on, each laid over the other options. At least
   * one; default: the other options say where to. An address that asked to be
   * left alone for a while is passed over while there are others.
   */
  readonly addresses?: readonly Address<Connect>[] | undefined;
  /** Ends it all: the attempt, the waiting, or the session that is open, which is closed. The loop then ends without an error. */
  readonly signal?: AbortSignal | undefined;
  /**
   * The greatest first delay, in ms; it doubles with each turn of the addresses
   * that failed. 1 to 3600000, default 1000: a second is long for a server that
   * has to answer again and short for a person who waits [PW-REC-2].
   */
  readonly retryBaseMs?: number | undefined;
  /** Where the doubling stops, in ms. `retryBaseMs` to 3600000, default 30000, or `retryBaseMs` if that is more [PW-REC-2]. */
  readonly retryCapMs?: number | undefined;
  /**
   * Called whenever something failed or ended and another attempt will follow.
   * What it throws is an uncaught exception, as with `onEvent`; the loop goes on.
   */
  readonly onRetry?: ((retry: Retry<Connect>) => void) | undefined;
};

/** How a binding dials. */
export interface Dialler<Connect> {
  /** Throws for options that can never do, without dialling. */
  check(options: Connect): unknown;
  /** Settles at once when the signal aborts: rejects, or has a session already. */
  connect(options: Connect & { readonly signal: AbortSignal }): Promise<Session>;
}

/** {@link ReconnectOptions}, proven and with the defaults in place. */
interface Plan<Connect> extends Backoff {
  /** What `addresses` has, or nothing in its place. */
  readonly listed: readonly (Address<Connect> | undefined)[];
  /** The same with the common options beneath. */
  readonly targets: readonly Address<Connect>[];
  readonly signal: AbortSignal | undefined;
  readonly onRetry: ((retry: Retry<Connect>) => void) | undefined;
}

/**
 * Sessions one after the other: each is dialled when the one before has ended,
 * and begins with nothing of it [PW-ADP-7].
 *
 * Nothing happens before the first `next`. Leaving the loop ends it and leaves
 * the last session, still open, to whoever has it. What a peer or the network
 * does is waited out; what the caller got wrong (a PulsewireError whose `side`
 * is "local", and everything that is none) is thrown by the loop.
 *
 * @param goodbye what a session is closed with that the signal ends.
 * @throws PulsewireError what the binding's `connect` would reject with for the
 *   options of any address, as far as that can be told without dialling.
 */
export function reconnect<Connect extends object>(
  dialler: Dialler<Connect>,
  options: ReconnectOptions<Connect>,
  runtime: Runtime,
  goodbye: () => CloseReason = () => ({}),
): AsyncIterableIterator<Session, undefined> {
  const left = new AbortController();
  const loop = sessions(dialler, resolvePlan(dialler, options), runtime, left.signal, goodbye);
  return {
    // A generator takes its calls one after the other, so that of two calls the second waits.
    next: () => loop.next(),
    return: () => {
      // ... but leaving must not wait for an attempt or a delay.
      left.abort();
      return loop.return(undefined);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

async function* sessions<Connect extends object>(
  dialler: Dialler<Connect>,
  plan: Plan<Connect>,
  { clock, random }: Runtime,
  left: AbortSignal,
  goodbye: () => CloseReason,
): AsyncGenerator<Session, undefined> {
  const retries = new Retries(plan, random);
  const stop = new AbortController();
  let session: Session | undefined;
  const onLeft = (): void => stop.abort();
  const onAbort = (): void => {
    stop.abort();
    session?.close(goodbye());
  };
  left.addEventListener("abort", onLeft);
  plan.signal?.addEventListener("abort", onAbort);
  if (plan.signal?.aborted) onAbort();
  try {
    while (!stop.signal.aborted) {
      await until(retries.dueAt, clock, stop.signal);
      if (stop.signal.aborted) break;
      const outcome = await attempt(dialler, retries.target, stop.signal);
      if (outcome === undefined) break;
      let failure: Failure;
      if (outcome instanceof Error) {
        failure = { cause: outcome, heartbeatTimeMs: 0 };
        retries.failed(failure, clock.now());
      } else {
        session = outcome;
        if (stop.signal.aborted) {
          await session.close(goodbye()); // nobody has it
          break;
        }
        const openedAt = clock.now();
        // Timed as it happens: the caller may come back for the next session much later.
        const over = session.closed.then((end) => ({ end, endedAt: clock.now() }));
        yield session;
        const life = await orAborted(over, left);
        if (life === undefined) break; // the session is somebody else's now
        failure = { cause: life.end, heartbeatTimeMs: heartbeatTimeOf(session) };
        retries.lasted(life.endedAt - openedAt);
        retries.failed(failure, life.endedAt);
        session = undefined;
      }
      if (stop.signal.aborted) break;
      const { attempts, address, dueAt } = retries;
      const delayMs = Math.max(0, dueAt - clock.now());
      const { cause } = failure;
      callUser(() => plan.onRetry?.({ attempt: attempts, delayMs, address, cause }));
    }
  } finally {
    left.removeEventListener("abort", onLeft);
    plan.signal?.removeEventListener("abort", onAbort);
  }
}

/** A session, or the error of an attempt that may be made again, or undefined once `stop` ended it. */
async function attempt<Connect>(
  dialler: Dialler<Connect>,
  target: Address<Connect> | undefined,
  stop: AbortSignal,
): Promise<Session | PulsewireError | undefined> {
  const options = { ...target, signal: stop } as unknown as Connect & { signal: AbortSignal };
  try {
    return await dialler.connect(options);
  } catch (error) {
    if (stop.aborted) return undefined;
    if (error instanceof PulsewireError && error.side === "remote") return error;
    throw error;
  }
}

/** Whom to dial next, and when. Times are monotonic milliseconds. */
class Retries<Connect> {
  readonly #plan: Plan<Connect>;
  readonly #random: () => number;
  /** When each address may be dialled again, by what it asked itself. */
  readonly #notBefore: number[];
  #index = 0;
  #failures = 0;
  #dueAt = Number.NEGATIVE_INFINITY;

  constructor(plan: Plan<Connect>, random: () => number) {
    this.#plan = plan;
    this.#random = random;
    this.#notBefore = plan.targets.map(() => Number.NEGATIVE_INFINITY);
  }

  get attempts(): number {
    return this.#failures;
  }

  get address(): Address<Connect> | undefined {
    return this.#plan.listed[this.#index];
  }

  get target(): Address<Connect> | undefined {
    return this.#plan.targets[this.#index];
  }

  get dueAt(): number {
    return this.#dueAt;
  }

  /** A session lasted so long, in ms. One that is over at once proves no better than none [PW-REC-3]. */
  lasted(ms: number): void {
    if (ms > this.#boundMs) this.#failures = 0;
  }

  /** The attempt, or the session that it became, is over since `at`. */
  failed(failure: Failure, at: number): void {
    this.#failures += 1;
    const boundMs = this.#boundMs;
    const askedMs = retryAfterMs(failure, boundMs, this.#random);
    this.#notBefore[this.#index] = at + askedMs; // PW-CLS-7
    const delayMs = retryDelayMs(failure, this.#failures === 1, boundMs, this.#random);
    this.#choose(at + delayMs);
  }

  /** The next address in turn that may be dialled at `at`, or else the one that may be first [PW-REC-5]. */
  #choose(at: number): void {
    const count = this.#notBefore.length;
    const inTurn = this.#notBefore.map((_, step) => (this.#index + 1 + step) % count);
    const freeAt = (index: number): number => Math.max(at, this.#notBefore[index] ?? at);
    // The sort is stable: of those that are free in time the first in turn stays first.
    const [first = 0] = inTurn.sort((a, b) => freeAt(a) - freeAt(b));
    this.#index = first;
    this.#dueAt = freeAt(first);
  }

  /** It grows with each full turn: an address that was not tried yet has not failed [PW-REC-5]. */
  get #boundMs(): number {
    const tried = Math.max(0, this.#failures - 1);
    return retryBoundMs(Math.floor(tried / this.#notBefore.length), this.#plan);
  }
}

function resolvePlan<Connect extends object>(
  dialler: Dialler<Connect>,
  options: ReconnectOptions<Connect>,
): Plan<Connect> {
  checkOptions(options);
  const { addresses, signal, retryBaseMs = RETRY_BASE_MS, onRetry, ...rest } = options;
  const { retryCapMs = Math.max(RETRY_CAP_MS, retryBaseMs), ...common } = rest;
  refuseSlips(options, SLIP, OPTIONS);
  checkWholeNumber("retryBaseMs", retryBaseMs, 1, HEARTBEAT_TIME_CEILING_MS);
  checkWholeNumber("retryCapMs", retryCapMs, retryBaseMs, HEARTBEAT_TIME_CEILING_MS);
  const isList = Array.isArray(addresses) && addresses.length > 0 && addresses.every(isObject);
  check("addresses", addresses, "an array of objects, at least one", isList);
  checkSignal(signal);
  requireCallback("onRetry", onRetry);
  const listed = addresses ?? [undefined];
  for (const address of addresses ?? []) refuseInAddress(address);
  const targets = listed.map(
    (address) => ({ ...(common as object), ...address }) as Address<Connect>,
  );
  // All of them now: the second is not dialled before the first has failed, and that may be at night.
  for (const target of targets) {
    dialler.check(target as unknown as Connect);
    resolveAttempt(target);
  }
  return { listed, targets, signal, retryBaseMs, retryCapMs, onRetry };
}

/** An option of the loop would have no effect there. */
function refuseInAddress(address: object): void {
  refuseSlips(address, SLIP, OPTIONS);
  const ours = OPTIONS.find((name) => Reflect.get(address, name) !== undefined);
  if (ours === undefined) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `${ours} is no option of an address: give it beside addresses, for all of them`,
  );
}

/** What `promise` brings, or undefined once `signal` aborts. Nothing of it stays on the signal. */
function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => resolve(undefined);
    const settle = (): void => signal.removeEventListener("abort", onAbort);
    signal.addEventListener("abort", onAbort);
    if (signal.aborted) onAbort();
    promise.then(resolve, reject).then(settle);
  });
}

/** Resolves at `at`, or once `stop` aborts. */
function until(at: number, clock: Clock, stop: AbortSignal): Promise<void> {
  if (at <= clock.now() || stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      stop.removeEventListener("abort", done);
      resolve();
    };
    // Nothing else keeps a process alive that has no connection and waits for one.
    const cancel = clock.schedule(at, done, true);
    stop.addEventListener("abort", done);
  });
}

function heartbeatTimeOf({ heartbeatTimeMs = 0, peerHeartbeatTimeMs = 0 }: Session): number {
  return Math.max(heartbeatTimeMs, peerHeartbeatTimeMs);
}
