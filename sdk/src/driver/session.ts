import {
  CloseCode,
  type CloseReason,
  Connection,
  type ConnectionConfig,
  type ConnectionEnd,
  type ConnectionEvent,
  type ConnectionState,
  PulsewireError,
  type ResolvedConfig,
  type SilenceEvidence,
} from "../core/index.ts";
import { callUser, requireCallbacks, throwLater } from "./callback.ts";
import { type ConfirmDown, Question } from "./confirm.ts";
import { Inbox } from "./inbox.ts";
import type { Link, LinkEnd, LinkSink } from "./link.ts";
import type { Runtime } from "./runtime.ts";
import type { Scheduled, ScheduledTask } from "./scheduler.ts";
import { Sender } from "./sender.ts";

/** What a session tells `onEvent`. Messages are read from the session itself. */
export type SessionEvent =
  | Exclude<ConnectionEvent, { type: "message" }>
  /** What `confirmDown.ask` returned was rejected, which means "not reachable". */
  | { readonly type: "confirm-failed"; readonly reason: unknown };

/** Options of every session, on every binding, dialled or accepted. */
export interface SessionOptions extends ConnectionConfig {
  /**
   * Called at once for everything that happens: heartbeats, adoption,
   * suspicion, the end. What it throws is an uncaught exception, because it is
   * a defect of the caller; the session goes on.
   */
  readonly onEvent?: ((event: SessionEvent, session: Session) => void) | undefined;
  /**
   * Asked before a silent peer is declared down, see {@link ConfirmDown}.
   * Default: nobody is. `tcpReachable` of `pulsewire/tcp` makes a ready one.
   */
  readonly confirmDown?: ConfirmDown | undefined;
}

/** Who opens sessions for others, such as a listener. */
export interface SessionOwner {
  /** The options of its sessions, resolved once for all of them. */
  readonly config: ResolvedConfig;
  /** `session` has ended; nobody else knows yet. */
  ended(session: Session): void;
}

/**
 * A live connection: a {@link Connection} on a {@link Link}, kept by a clock.
 *
 * Iterate it for the peer's messages, `send` to it, and hang on `signal` or
 * `closed` whatever has to end when the peer is gone.
 */
export class Session implements AsyncIterable<Uint8Array, undefined>, AsyncDisposable {
  readonly #connection: Connection;
  readonly #link: Link;
  readonly #sender: Sender;
  readonly #runtime: Runtime;
  readonly #onEvent: SessionOptions["onEvent"];
  readonly #confirmDown: ConfirmDown | undefined;
  /** The question that is open, if one is. */
  #question: Question | undefined;
  readonly #task: ScheduledTask;
  readonly #owner: SessionOwner | undefined;
  // Made when somebody asks for them, because most sessions of a large estate never need them.
  #inbox: Inbox | undefined;
  #paused = false;
  #pumping = false;
  /** Something was sent in this turn of the event loop, and what follows in it waits for its end. */
  #gathering = false;
  #pumpedAt = 0;
  #abortController: AbortController | undefined;
  #waitingForEnd: ((end: ConnectionEnd) => void)[] | undefined;
  #waitingForDrain: (() => void)[] | undefined;

  private constructor(
    link: Link,
    options: SessionOptions,
    runtime: Runtime,
    owner: SessionOwner | undefined,
  ) {
    this.#connection = new Connection(owner?.config ?? options, runtime.random, runtime.codec);
    if (owner === undefined) requireCallbacks(options);
    this.#link = link;
    this.#sender = new Sender(this.#connection, link);
    this.#runtime = runtime;
    this.#onEvent = options.onEvent;
    this.#confirmDown = options.confirmDown;
    this.#owner = owner;
    const port = new Session.#Port(this);
    this.#task = runtime.scheduler.add(port);
    this.#connection.open(runtime.clock.now());
    link.start(port);
    this.#pump(runtime.clock.now());
  }

  /**
   * Puts a session on an established link: for bindings and for transports of
   * one's own.
   *
   * @param owner for who opens many with the same `options`, and has seen that these are sound.
   * @throws PulsewireError `PW_CONFIG`; the link is left as it was.
   */
  static open(
    link: Link,
    options: SessionOptions,
    runtime: Runtime,
    owner?: SessionOwner,
  ): Session {
    return new Session(link, options, runtime, owner);
  }

  /**
   * What the link and the scheduler see of a session: one object for both, where
   * a closure for each call would be most of what an idle session takes.
   */
  static readonly #Port = class implements LinkSink, Scheduled {
    readonly #session: Session;
    /** When the read happened of which there is more to come. */
    #readAt = 0;
    #isReading = false;

    constructor(session: Session) {
      this.#session = session;
    }

    // Rule of these: the time is read first, and then nothing else happens before the core knows.

    onFrame(frame: Uint8Array, more = false): void {
      this.#receive(frame, 0, frame.length, more, frame.buffer);
    }

    onFrameWithin(octets: Uint8Array, from: number, to: number, more: boolean): void {
      this.#receive(octets, from, to, more, octets);
    }

    /** @param source the same for all frames of a read. */
    #receive(
      octets: Uint8Array,
      from: number,
      to: number,
      more: boolean,
      source: Uint8Array | ArrayBufferLike,
    ): void {
      const session = this.#session;
      const connection = session.#connection;
      // What came in one read came at one time, and what it leads to is done once, behind the last.
      if (!this.#isReading) this.#readAt = session.#runtime.clock.now();
      connection.handleFrameWithin(octets, from, to, this.#readAt);
      const message = connection.pollMessage();
      if (message !== undefined) session.#toInbox().push(message, source);
      // At the limit the rest of the read has to wait, and then nothing follows at once [PW-LIM-5].
      this.#isReading = more && !session.#isFull;
      if (!this.#isReading) session.#pump(this.#readAt);
    }

    onOctets(): void {
      const session = this.#session;
      const now = session.#runtime.clock.now();
      this.#isReading = false;
      session.#connection.handleOctets(now);
      session.#pump(now);
    }

    onViolation(code: number, detail: string): void {
      const session = this.#session;
      const now = session.#runtime.clock.now();
      this.#isReading = false;
      session.#connection.handleViolation(code, detail, now);
      session.#pump(now);
    }

    onDrain(): void {
      const session = this.#session;
      const now = session.#runtime.clock.now();
      session.#sender.drained(now);
      session.#pump(now);
    }

    onClose(end: LinkEnd): void {
      const session = this.#session;
      const now = session.#runtime.clock.now();
      session.#connection.handleLinkClosed(end, now);
      session.#sender.linkClosed();
      session.#pump(now);
      session.#task.remove();
    }

    nextAt(): number | undefined {
      return this.#session.#connection.pollTimeout();
    }

    // The scheduler asks nextAt() after each of these, so nobody has to tell it.

    run(now: number): void {
      const session = this.#session;
      session.#sender.noticeProgress(now);
      session.#connection.handleTimeout(now);
      session.#work(now);
    }

    suspended(now: number): void {
      this.#session.#connection.handleSuspend(now);
      this.#session.#work(now);
    }
  };

  /** Which binding carries it: "tcp", "tls", "unix", "ws", "wss", "grpc", "memory" ... */
  get transport(): string {
    return this.#link.transport;
  }

  /** The peer's address as the transport has it, for people and logs. */
  get remote(): string {
    return this.#link.remote;
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The heartbeat-time in use here, in ms; undefined while passive. */
  get heartbeatTimeMs(): number | undefined {
    return this.#connection.heartbeatTimeMs;
  }

  /** The heartbeat-time the peer last advertised, in ms; undefined if it never did. */
  get peerHeartbeatTimeMs(): number | undefined {
    return this.#connection.peerHeartbeatTimeMs;
  }

  /** Smoothed round-trip time in ms; undefined until one was measured. */
  get rttMs(): number | undefined {
    return this.#connection.rttMs;
  }

  /**
   * Milliseconds since the peer was last heard: since its last octet, or the
   * opening, with the time left out in which this side did not read because
   * nobody took its messages. After the end: what it was then.
   */
  get silentForMs(): number {
    return this.#connection.silentForMs(this.#runtime.clock.now());
  }

  /** How it ended; undefined while it has not. */
  get end(): ConnectionEnd | undefined {
    return this.#connection.end;
  }

  /** Octets given to {@link send} that have not been given to the transport yet. */
  get unsentBytes(): number {
    return this.#connection.unsentBytes;
  }

  /** Resolves with the end, whatever it is. Never rejects. */
  get closed(): Promise<ConnectionEnd> {
    const { end } = this.#connection;
    if (end !== undefined) return Promise.resolve(end);
    return new Promise((resolve) => {
      this.#waitingForEnd ??= [];
      this.#waitingForEnd.push(resolve);
    });
  }

  /**
   * Aborts once, when the session ends, whatever the end. Its reason is a
   * {@link PulsewireError} `PW_ENDED` that carries the end in `end`.
   */
  get signal(): AbortSignal {
    // Made when somebody asks: most sessions of a large estate never need one.
    if (this.#abortController === undefined) {
      this.#abortController = new AbortController();
      if (this.end !== undefined) this.#abortController.abort(endedError(this.end));
    }
    return this.#abortController.signal;
  }

  /**
   * Sends a message; text goes as UTF-8. The first of a turn of the event loop
   * goes at once; those that follow in the same turn leave together at its end,
   * or when about 256 KiB of them wait, or with a heartbeat [PW-SND-8]. That is
   * one write where it would be many.
   *
   * Leave the octets as they are until {@link drained} has resolved: before that
   * they may not have been copied, nor taken by the system, whatever `send`
   * returned and `unsentBytes` says. A process that exits loses what has not left
   * it: what the same turn sent after its first message, and on gRPC more.
   * {@link close} waits for that.
   *
   * @returns false if it has to wait for the peer to read: `await
   *   session.drained()` before the next. False as well, and nothing is sent,
   *   once the peer or the transport has ended the session: that may happen at
   *   any moment and is no mistake of the caller's.
   * @throws PulsewireError `PW_ENDED` after this side closed or aborted,
   *   `PW_MESSAGE_TOO_LARGE`, or `PW_UNSENT_LIMIT` for a caller that did not wait.
   */
  send(data: Uint8Array | string): boolean {
    const octets = typeof data === "string" ? new TextEncoder().encode(data) : data;
    if (!(octets instanceof Uint8Array)) {
      throw new PulsewireError(
        "PW_CONFIG",
        `send takes a Uint8Array or a string; got ${typeof data}`,
      );
    }
    if (this.end !== undefined && !endedHere(this.end)) return false;
    const connection = this.#connection;
    const { clock } = this.#runtime;
    if (this.#gathering) {
      // It waits for the end of the turn, and so for its time: to read the clock costs as much as all the rest.
      connection.sendData(octets, this.#pumpedAt);
      if (!connection.hasFullBatch) return this.#sender.hasRoom;
      this.#pump(clock.now());
    } else {
      const now = clock.now();
      connection.sendData(octets, now);
      this.#pump(now); // the first of a turn waits for no other
      this.#gather();
    }
    return this.#sender.hasRoom && !connection.hasFullBatch;
  }

  /**
   * Resolves when everything sent so far has been taken by the transport, or
   * that is gone. With the end alone it does not: what the transport holds then
   * may still reach the peer, for `closeTimeoutMs` after it last took something.
   */
  drained(): Promise<void> {
    if (this.#sender.isDrained) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waitingForDrain ??= [];
      this.#waitingForDrain.push(resolve);
    });
  }

  /** Asks the peer for a heartbeat now; a "heartbeat-received" event follows if it lives. */
  probe(): void {
    const now = this.#runtime.clock.now();
    this.#connection.probe(now);
    this.#pump(now);
  }

  /**
   * Closes: sends what waits, then Close, then lets the transport go. Resolves
   * with the end, at the latest `closeTimeoutMs` after the transport stopped
   * taking anything. A second call changes nothing.
   *
   * @throws PulsewireError `PW_CONFIG` for a code or time out of range.
   */
  close(reason: CloseReason = {}): Promise<ConnectionEnd> {
    const now = this.#runtime.clock.now();
    this.#connection.close(reason, now);
    // What still comes is nobody's; but only who reads sees that the peer has closed too.
    this.#resume(now);
    this.#pump(now);
    return this.closed;
  }

  /**
   * Ends the session now, without a word to the peer and without waiting for
   * it. What has not been given to the transport yet is not sent.
   */
  abort(reason?: unknown): void {
    const now = this.#runtime.clock.now();
    this.#connection.abort(reason, now);
    this.#pump(now);
  }

  /**
   * The peer's messages, in order, each to one reader. Ends when the session
   * does, after what had arrived by then; {@link closed} says why. Leaving the
   * loop leaves the session open. While nobody reads, at most `maxUnreadBytes`
   * are kept; then the peer has to wait.
   *
   * A message may be a view of all that was read with it, up to 64 KiB: who
   * keeps a small one for long keeps a copy, `message.slice()`.
   */
  [Symbol.asyncIterator](): AsyncIterator<Uint8Array, undefined> {
    const inbox = this.#toInbox();
    return { next: () => inbox.next() };
  }

  /** {@link close}, for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** {@link #work}, and the scheduler may have to call earlier than it was told. */
  #pump(now: number): void {
    if (this.#pumping) return;
    this.#work(now);
    this.#task.touch();
  }

  /** Does everything the connection now wants done, until it wants nothing. */
  #work(now: number): void {
    // Called from an event handler of the loop below: that loop goes on with what this changed.
    if (this.#pumping) return;
    this.#pumping = true;
    this.#pumpedAt = now;
    try {
      while (
        this.#sender.transmit(now) ||
        this.#actOnLink() ||
        this.#dispatch() ||
        this.#pauseIfFull(now)
      ) {}
    } finally {
      this.#pumping = false;
    }
    if (this.#connection.confirming === undefined) this.#dropQuestion(); // PW-LIV-14
    if (this.#waitingForDrain === undefined || !this.#sender.isDrained) return;
    for (const resolve of this.#waitingForDrain.splice(0)) resolve();
  }

  /**
   * What is sent from here on in this turn leaves together at its end, in one
   * write: of small messages that takes ten times as many. A heartbeat does not
   * wait for that, and takes along what waits [PW-SND-8].
   */
  #gather(): void {
    if (this.#link.cork === undefined) return;
    const { clock } = this.#runtime;
    clock.endOfTurn(() => {
      this.#gathering = false;
      if (this.#connection.hasUnsentData) this.#pump(clock.now());
    });
    this.#gathering = true; // not before somebody has promised the end
  }

  #actOnLink(): boolean {
    const action = this.#connection.pollLinkAction();
    if (action === undefined) return false;
    const { code, reason } = action;
    if (action.action === "close") this.#link.close({ code, reason });
    else this.#link.abort({ code, reason });
    return true;
  }

  #dispatch(): boolean {
    const event = this.#connection.pollEvent();
    if (event === undefined) return false;
    if (event.type === "message") {
      this.#toInbox().push(event.data, event.data.buffer);
      return true;
    }
    if (event.type === "ended") this.#settle(event.end);
    this.#tell(event);
    if (event.type === "confirming") this.#ask(event.evidence);
    return true;
  }

  #tell(event: SessionEvent): void {
    this.#showObserver(event);
    if (this.#onEvent !== undefined) callUser(() => this.#onEvent?.(event, this));
  }

  #showObserver(event: SessionEvent): void {
    // Not with callUser: every heartbeat comes through here, and mostly nobody watches.
    try {
      this.#runtime.observer?.event(this, event);
    } catch (error) {
      throwLater(error);
    }
  }

  #ask(evidence: SilenceEvidence): void {
    this.#dropQuestion();
    // The handler of the event may have closed the session.
    if (this.#confirmDown === undefined || this.#connection.confirming === undefined) return;
    this.#question = new Question(this.#confirmDown, evidence, this, {
      answered: (reachable) => {
        this.#question = undefined;
        const now = this.#runtime.clock.now();
        this.#connection.confirm(reachable, now);
        this.#pump(now);
      },
      failed: (reason) => this.#tell({ type: "confirm-failed", reason }),
    });
  }

  #dropQuestion(): void {
    this.#question?.drop();
    this.#question = undefined;
  }

  #settle(end: ConnectionEnd): void {
    this.#owner?.ended(this);
    this.#inbox?.end();
    // Reads on, so that a link that closes in good order sees its end [PW-CLS-8].
    if (this.#paused) this.#link.resume();
    this.#paused = false;
    this.#abortController?.abort(endedError(end));
    for (const resolve of this.#waitingForEnd?.splice(0) ?? []) resolve(end);
  }

  /** The application has left as much unread as it may [PW-LIM-5]. */
  get #isFull(): boolean {
    return this.#unreadBytes >= this.#connection.config.maxUnreadBytes;
  }

  /** Whether that led to anything. */
  #pauseIfFull(now: number): boolean {
    if (this.#paused || !this.#isFull) return false;
    // Who closes reads on, to see that the peer closes too; it takes no messages any more.
    const { state } = this.#connection;
    if (state === "closing" || state === "ended") return false;
    if (this.#link.pause()) {
      this.#paused = true;
      this.#connection.handlePause(now); // PW-LIV-9
    } else {
      const { maxUnreadBytes } = this.#connection.config;
      const detail = `${this.#unreadBytes} octets wait unread; maxUnreadBytes is ${maxUnreadBytes}`;
      this.#connection.handleViolation(CloseCode.UNREAD_LIMIT, detail, now); // PW-LIM-5
    }
    return true;
  }

  #afterRead(): void {
    if (!this.#paused) return;
    const { maxUnreadBytes } = this.#connection.config;
    // Half, so that a reader at the limit does not stop and start the transport with every message.
    if (this.#unreadBytes > maxUnreadBytes / 2) return;
    const now = this.#runtime.clock.now();
    this.#resume(now);
    this.#pump(now);
  }

  get #unreadBytes(): number {
    return this.#inbox?.unreadBytes ?? 0;
  }

  #toInbox(): Inbox {
    if (this.#inbox === undefined) {
      this.#inbox = new Inbox(() => this.#afterRead());
      if (this.end !== undefined) this.#inbox.end(); // nobody will tell it any more
    }
    return this.#inbox;
  }

  #resume(now: number): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#connection.handleResume(now);
    this.#link.resume();
  }
}

function endedError(end: ConnectionEnd): PulsewireError {
  return new PulsewireError("PW_ENDED", `the session has ended: ${end.kind}`, {
    side: endedHere(end) || end.kind === "idle" ? "local" : "remote",
    end,
  });
}

/** The application's own doing, and not the peer's or the network's. */
function endedHere(end: ConnectionEnd): boolean {
  return end.kind === "aborted" || (end.kind === "closed" && end.by === "local");
}
