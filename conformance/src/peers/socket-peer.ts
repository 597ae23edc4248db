/** What TCP and WebSocket peers share: a socket, a framing, a sink. */
import type { TransportName } from "../model.ts";
import type { StreamSocket } from "../network/network.ts";
import type { Time } from "../time/time.ts";
import type { FramingReader, Piece } from "../wire/framing.ts";
import type { Manners, PeerSink, RawPeer, Read } from "./peer.ts";

export abstract class SocketPeer implements RawPeer {
  abstract readonly transport: TransportName;
  protected readonly socket: StreamSocket;
  protected readonly manners: Manners;
  protected readonly reader: FramingReader;
  readonly #time: Time;
  #sink: PeerSink | undefined;
  #batch = 0;
  #gone = false;

  constructor(socket: StreamSocket, reader: FramingReader, manners: Manners, time: Time) {
    this.socket = socket;
    this.reader = reader;
    this.manners = manners;
    this.#time = time;
    socket.setNoDelay(true);
  }

  abstract framed(frame: Uint8Array): Uint8Array;
  abstract head(length: number): Uint8Array;
  abstract sendText(text: string): void;
  abstract ping(): void;
  abstract end(closeCode?: number): void;

  get alive(): boolean {
    return !this.#gone;
  }

  get unsentBytes(): number {
    return this.socket.writableLength;
  }

  start(sink: PeerSink): void {
    this.#sink = sink;
    const { socket } = this;
    let refused = socket.connecting;
    if (socket.connecting)
      socket.once(socket.encrypted === true ? "secureConnect" : "connect", () => {
        refused = false;
        this.onConnected();
      });
    else this.onConnected();
    socket.on("data", (chunk: Buffer) => {
      this.#batch += 1;
      this.onRead(chunk, { batch: this.#batch, at: this.#time.now() });
    });
    socket.on("drain", () => sink.onDrain?.());
    socket.on("end", () => {
      const cut = this.reader.pendingBytes;
      sink.onEnd({
        how: "fin",
        ...(cut > 0 ? { detail: `in the middle of a frame, after ${cut} octets` } : {}),
      });
      if (this.manners.linger !== true) socket.end();
    });
    socket.on("error", (error: NodeJS.ErrnoException) =>
      sink.onEnd({ how: refused ? "refused" : "reset", detail: error.code ?? error.message }),
    );
    socket.on("close", () => {
      this.#gone = true;
      sink.onGone();
    });
  }

  sendOctets(octets: Uint8Array): void {
    if (this.socket.writable) this.socket.write(octets);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  halfClose(): void {
    this.socket.end();
  }

  reset(): void {
    this.socket.resetAndDestroy();
  }

  abort(): void {
    this.socket.destroy();
  }

  protected get sink(): PeerSink {
    if (this.#sink === undefined) throw new Error("the peer was not started");
    return this.#sink;
  }

  /** The byte stream is there. */
  protected onConnected(): void {
    this.sink.onOpen(this.#time.now());
  }

  protected onRead(chunk: Uint8Array, read: Read): void {
    const pieces = this.reader.push(chunk);
    for (const piece of pieces) this.onPiece(piece, read);
    const { pendingBytes } = this.reader;
    // A read of nothing but pings and the like is no progress of frames.
    if (pendingBytes > 0 || pieces.some((piece) => piece.kind === "frame"))
      this.sink.onProgress?.(pendingBytes);
  }

  protected onPiece(piece: Piece, read: Read): void {
    switch (piece.kind) {
      case "announced":
        this.sink.onAnnounced?.(piece.length, piece.head);
        break;
      case "frame":
        this.sink.onFrame(piece.octets, read);
        break;
      case "control":
        this.sink.onOctets(piece.octets, piece.what, read);
        break;
      case "problem":
        this.sink.onOctets(new Uint8Array(0), piece.what, read);
        break;
      case "close-code":
        this.sink.onEnd({ how: "close-code", code: piece.code, detail: piece.reason });
        break;
    }
  }
}
