import {
  Connection,
  type ConnectionConfig,
  type ConnectionEvent,
  decodeFrame,
  type Frame,
  type LinkClosed,
} from "../core/index.ts";

/** What one side gave to its transport. */
export interface Transmission {
  /** Virtual ms. */
  readonly at: number;
  readonly octets: Uint8Array;
  readonly frame: Frame | string;
}

/** What one side told its driver. */
export interface Told {
  /** Virtual ms. */
  readonly at: number;
  readonly event: ConnectionEvent;
}

type Parcel = { readonly at: number } & (
  | { readonly kind: "frame"; readonly octets: Uint8Array }
  | { readonly kind: "octets" }
  | { readonly kind: "end"; readonly how: LinkClosed }
);

/** Options of {@link connectionPair}. */
export interface ConnectionPairOptions {
  /** One way, in ms. Default 10. */
  readonly latencyMs?: number | undefined;
  /** Uniform in [0, 1), for both sides; default always 0.5. */
  readonly random?: (() => number) | undefined;
}

/** One side of a {@link ConnectionPair}: a connection, and the pipe that leads to it. */
export class PairSide {
  readonly connection: Connection;
  /** Everything it gave to its transport. */
  readonly sent: Transmission[] = [];
  /** Everything it told. */
  readonly told: Told[] = [];
  /** Its process stands still. */
  frozen = false;
  /** Its transport takes nothing. */
  blocked = false;
  /** It does not read. */
  paused = false;
  /** What it sends does not arrive, for now. */
  cutOff = false;
  /** So many of the next frames it sends are lost. */
  dropping = 0;
  /** Its link is gone. */
  linkGone = false;
  /** It has asked its link to close. */
  linkClosing = false;
  /** When it last read anything, the opening counting as such: virtual ms. */
  lastReadAt = 0;
  /** On the way to it, in order. */
  incoming: Parcel[] = [];
  /** What waits on the far side of a partition. */
  held: Parcel[] = [];

  constructor(config: ConnectionConfig, random: () => number) {
    this.connection = new Connection(config, random);
  }

  /** The events of one type, in order. */
  events<T extends ConnectionEvent["type"]>(type: T): Extract<ConnectionEvent, { type: T }>[] {
    const found: Extract<ConnectionEvent, { type: T }>[] = [];
    for (const { event } of this.told) {
      if (event.type === type) found.push(event as Extract<ConnectionEvent, { type: T }>);
    }
    return found;
  }

  /** The heartbeats it sent. */
  get heartbeats(): Transmission[] {
    return this.sent.filter(({ frame }) => typeof frame === "object" && frame.body === "heartbeat");
  }
}

/**
 * Two connections, the pipe between them, and a network that can do what
 * networks do, in virtual time: {@link step} jumps to the next thing that
 * happens. Each side is driven as a session drives it: first it reads, then it
 * judges [PW-CLK-2].
 */
export class ConnectionPair {
  readonly a: PairSide;
  readonly b: PairSide;
  readonly #latencyMs: number;
  #now = 0;

  constructor(
    configA: ConnectionConfig,
    configB: ConnectionConfig,
    options: ConnectionPairOptions = {},
  ) {
    const random = options.random ?? (() => 0.5);
    this.#latencyMs = options.latencyMs ?? 10;
    this.a = new PairSide(configA, random);
    this.b = new PairSide(configB, random);
    for (const side of this.#sides) {
      side.connection.open(0);
      this.#pump(side);
    }
  }

  /** Virtual ms since both sides opened. */
  get now(): number {
    return this.#now;
  }

  /** When the next thing happens; undefined if nothing ever will by itself. */
  get nextAt(): number | undefined {
    let next: number | undefined;
    for (const side of this.#sides) {
      if (side.frozen) continue;
      const arrival = this.#reads(side) ? side.incoming[0]?.at : undefined;
      for (const at of [arrival, side.connection.pollTimeout()]) {
        if (at !== undefined && (next === undefined || at < next)) next = at;
      }
    }
    return next;
  }

  /** Jumps to the next deadline or delivery. False: there is none. */
  step(): boolean {
    const at = this.nextAt;
    if (at === undefined) return false;
    this.#now = Math.max(this.#now, at);
    this.#turn();
    return true;
  }

  /** Lets `ms` pass, and what happens in them happen. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (let at = this.nextAt; at !== undefined && at <= until; at = this.nextAt) this.step();
    this.#now = until;
    this.#turn();
  }

  /** One side does something: a command of its application, or an input of a test. */
  act(side: PairSide, action: (connection: Connection, now: number) => void): void {
    action(side.connection, this.#now);
    this.#pump(side);
  }

  /** Its process stands still: nothing is read, judged or sent, and what arrives waits. */
  freeze(side: PairSide): void {
    side.frozen = true;
  }

  /** Its process goes on: late timers, and first of all what waits unread. */
  thaw(side: PairSide): void {
    side.frozen = false;
    this.#turn();
  }

  /** What `side` sends stays on the way, as on a network that drops packets. */
  partition(...sides: readonly PairSide[]): void {
    for (const side of sides) side.cutOff = true;
  }

  /** The network works again, and what was sent meanwhile arrives. */
  heal(): void {
    for (const side of this.#sides) {
      side.cutOff = false;
      const peer = this.peer(side);
      for (const parcel of peer.held.splice(0)) {
        peer.incoming.push({ ...parcel, at: this.#now + this.#latencyMs });
      }
    }
  }

  /** The next `frames` of `side` are lost for good. */
  drop(side: PairSide, frames = 1): void {
    side.dropping += frames;
  }

  /** The transport of `side` takes nothing more. */
  block(side: PairSide): void {
    side.blocked = true;
  }

  /** The transport of `side` has room again. */
  unblock(side: PairSide): void {
    side.blocked = false;
    this.act(side, (connection, now) => connection.handleProgress(now));
  }

  /** `side` does not read, as when its application is slow. */
  pause(side: PairSide): void {
    side.paused = true;
    this.act(side, (connection, now) => connection.handlePause(now));
  }

  /** `side` reads on. */
  resume(side: PairSide): void {
    side.paused = false;
    this.act(side, (connection, now) => connection.handleResume(now));
  }

  /** Puts something on the way to `side` that its peer did not send: a frame, or a part of one. */
  inject(side: PairSide, octets: Uint8Array | "octets"): void {
    const at = this.#now + this.#latencyMs;
    this.#post(
      this.peer(side),
      octets === "octets" ? { kind: "octets", at } : { kind: "frame", octets, at },
    );
  }

  /** The other side. */
  peer(side: PairSide): PairSide {
    return side === this.a ? this.b : this.a;
  }

  get #sides(): readonly PairSide[] {
    return [this.a, this.b];
  }

  #reads(side: PairSide): boolean {
    return !side.frozen && !side.paused && !side.linkGone;
  }

  #turn(): void {
    for (const side of this.#sides) {
      if (side.frozen) continue;
      while (this.#reads(side)) {
        const parcel = side.incoming[0];
        if (parcel === undefined || parcel.at > this.#now) break;
        side.incoming.shift();
        this.#take(side, parcel);
        this.#pump(side);
      }
      side.connection.handleTimeout(this.#now);
      this.#pump(side);
    }
  }

  #take(side: PairSide, parcel: Parcel): void {
    const { connection } = side;
    side.lastReadAt = this.#now;
    if (parcel.kind === "frame") connection.handleFrame(parcel.octets, this.#now);
    else if (parcel.kind === "octets") connection.handleOctets(this.#now);
    else this.#closeLink(side, side.linkClosing ? { kind: "local" } : parcel.how);
  }

  #pump(side: PairSide): void {
    const { connection } = side;
    for (;;) {
      const octets = side.blocked || side.linkGone ? undefined : connection.pollTransmit(this.#now);
      if (octets !== undefined) {
        side.sent.push({ at: this.#now, octets, frame: decodeFrame(octets) });
        if (side.dropping > 0) side.dropping -= 1;
        else this.#post(side, { kind: "frame", octets, at: this.#now + this.#latencyMs });
        continue;
      }
      const action = connection.pollLinkAction();
      if (action !== undefined) {
        if (action.action === "abort") this.#abortLink(side);
        else this.#finishLink(side, { kind: "peer-closed" });
        continue;
      }
      const event = connection.pollEvent();
      if (event === undefined) return;
      side.told.push({ at: this.#now, event });
    }
  }

  #post(side: PairSide, parcel: Parcel): void {
    const peer = this.peer(side);
    if (side.cutOff) peer.held.push(parcel);
    else peer.incoming.push(parcel);
  }

  #finishLink(side: PairSide, how: LinkClosed): void {
    if (side.linkClosing || side.linkGone) return;
    side.linkClosing = true;
    this.#post(side, { kind: "end", how, at: this.#now + this.#latencyMs });
  }

  #abortLink(side: PairSide): void {
    this.#finishLink(side, { kind: "lost", cause: new Error("aborted by the peer") });
    this.#closeLink(side, { kind: "local" });
  }

  #closeLink(side: PairSide, how: LinkClosed): void {
    if (side.linkGone) return;
    this.#finishLink(side, { kind: "peer-closed" });
    side.linkGone = true;
    side.connection.handleLinkClosed(how, this.#now);
    this.#pump(side);
  }
}

/** Two connections that have just opened, with the network between them. */
export function connectionPair(
  configA: ConnectionConfig = {},
  configB: ConnectionConfig = {},
  options: ConnectionPairOptions = {},
): ConnectionPair {
  return new ConnectionPair(configA, configB, options);
}
