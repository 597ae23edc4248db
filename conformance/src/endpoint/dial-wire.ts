/** Dials one peer, wherever it is: over TLS or not, with the path that its URL has. */
import { connect as connectHttp2 } from "node:http2";
import { connect, isIP } from "node:net";
import { connect as connectTls } from "node:tls";
import type { TransportName } from "../model.ts";
import type { StreamSocket } from "../network/network.ts";
import { callGrpc } from "../peers/grpc.ts";
import type { Address, Manners, RawListener, RawPeer } from "../peers/peer.ts";
import { TcpPeer } from "../peers/tcp.ts";
import { WebSocketPeer } from "../peers/websocket.ts";
import type { Wire } from "../peers/wire.ts";
import type { Time } from "../time/time.ts";
import { authority, type Endpoint, type TlsFiles } from "./endpoint.ts";

/** A peer that is somewhere else may take longer than one on loopback, in milliseconds. */
const PATIENCE_MS = 10_000;

export class DialWire implements Wire {
  readonly patienceMs: number;
  readonly #endpoint: Endpoint;
  readonly #tls: TlsFiles;
  readonly #time: Time;

  constructor(endpoint: Endpoint, tls: TlsFiles, time: Time, patienceMs: number = PATIENCE_MS) {
    this.patienceMs = patienceMs;
    this.#endpoint = endpoint;
    this.#tls = tls;
    this.#time = time;
  }

  /** The address is that of the endpoint, whatever is asked for. */
  dial(transport: TransportName, _address: Address, manners: Manners): RawPeer {
    const { path } = this.#endpoint;
    switch (transport) {
      case "tcp":
        return new TcpPeer(this.#connect(), manners, this.#time);
      case "ws": {
        const host = authority(this.#endpoint);
        return new WebSocketPeer(this.#connect(), true, host, manners, this.#time, path);
      }
      case "grpc": {
        const scheme = this.#endpoint.secure ? "https" : "http";
        const session = connectHttp2(`${scheme}://${authority(this.#endpoint)}`, this.#trust());
        return callGrpc(session, manners, this.#time);
      }
    }
  }

  listen(): Promise<RawListener> {
    return Promise.reject(new Error("a peer that is dialled does not dial"));
  }

  #connect(): StreamSocket {
    const { host, port, secure } = this.#endpoint;
    const plain = connect({ host, port, allowHalfOpen: true });
    if (!secure) return plain;
    const socket = connectTls({
      ...this.#trust(),
      socket: plain,
      host,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    // TLS cannot reset: what is beneath it can.
    return Object.assign(socket, { resetAndDestroy: () => plain.resetAndDestroy() });
  }

  #trust(): { readonly ca?: Buffer; readonly rejectUnauthorized: boolean } {
    const { ca, insecure } = this.#tls;
    return { ...(ca === undefined ? {} : { ca }), rejectUnauthorized: insecure !== true };
  }
}
