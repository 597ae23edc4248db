import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { CloseCode } from "../core/index.ts";
import type { CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";
import { cutReason, fromWebSocketCode, toWebSocketCode } from "../driver/websocket-close.ts";
import { FrameTap } from "./frame-tap.ts";
import { violationOf } from "./violation.ts";

/**
 * Octets left waiting in this process at which `send` says to wait: one data
 * frame of the largest size, so that a heartbeat waits behind two of them at most.
 */
const HIGH_WATER_BYTES = 65_536;
/** How long a WebSocket whose peer has ended it may take to send what waits, in ms. */
const FAREWELL_MS = 1000;
/** From here on a frame gets memory that was used before: for less, Node has a pool. */
const LONG_BYTES = 16_384;
const OPEN = 1;

/**
 * Where a WebSocket, and the socket below it, have their link. The listeners are
 * the same functions for all of them and look for it there: a closure for each
 * would be a third of what an idle link takes.
 */
const LINK = Symbol("pulsewire link");

function linkOf(emitter: object): WsLink {
  return (emitter as { readonly [LINK]: WsLink })[LINK];
}

/** PW-WS-3, PW-WS-5: one binary message, never compressed, whatever a foreign server negotiated. */
const MESSAGE = { binary: true, compress: false } as const;

/** What the link is told about the connection under the WebSocket. */
export interface WsLinkContext {
  /** What the WebSocket reads and writes; undefined if unknown, and then only whole messages are life. */
  readonly socket: Duplex | undefined;
  readonly transport: "ws" | "wss";
  /** The peer's address, for people and logs. */
  readonly remote: string;
  /** A message that announces more is refused before it comes, whatever the WebSocket would take [PW-LIM-1]. */
  readonly maxFrameBytes: number;
}

/**
 * One WebSocket of the package `ws`, open, and made a link in the same turn in
 * which it opened: what it reads after that is seen octet for octet.
 */
export class WsLink implements Link {
  readonly transport: string;
  readonly remote: string;
  readonly #ws: WebSocket;
  readonly #socket: Duplex | undefined;
  readonly #maxFrameBytes: number;
  readonly #tap = new FrameTap();
  #sink: LinkSink | undefined;
  /** What happened before {@link start}. */
  #early: ((sink: LinkSink) => void)[] | undefined;
  /** The peer broke a rule: nothing more is delivered but the end. */
  #violated = false;
  #closedHere = false;
  #closed = false;
  #blocked = false;
  /** ws is being given what the socket read; its last message so far waits until more is known. */
  #reading = false;
  #held: Uint8Array | undefined;
  /** Octets of the frames between cork and uncork. */
  #batch: { octets: number } | undefined;
  /** Memory of a long frame that has left, for the next one; the collector may have it. */
  #spare: WeakRef<Buffer> | undefined;
  #octetsSent = 0;
  #socketError: Error | undefined;
  #farewell: NodeJS.Timeout | undefined;

  constructor(ws: WebSocket, context: WsLinkContext) {
    this.#ws = ws;
    this.transport = context.transport;
    this.remote = context.remote;
    this.#socket = context.socket;
    this.#maxFrameBytes = context.maxFrameBytes;
    ws.binaryType = "nodebuffer";
    const { ofWebSocket, ofSocket } = WsLink.#listeners;
    Object.assign(ws, { [LINK]: this });
    ws.on("message", ofWebSocket.message);
    ws.on("error", ofWebSocket.error);
    ws.on("close", ofWebSocket.close);
    if (this.#socket !== undefined) {
      Object.assign(this.#socket, { [LINK]: this });
      this.#socket.prependListener("data", ofSocket.beforeData);
      // After the listeners of ws, so that a whole message is delivered before its octets are looked at.
      this.#socket.on("data", ofSocket.data);
      this.#socket.on("end", ofSocket.end);
      this.#socket.on("error", ofSocket.error);
    }
    ws.pause(); // until start(): the operating system holds what arrives
  }

  start(sink: LinkSink): void {
    // Not within this call: whoever starts a link is not ready for frames before it returns.
    queueMicrotask(() => {
      this.#sink = sink;
      for (const deliver of this.#early?.splice(0) ?? []) deliver(sink);
      this.#ws.resume();
    });
  }

  send(frame: Uint8Array): boolean {
    if (this.#ws.readyState !== OPEN) return false;
    if (this.#batch !== undefined) return this.#sendInBatch(frame, this.#batch);
    const { length } = frame;
    this.#ws.send(frame, MESSAGE, (error) => this.#handleSent(length, error));
    this.#blocked = this.#ws.bufferedAmount >= HIGH_WATER_BYTES;
    return !this.#blocked;
  }

  sendParts(head: Uint8Array, data: Uint8Array): boolean {
    const length = head.length + data.length;
    if (length >= LONG_BYTES) return this.#sendLong(length, head, data);
    return this.send(join(Buffer.allocUnsafe(length), head, data));
  }

  /**
   * What is corked is taken as one, so the first of a batch tells for all; and
   * the last, if it has to tell that there is room. A callback for each was a
   * quarter of what sending cost.
   */
  #sendInBatch(frame: Uint8Array, batch: { octets: number }): boolean {
    const ws = this.#ws;
    this.#blocked = ws.bufferedAmount + frame.length >= HIGH_WATER_BYTES;
    if (batch.octets === 0) ws.send(frame, MESSAGE, this.#handleBatch(batch));
    else if (this.#blocked) ws.send(frame, MESSAGE, this.#handleBatch({ octets: 0 }));
    else ws.send(frame, MESSAGE);
    batch.octets += frame.length;
    return !this.#blocked;
  }

  /** Memory that is used again is in the caches still: with fresh memory, a sender needs half as long again. */
  #sendLong(length: number, head: Uint8Array, data: Uint8Array): boolean {
    let memory = this.#spare?.deref();
    if (memory === undefined || memory.length < length) memory = Buffer.allocUnsafeSlow(length);
    this.#spare = undefined;
    const room = this.send(join(memory.subarray(0, length), head, data));
    // Only what a socket of Node has passed to the operating system is certainly nobody's any more.
    if (this.#socket instanceof Socket && this.#ws.bufferedAmount === 0)
      this.#spare = new WeakRef(memory);
    return room;
  }

  /** The frames of a batch leave in one write: ws itself makes one of each. */
  cork(): void {
    if (this.#socket === undefined) return;
    this.#batch = { octets: 0 };
    this.#socket.cork();
  }

  uncork(): boolean {
    this.#batch = undefined;
    this.#socket?.uncork();
    return !this.#blocked && this.#ws.readyState === OPEN;
  }

  octetsSent(): number {
    return this.#octetsSent;
  }

  pause(): boolean {
    this.#ws.pause();
    return true;
  }

  resume(): void {
    this.#ws.resume();
  }

  close(info: CloseInfo): void {
    this.#closedHere = true;
    if (this.#ws.readyState !== OPEN) return;
    this.#ws.close(toWebSocketCode(info.code), cutReason(info.reason)); // PW-WS-9, PW-MAP-1
  }

  abort(info: CloseInfo): void {
    // What can be written goes to the operating system at once and is not lost with the socket.
    this.close(info);
    this.#ws.terminate();
  }

  #tell(deliver: (sink: LinkSink) => void): void {
    if (this.#sink !== undefined) deliver(this.#sink);
    else {
      this.#early ??= [];
      this.#early.push(deliver);
    }
  }

  static readonly #listeners = {
    ofWebSocket: {
      message(this: WebSocket, data: unknown, isBinary: boolean): void {
        linkOf(this).#handleMessage(data, isBinary);
      },

      error(this: WebSocket, error: Error): void {
        linkOf(this).#handleError(error);
      },

      close(this: WebSocket, code: number, reason: Buffer): void {
        linkOf(this).#handleClose(code, reason.toString());
      },
    },
    ofSocket: {
      /** Before the listeners of ws. */
      beforeData(this: Duplex): void {
        linkOf(this).#reading = true;
      },

      data(this: Duplex, octets: Uint8Array): void {
        linkOf(this).#handleOctets(octets);
      },

      end(this: Duplex): void {
        linkOf(this).#expectClose();
      },

      error(this: Duplex, error: Error): void {
        linkOf(this).#socketError = error;
      },
    },
  };

  #handleMessage(data: unknown, isBinary: boolean): void {
    if (!isBinary || !Buffer.isBuffer(data)) {
      this.#violate(CloseCode.PROTOCOL_ERROR, "a text message"); // PW-WS-4
      return;
    }
    if (this.#violated) return;
    this.#passHeld(true);
    this.#held = data;
    if (!this.#reading) this.#passHeld(false);
  }

  /** Hands on the message that waits; `more` of the same read follows at once. */
  #passHeld(more: boolean): void {
    const frame = this.#held;
    if (frame === undefined) return;
    this.#held = undefined;
    if (this.#sink !== undefined) this.#sink.onFrame(frame, more);
    else this.#keepFrame(frame, more);
  }

  /** By itself: a method that makes a closure pays for it on every call. */
  #keepFrame(frame: Uint8Array, more: boolean): void {
    this.#tell((sink) => sink.onFrame(frame, more));
  }

  #handleOctets(chunk: Uint8Array): void {
    this.#reading = false;
    this.#passHeld(false);
    // PW-WS-7; pings and pongs are left out [PW-WS-6]
    const isLife = this.#tap.push(chunk);
    if (isLife && !this.#violated) this.#tell((sink) => sink.onOctets());
    const { closeSeen, messageBytes } = this.#tap;
    if (messageBytes > this.#maxFrameBytes)
      this.#violate(CloseCode.FRAME_TOO_LARGE, `a message of ${messageBytes} octets or more`);
    if (closeSeen) this.#expectClose();
  }

  #handleError(error: Error): void {
    const code = violationOf(error);
    if (code === undefined) this.#socketError ??= error;
    else this.#violate(code, error.message); // PW-WS-10: ws answers with a close code of its own
  }

  #violate(code: number, detail: string): void {
    if (this.#violated) return;
    this.#passHeld(true);
    this.#violated = true;
    this.#tell((sink) => sink.onViolation(code, detail));
  }

  /** By itself: a method that makes a closure pays for it on every call. */
  #handleBatch(batch: { readonly octets: number }): (error?: Error | null) => void {
    return (error) => this.#handleSent(batch.octets, error);
  }

  #handleSent(octets: number, error: Error | null | undefined): void {
    if (error !== undefined && error !== null) return;
    this.#octetsSent += octets;
    if (!this.#blocked || this.#closed || this.#ws.bufferedAmount >= HIGH_WATER_BYTES) return;
    this.#blocked = false;
    this.#tell((sink) => sink.onDrain());
  }

  /**
   * The peer has ended its direction. ws answers in good order, and then waits
   * half a minute for the other end to let go; that is too long [PW-CLS-4].
   */
  #expectClose(): void {
    if (this.#farewell !== undefined || this.#closed) return;
    const letGo = (): void => this.#ws.terminate();
    this.#farewell = setTimeout(letGo, FAREWELL_MS);
    if (this.#socket?.writableFinished === true) setImmediate(letGo);
    else this.#socket?.once("finish", letGo);
  }

  #handleClose(wsCode: number, reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#farewell);
    const { beforeData, data } = WsLink.#listeners.ofSocket;
    this.#socket?.off("data", beforeData);
    this.#socket?.off("data", data);
    this.#passHeld(true);
    const end: LinkEnd = this.#closedHere
      ? { kind: "local" }
      : fromWebSocketCode(wsCode, reason, this.#socketError);
    this.#tell((sink) => sink.onClose(end));
  }
}

function join(into: Buffer, head: Uint8Array, data: Uint8Array): Buffer {
  const { length } = head;
  // A loop for few octets: of them, `set` is slower.
  for (let at = 0; at < length; at += 1) into[at] = head[at] as number;
  into.set(data, length);
  return into;
}
