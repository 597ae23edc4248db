import type { Clock, CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";

/** What a pipe needs of a clock. */
export type PipeClock = Pick<Clock, "now" | "schedule">;

/** How the two pipes of a pair behave. */
export interface LinkPairOptions {
  /** From `send` to the peer, in ms; default 0, which is still never within the call. */
  readonly latencyMs?: number | undefined;
  /** Octets on the way at which `send` answers false. Default 65536. */
  readonly highWaterMark?: number | undefined;
  /** What deliveries run on; the platform's timers by default. */
  readonly clock?: PipeClock | undefined;
}

type Parcel =
  | { readonly kind: "frame"; readonly frame: Uint8Array; readonly at: number }
  | { readonly kind: "end"; readonly end: LinkEnd; readonly at: number };

/**
 * One end of a pipe inside the process. It behaves as a TCP socket does, not as
 * a function call: nothing arrives within the call that caused it, what was
 * sent arrives before the end, and a peer that does not read fills the pipe.
 */
export class MemoryLink implements Link {
  readonly transport: string = "memory";
  readonly remote: string;
  readonly #clock: PipeClock;
  readonly #latencyMs: number;
  readonly #highWaterMark: number;
  #peer: MemoryLink | undefined;
  #sink: LinkSink | undefined;
  /** What the peer has sent and this end has not taken yet, from `#head` on. */
  #incoming: Parcel[] = [];
  #head = 0;
  #cancelDelivery: (() => void) | undefined;
  #paused = false;
  #inFlight = 0;
  #octetsSent = 0;
  #full = false;
  /** This end has said that nothing more follows. */
  #finished = false;
  /** ... and said it first. */
  #endedHere = false;
  #aborted = false;
  #closed: LinkEnd | undefined;

  private constructor(remote: string, options: LinkPairOptions, clock: PipeClock) {
    this.remote = remote;
    this.#clock = clock;
    this.#latencyMs = options.latencyMs ?? 0;
    this.#highWaterMark = options.highWaterMark ?? 65_536;
  }

  /** Two ends of one pipe. */
  static pair(options: LinkPairOptions, clock: PipeClock): [MemoryLink, MemoryLink] {
    const a = new MemoryLink("memory:b", options, clock);
    const b = new MemoryLink("memory:a", options, clock);
    a.#peer = b;
    b.#peer = a;
    return [a, b];
  }

  start(sink: LinkSink): void {
    this.#sink = sink;
    const end = this.#closed;
    if (end === undefined) this.#deliverLater();
    else this.#soon(() => sink.onClose(end));
  }

  send(frame: Uint8Array): boolean {
    if (this.#finished) return false;
    this.#inFlight += frame.length;
    this.#full ||= this.#inFlight > this.#highWaterMark;
    // A copy: the sender may use its buffer again, and the receiver owns what it gets.
    this.#post({ kind: "frame", frame: new Uint8Array(frame), at: this.#arrival() });
    return !this.#full;
  }

  octetsSent(): number {
    return this.#octetsSent;
  }

  pause(): boolean {
    this.#paused = true;
    return true;
  }

  resume(): void {
    this.#paused = false;
    this.#deliverLater();
  }

  close(_info: CloseInfo): void {
    this.#endedHere ||= !this.#finished;
    this.#finish({ kind: "peer-closed" });
  }

  abort(_info: CloseInfo): void {
    if (this.#aborted || this.#closed !== undefined) return;
    this.#aborted = true;
    this.#finish({ kind: "lost", cause: new Error("the peer aborted the link") });
    this.#soon(() => this.#close({ kind: "local" }));
  }

  #arrival(): number {
    return this.#clock.now() + this.#latencyMs;
  }

  #soon(run: () => void): void {
    this.#clock.schedule(this.#clock.now(), run);
  }

  #finish(end: LinkEnd): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#post({ kind: "end", end, at: this.#arrival() });
  }

  #post(parcel: Parcel): void {
    const peer = this.#peer;
    if (peer === undefined || peer.#aborted || peer.#closed !== undefined) return;
    peer.#incoming.push(parcel);
    peer.#deliverLater();
  }

  #deliverLater(): void {
    const next = this.#incoming[this.#head];
    if (this.#sink === undefined || this.#paused || next === undefined) return;
    if (this.#cancelDelivery !== undefined) return; // what is on its way first arrives first
    this.#cancelDelivery = this.#clock.schedule(next.at, () => {
      this.#deliver();
      this.#cancelDelivery = undefined;
      this.#deliverLater();
    });
  }

  #deliver(): void {
    const now = this.#clock.now();
    let taken = 0;
    while (!this.#paused && !this.#aborted && this.#closed === undefined) {
      const parcel = this.#incoming[this.#head];
      if (parcel === undefined || parcel.at > now) break;
      this.#head += 1;
      if (parcel.kind === "end") {
        this.#close(this.#endedHere ? { kind: "local" } : parcel.end);
        break;
      }
      taken += parcel.frame.length;
      this.#sink?.onFrame(parcel.frame);
    }
    // Dropping the spent front once a delivery keeps each frame cheap.
    this.#incoming = this.#incoming.slice(this.#head);
    this.#head = 0;
    const peer = this.#peer;
    if (peer !== undefined && taken > 0) peer.#taken(taken);
  }

  /** The peer took `octets` off this end's hands. */
  #taken(octets: number): void {
    this.#inFlight -= octets;
    this.#octetsSent += octets;
    if (!this.#full || this.#inFlight > this.#highWaterMark / 2) return;
    this.#full = false;
    // Later, as everything: the peer's delivery is still running.
    this.#soon(() => {
      if (this.#closed === undefined) this.#sink?.onDrain();
    });
  }

  #close(end: LinkEnd): void {
    if (this.#closed !== undefined) return;
    this.#closed = end;
    this.#incoming = [];
    this.#head = 0;
    this.#cancelDelivery?.();
    // The answer to the peer's end: a close in good order ends both sides.
    this.#finish({ kind: "peer-closed" });
    this.#sink?.onClose(end);
  }
}
