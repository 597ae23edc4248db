import { CloseCode, type CloseReason } from "../core/index.ts";
import { callUser, resolveOptions } from "./callback.ts";
import type { Link } from "./link.ts";
import type { Runtime } from "./runtime.ts";
import { Session, type SessionOptions, type SessionOwner } from "./session.ts";

/** Options of everything that accepts sessions. */
export interface ListenerOptions extends SessionOptions {
  /**
   * Called with each session as it is accepted. Then they are not kept for
   * iteration. What it throws is an uncaught exception, as with `onEvent`.
   */
  readonly onSession?: ((session: Session) => void) | undefined;
}

/**
 * Accepts sessions: iterate it, or pass `onSession`.
 *
 * A session that ended before the loop came to it is left out.
 */
export class SessionListener implements AsyncIterable<Session, undefined>, AsyncDisposable {
  readonly #options: ListenerOptions;
  readonly #runtime: Runtime;
  readonly #owner: SessionOwner;
  readonly #stop: () => Promise<void>;
  readonly #sessions = new Set<Session>();
  /** Accepted, open, and not yet handed to a reader. */
  readonly #waiting = new Set<Session>();
  readonly #readers: ((result: IteratorResult<Session, undefined>) => void)[] = [];
  #closing: Promise<void> | undefined;

  /** Where it listens: a URL a client can dial, or what the binding has instead. */
  readonly address: string;

  /**
   * For bindings.
   *
   * @param stop stops accepting and lets go of the port; called once, with all
   *   sessions told to close.
   */
  constructor(
    address: string,
    options: ListenerOptions,
    runtime: Runtime,
    stop: () => Promise<void>,
  ) {
    this.address = address;
    this.#options = options;
    this.#owner = {
      config: resolveOptions(options),
      ended: (session) => {
        this.#sessions.delete(session);
        this.#waiting.delete(session);
      },
    };
    this.#runtime = runtime;
    this.#stop = stop;
  }

  /** The sessions that are open now. */
  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** For bindings: a link has been established. Returns the session that it became. */
  accept(link: Link): Session {
    const session = Session.open(link, this.#options, this.#runtime, this.#owner);
    if (session.end === undefined) this.#sessions.add(session);
    if (this.#closing !== undefined) {
      // It came through the door as that closed; it is told so like the others.
      session.close({ code: CloseCode.GOING_AWAY });
    } else if (this.#options.onSession !== undefined) {
      callUser(() => this.#options.onSession?.(session));
    } else {
      const reader = this.#readers.shift();
      if (reader !== undefined) reader({ done: false, value: session });
      else if (session.end === undefined) this.#waiting.add(session);
    }
    return session;
  }

  /**
   * Stops listening and closes every session, with GOING_AWAY unless told
   * otherwise [PW-CLS-11]. Resolves when all of them have ended and the port is
   * free.
   */
  close(reason: CloseReason = { code: CloseCode.GOING_AWAY }): Promise<void> {
    if (this.#closing !== undefined) return this.#closing;
    // First, because it throws on a reason out of range, and then nothing has changed.
    const ends = [...this.#sessions].map((session) => session.close(reason));
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
    this.#closing = this.#allGone([this.#stop(), ...ends]);
    return this.#closing;
  }

  async #allGone(pending: readonly Promise<unknown>[]): Promise<void> {
    await Promise.all(pending);
    // And those that came while we waited.
    await Promise.all([...this.#sessions].map((session) => session.closed));
  }

  [Symbol.asyncIterator](): AsyncIterator<Session, undefined> {
    return { next: () => this.#next() };
  }

  /** {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #next(): Promise<IteratorResult<Session, undefined>> {
    for (const session of this.#waiting) {
      this.#waiting.delete(session);
      if (session.end === undefined) return Promise.resolve({ done: false, value: session });
    }
    if (this.#closing !== undefined) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}
