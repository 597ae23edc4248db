import { CloseCode, type CloseReason } from "../core/index.ts";
import type { Link } from "./link.ts";
import type { Runtime } from "./runtime.ts";
import { Session, type SessionOptions } from "./session.ts";

/** Options of everything that accepts sessions. */
export interface ListenerOptions extends SessionOptions {
  /** Called with each session as it is accepted. Then they are not kept for iteration. */
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
  readonly #stop: () => Promise<void>;
  readonly #sessions = new Set<Session>();
  readonly #waiting: Session[] = [];
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
    this.#runtime = runtime;
    this.#stop = stop;
  }

  /** The sessions that are open now. */
  get sessions(): ReadonlySet<Session> {
    return this.#sessions;
  }

  /** For bindings: a link has been established. */
  accept(link: Link): void {
    if (this.#closing !== undefined) {
      link.abort({ code: CloseCode.GOING_AWAY, reason: "the listener is closed" });
      return;
    }
    const session = Session.open(link, this.#options, this.#runtime);
    this.#sessions.add(session);
    session.closed.then(() => this.#sessions.delete(session));
    if (this.#options.onSession !== undefined) {
      this.#options.onSession(session);
      return;
    }
    const reader = this.#readers.shift();
    if (reader !== undefined) reader({ done: false, value: session });
    else this.#waiting.push(session);
  }

  /**
   * Stops listening and closes every session, with GOING_AWAY unless told
   * otherwise [PW-CLS-11]. Resolves when all of them have ended and the port is
   * free.
   */
  close(reason: CloseReason = { code: CloseCode.GOING_AWAY }): Promise<void> {
    this.#closing ??= (async () => {
      for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
      const ends = [...this.#sessions].map((session) => session.close(reason));
      await Promise.all([this.#stop(), ...ends]);
    })();
    return this.#closing;
  }

  [Symbol.asyncIterator](): AsyncIterator<Session, undefined> {
    return { next: () => this.#next() };
  }

  /** {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #next(): Promise<IteratorResult<Session, undefined>> {
    for (
      let session = this.#waiting.shift();
      session !== undefined;
      session = this.#waiting.shift()
    ) {
      if (session.end === undefined) return Promise.resolve({ done: false, value: session });
    }
    if (this.#closing !== undefined) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }
}
