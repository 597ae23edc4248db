/**
 * Raw gRPC peers, on HTTP/2 itself: a gRPC library would hide the headers, the
 * PINGs and the half-close, and would not send what is no message.
 */
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  constants,
  createServer,
  type Http2Server,
  type Http2Session,
  type Http2Stream,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { Machine } from "../time/machine.ts";
import type { Time } from "../time/time.ts";
import { grpcStatusFor } from "../wire/close-codes.ts";
import { GrpcMessageReader, grpcMessage, grpcPrefix } from "../wire/grpc-messages.ts";
import {
  type Address,
  GRPC_PATH,
  type Manners,
  type PeerSink,
  type RawListener,
  type RawPeer,
  type Read,
} from "./peer.ts";

const NOTHING = new Uint8Array(0);
const CONTENT_TYPE = "application/grpc+proto";
const UNIMPLEMENTED = 12;

/** One call, from either side. */
abstract class GrpcPeer implements RawPeer {
  readonly transport = "grpc" as const;
  protected readonly manners: Manners;
  protected readonly stream: Http2Stream;
  protected readonly session: Http2Session;
  protected readonly time: Time;
  readonly #reader = new GrpcMessageReader();
  #sink: PeerSink | undefined;
  #batch = 0;
  #gone = false;
  #remoteEnded = false;

  constructor(session: Http2Session, stream: Http2Stream, manners: Manners, time: Time) {
    this.time = time;
    this.session = session;
    this.stream = stream;
    this.manners = manners;
  }

  abstract end(closeCode?: number): void;
  abstract halfClose(): void;
  protected abstract onStarted(sink: PeerSink): void;
  /** The other side ended its direction. */
  protected abstract onRemoteEnd(sink: PeerSink, cut: string | undefined): void;

  get alive(): boolean {
    return !this.#gone;
  }

  get unsentBytes(): number {
    return this.stream.writableLength;
  }

  start(sink: PeerSink): void {
    this.#sink = sink;
    const { stream, session } = this;
    this.onStarted(sink);
    stream.on("data", (chunk: Buffer) => {
      const read = this.nextRead();
      for (const piece of this.#reader.push(chunk)) {
        if (piece.kind === "announced") sink.onAnnounced?.(piece.length);
        else if (piece.kind === "frame") sink.onFrame(piece.octets, read);
        else if (piece.kind === "problem") sink.onOctets(NOTHING, piece.what, read);
      }
      sink.onProgress?.(this.#reader.pendingBytes);
    });
    stream.on("drain", () => sink.onDrain?.());
    stream.on("end", () => {
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR || stream.aborted) return;
      this.#remoteEnded = true;
      const cut = this.#reader.pendingBytes;
      this.onRemoteEnd(sink, cut > 0 ? `in the middle of a frame, after ${cut} octets` : undefined);
    });
    session.on("ping", (payload: Uint8Array) => {
      if (!this.#gone) sink.onOctets(payload, "http2 ping", this.nextRead());
    });
    stream.on("error", () => {
      // What went wrong is told by "close", with its code.
    });
    stream.on("close", () => {
      const code = stream.rstCode;
      if (!this.#remoteEnded)
        sink.onEnd({ how: "reset", detail: `HTTP/2 stream closed, code ${code}` });
      else if (code !== undefined && code !== constants.NGHTTP2_NO_ERROR)
        sink.onEnd({ how: "reset", detail: `RST_STREAM ${code}` });
      this.#gone = true;
      sink.onGone();
    });
  }

  framed(frame: Uint8Array): Uint8Array {
    return grpcMessage(frame);
  }

  head(length: number): Uint8Array {
    return grpcPrefix(length);
  }

  sendOctets(octets: Uint8Array): void {
    if (this.stream.writable && !this.stream.destroyed) this.stream.write(octets);
  }

  sendText(): void {
    throw new Error("gRPC has no text messages");
  }

  ping(): void {
    if (this.session.destroyed) return;
    this.session.ping(() => {
      // Whether it is answered says nothing of the peer: that is the point of the case.
    });
  }

  pause(): void {
    this.stream.pause();
  }

  resume(): void {
    this.stream.resume();
  }

  reset(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
  }

  abort(): void {
    this.stream.close(constants.NGHTTP2_CANCEL);
    this.session.destroy();
  }

  protected nextRead(): Read {
    this.#batch += 1;
    return { batch: this.#batch, at: this.time.now() };
  }

  protected get sink(): PeerSink {
    if (this.#sink === undefined) throw new Error("the peer was not started");
    return this.#sink;
  }
}

/** The harness calls. */
class GrpcClientPeer extends GrpcPeer {
  #status: number | undefined;
  #statusMessage: string | undefined;

  protected override onStarted(sink: PeerSink): void {
    const stream = this.stream as ClientHttp2Stream;
    let refused = this.session.connecting;
    this.session.on("error", (error: NodeJS.ErrnoException) => {
      if (refused) sink.onEnd({ how: "refused", detail: error.code ?? error.message });
    });
    const seeStatus = (headers: IncomingHttpHeaders): void => {
      const status = headers["grpc-status"];
      // What is no number is no status; a trace would have `null` for it.
      if (/^\d+$/.test(String(status))) this.#status = Number(status);
      const message = headers["grpc-message"];
      if (message !== undefined) this.#statusMessage = String(message);
    };
    stream.on("response", (headers) => {
      seeStatus(headers);
      sink.onOctets(NOTHING, `grpc response headers: ${headers[":status"]}`, this.nextRead());
    });
    stream.on("trailers", seeStatus);
    const open = (): void => {
      refused = false;
      sink.onOpen(this.time.now());
    };
    // The call exists once its headers are on their way [PW-GRPC-4].
    if (this.session.connecting) this.session.once("connect", open);
    else open();
  }

  protected override onRemoteEnd(sink: PeerSink, cut: string | undefined): void {
    const detail = cut ?? this.#statusMessage;
    sink.onEnd({ how: "status", code: this.#status, detail });
    if (this.manners.linger !== true) this.halfClose();
  }

  halfClose(): void {
    if (!this.stream.destroyed) this.stream.end();
  }

  end(): void {
    this.halfClose();
  }
}

/** The harness is called. */
class GrpcServerPeer extends GrpcPeer {
  readonly #path: string;
  #status = 0;

  constructor(
    session: Http2Session,
    stream: ServerHttp2Stream,
    path: string,
    manners: Manners,
    time: Time,
  ) {
    super(session, stream, manners, time);
    this.#path = path;
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": String(this.#status) }));
  }

  override sendOctets(octets: Uint8Array): void {
    this.#respond();
    super.sendOctets(octets);
  }

  protected override onStarted(sink: PeerSink): void {
    sink.onOctets(NOTHING, `grpc call: ${this.#path}`, this.nextRead());
    if (this.manners.withholdHeaders !== true) this.#respond();
    sink.onOpen(this.time.now());
  }

  protected override onRemoteEnd(sink: PeerSink, cut: string | undefined): void {
    sink.onEnd({ how: "half-close", detail: cut });
    if (this.manners.linger !== true) this.end();
  }

  halfClose(): void {
    // A server cannot end its direction without a status: there is no half-close of its own.
    this.end();
  }

  end(closeCode?: number): void {
    if (this.stream.destroyed || this.stream.writableEnded) return;
    this.#status = closeCode === undefined ? 0 : grpcStatusFor(closeCode);
    this.#respond();
    this.stream.end();
  }

  #respond(): void {
    const stream = this.stream as ServerHttp2Stream;
    if (stream.headersSent || stream.destroyed) return;
    stream.respond({ ":status": 200, "content-type": CONTENT_TYPE }, { waitForTrailers: true });
  }
}

export function dialGrpc(machine: Machine, address: Address, manners: Manners): RawPeer {
  return callGrpc(machine.network.connectHttp2(address), manners, machine.time);
}

/** The call that is a connection, on a session that need not be connected yet and is closed with it. */
export function callGrpc(session: ClientHttp2Session, manners: Manners, time: Time): RawPeer {
  session.on("error", () => {
    // The stream's end tells it.
  });
  const stream = session.request(
    {
      ":method": "POST",
      ":path": manners.path ?? GRPC_PATH,
      "content-type": CONTENT_TYPE,
      te: "trailers",
    },
    { endStream: false },
  );
  stream.on("close", () => session.close());
  return new GrpcClientPeer(session, stream, manners, time);
}

export async function listenGrpc(
  machine: Machine,
  manners: Manners,
  accept: (peer: RawPeer) => void,
): Promise<RawListener> {
  const server = createServer();
  serveGrpc(server, manners.anyMethod === true, (call) => accept(call(manners, machine.time)));
  return machine.network.listenHttp2(server);
}

/** Takes the calls of a server; each is a peer once it is known how that is to behave. */
export function serveGrpc(
  server: Http2Server,
  anyMethod: boolean,
  onCall: (call: (manners: Manners, time: Time) => RawPeer, stream: ServerHttp2Stream) => void,
): void {
  server.on("session", (session) => {
    session.on("error", () => {
      // The stream's end tells it.
    });
  });
  server.on("stream", (stream, headers) => {
    const path = headers[":path"] ?? "";
    if (path !== GRPC_PATH && !anyMethod) {
      stream.respond(
        { ":status": 200, "content-type": CONTENT_TYPE, "grpc-status": UNIMPLEMENTED },
        { endStream: true },
      );
      return;
    }
    const { session } = stream;
    if (session === undefined) return;
    onCall((manners, time) => new GrpcServerPeer(session, stream, path, manners, time), stream);
  });
}
