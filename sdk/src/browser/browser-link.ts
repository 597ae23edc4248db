import { CloseCode } from "../core/index.ts";
import type { CloseInfo, Link, LinkEnd, LinkSink } from "../driver/index.ts";
import { cutReason, fromWebSocketCode, toWebSocketCode } from "../driver/websocket-close.ts";
import type { WebSocketCloseEvent, WebSocketLike } from "./web-socket.ts";

/**
 * Octets left waiting in the browser at which `send` says to wait: one data
 * frame of the largest size, so that a heartbeat never waits behind more.
 */
const HIGH_WATER_BYTES = 65_536;
/** While it waits, the link looks for room after this time, then twice as long, up to the second value; ms. */
const FIRST_LOOK_MS = 4;
const LONGEST_LOOK_MS = 100;
const OPEN = 1;

/**
 * An open WebSocket of a browser. It shows whole messages alone [PW-WS-7], it
 * cannot be paused [PW-LIM-5], and it cannot be torn down: an aborted one is
 * told to close, and no longer listened to.
 */
export class BrowserLink implements Link {
  readonly transport: string;
  readonly remote: string;
  readonly #socket: WebSocketLike;
  #sink: LinkSink | undefined;
  /** What happened before {@link start}. */
  #early: ((sink: LinkSink) => void)[] = [];
  #violated = false;
  #closedHere = false;
  #closed = false;
  #octetsGiven = 0;
  #look: ReturnType<typeof setTimeout> | undefined;

  constructor(socket: WebSocketLike, url: URL) {
    this.transport = url.protocol === "wss:" ? "wss" : "ws";
    this.remote = url.host;
    this.#socket = socket;
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event: { readonly data: unknown }) => this.#handleMessage(event.data);
    socket.onerror = () => {}; // says nothing that `onclose`, which follows, does not
    socket.onclose = (event: WebSocketCloseEvent) => {
      this.#finish(
        this.#closedHere ? { kind: "local" } : fromWebSocketCode(event.code, event.reason),
      );
    };
  }

  start(sink: LinkSink): void {
    // Not within this call: whoever starts a link is not ready for frames before it returns.
    queueMicrotask(() => {
      this.#sink = sink;
      for (const deliver of this.#early.splice(0)) deliver(sink);
    });
  }

  send(frame: Uint8Array): boolean {
    if (this.#socket.readyState !== OPEN || this.#closed) return false;
    // A frame never lies in shared memory: the core has just made it.
    this.#socket.send(frame as Uint8Array<ArrayBuffer>); // PW-WS-3
    this.#octetsGiven += frame.length;
    if (this.#socket.bufferedAmount < HIGH_WATER_BYTES) return true;
    this.#lookAgain(FIRST_LOOK_MS);
    return false;
  }

  octetsSent(): number {
    return this.#octetsGiven - this.#socket.bufferedAmount;
  }

  /** A browser cannot stop reading [PW-LIM-5]. */
  pause(): boolean {
    return false;
  }

  resume(): void {}

  close(info: CloseInfo): void {
    this.#closedHere = true;
    if (this.#socket.readyState !== OPEN) return;
    this.#socket.close(toWebSocketCode(info.code), cutReason(info.reason)); // PW-WS-9, PW-MAP-1
  }

  abort(info: CloseInfo): void {
    this.close(info);
    // The browser goes on by itself, for as long as it likes; this side waits for nobody [PW-LIV-6].
    queueMicrotask(() => this.#finish({ kind: "local" }));
  }

  #tell(deliver: (sink: LinkSink) => void): void {
    if (this.#sink === undefined) this.#early.push(deliver);
    else deliver(this.#sink);
  }

  #handleMessage(data: unknown): void {
    if (this.#closed || this.#violated) return;
    if (data instanceof ArrayBuffer) {
      this.#tell((sink) => sink.onFrame(new Uint8Array(data)));
    } else {
      this.#violated = true;
      this.#tell((sink) => sink.onViolation(CloseCode.PROTOCOL_ERROR, "a text message")); // PW-WS-4
    }
    // A hidden page's timers sleep; messages do not.
    if (this.#look !== undefined) this.#drain();
  }

  /** `bufferedAmount` has no event: a timer, and only while something waits. */
  #lookAgain(delayMs: number): void {
    clearTimeout(this.#look);
    this.#look = setTimeout(() => {
      if (!this.#drain()) this.#lookAgain(Math.min(2 * delayMs, LONGEST_LOOK_MS));
    }, delayMs);
  }

  /** True if nothing is left to look for. */
  #drain(): boolean {
    if (!this.#closed && this.#socket.bufferedAmount >= HIGH_WATER_BYTES) return false;
    clearTimeout(this.#look);
    this.#look = undefined;
    if (!this.#closed) this.#tell((sink) => sink.onDrain());
    return true;
  }

  #finish(end: LinkEnd): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#look);
    this.#look = undefined;
    this.#tell((sink) => sink.onClose(end));
  }
}
