/** Byte streams as the raw peers use them: what lies below TCP, WebSocket and HTTP/2. */
import type { ClientHttp2Session, Http2Server } from "node:http2";
import type { Duplex } from "node:stream";

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** What the peers use of a `net.Socket`; its other direction stays open when one has ended. */
export interface StreamSocket extends Duplex {
  readonly connecting: boolean;
  /** TLS: the byte stream is there when the handshake is, which is told by "secureConnect". */
  readonly encrypted?: boolean;
  setNoDelay(on: boolean): unknown;
  /** Cuts the connection: RST. */
  resetAndDestroy(): unknown;
}

export interface Listener {
  readonly address: Address;
  /** Accepts no more; connections that exist live on. */
  close(): void;
}

export interface Network {
  /** Begins a connection: the socket tells by "connect" or "error" what became of it. */
  connect(address: Address): StreamSocket;
  /** Listens on a free port of 127.0.0.1. */
  listen(accept: (socket: StreamSocket) => void): Promise<Listener>;
  /** Begins an HTTP/2 session without TLS. */
  connectHttp2(address: Address): ClientHttp2Session;
  /** Lets a server listen on a free port of 127.0.0.1. */
  listenHttp2(server: Http2Server): Promise<Listener>;
}
