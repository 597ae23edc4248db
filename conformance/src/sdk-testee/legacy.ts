/**
 * A peer from before heartbeats: data and Close in frames, on any transport, and nothing else. The
 * matrix sets configured peers against it. There is no state machine here: it would have nothing to keep.
 */
import type { TransportName } from "../model.ts";
import { dial, listen } from "../peers/index.ts";
import type { Address, PeerSink, RawListener, RawPeer } from "../peers/peer.ts";
import { dataFrames } from "../reference/data-frames.ts";
import { systemMachine } from "../time/machine.ts";
import { dataOf, decodeFrame } from "../wire/decode.ts";
import { encodeFrame } from "../wire/encode.ts";
import { concat } from "../wire/protobuf.ts";
import type { Conversation } from "./application.ts";

const NORMAL = 1;
/** How long it waits for the other side to let go after Close, in milliseconds [PW-CLS-8]. */
const CLOSE_LIMIT_MS = 2_000;
const utf8 = new TextEncoder();

export class LegacySession implements Conversation {
  /** Resolves when nothing is left of the connection. */
  readonly closed: Promise<object>;
  readonly #peer: RawPeer;
  readonly #messages: ReadableStream<Uint8Array>;
  #isOpen = true;
  #parts: Uint8Array[] = [];
  #deliver!: ReadableStreamDefaultController<Uint8Array>;
  #settle!: (end: object) => void;
  #limit: NodeJS.Timeout | undefined;

  private constructor(peer: RawPeer) {
    this.#peer = peer;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#messages = new ReadableStream({
      start: (controller) => {
        this.#deliver = controller;
      },
    });
  }

  /** Resolves when the connection is open; rejects if none comes about. */
  static open(peer: RawPeer): Promise<LegacySession> {
    const session = new LegacySession(peer);
    return new Promise((resolve, reject) => {
      peer.start(session.#sink(() => resolve(session)));
      // Of no effect once it has been open.
      void session.closed.then(() => reject(new Error("no connection came about")));
    });
  }

  get state(): "open" | "closed" {
    return this.#isOpen ? "open" : "closed";
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this.#messages[Symbol.asyncIterator]();
  }

  send(message: Uint8Array | string): void {
    const octets = typeof message === "string" ? utf8.encode(message) : message;
    for (const frame of dataFrames(octets)) this.#send(frame);
  }

  close(close: { readonly code?: number; readonly reason?: string } = {}): void {
    if (!this.#isOpen) return;
    const { code = NORMAL, reason } = close;
    this.#send(encodeFrame({ close: { code, reason } }));
    this.#end(code);
  }

  #send(frame: Uint8Array): void {
    this.#peer.sendOctets(this.#peer.framed(frame));
  }

  #end(code: number): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#peer.end(code);
    this.#limit = setTimeout(() => this.#peer.abort(), CLOSE_LIMIT_MS);
  }

  #sink(onOpen: () => void): PeerSink {
    return {
      onOpen,
      onFrame: (octets) => this.#take(octets),
      onOctets: () => undefined,
      onEnd: () => this.#end(NORMAL),
      onGone: () => {
        this.#isOpen = false;
        clearTimeout(this.#limit);
        this.#deliver.close();
        this.#settle({ kind: "legacy" });
      },
    };
  }

  #take(octets: Uint8Array): void {
    const frame = decodeFrame(octets);
    if (frame.body === "close" || frame.body === "malformed") this.#end(NORMAL);
    if (frame.body !== "data" || !this.#isOpen) return;
    this.#parts.push(dataOf(octets) ?? new Uint8Array());
    if (frame.more === true) return;
    this.#deliver.enqueue(concat(this.#parts));
    this.#parts = [];
  }
}

export async function connectLegacy(
  transport: TransportName,
  address: Address,
): Promise<LegacySession> {
  return LegacySession.open(dial(systemMachine, transport, address));
}

export function listenLegacy(
  transport: TransportName,
  onSession: (session: LegacySession) => void,
): Promise<RawListener> {
  return listen(systemMachine, transport, {}, (peer) => {
    // Who leaves before the connection is open has been nobody.
    LegacySession.open(peer).then(onSession, () => undefined);
  });
}
