/**
 * Waits for a peer that dials, and dials again whenever its connection has ended.
 *
 * Each connection that arrives is given to whoever has waited longest. One that
 * nobody waits for is kept for a moment and then let go: a peer whose
 * connection was taken late would look early.
 */
import { createServer as createHttp2Server, createSecureServer } from "node:http2";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createSecureContext, TLSSocket } from "node:tls";
import type { TransportName } from "../model.ts";
import type { StreamSocket } from "../network/network.ts";
import { serveGrpc } from "../peers/grpc.ts";
import type { Address, Manners, RawListener, RawPeer } from "../peers/peer.ts";
import { TcpPeer } from "../peers/tcp.ts";
import { WebSocketPeer } from "../peers/websocket.ts";
import type { Wire } from "../peers/wire.ts";
import type { Time } from "../time/time.ts";
import type { Endpoint, TlsFiles } from "./endpoint.ts";

/** So long a connection that nobody waits for is kept, in milliseconds. */
const KEEP_MS = 50;
/** A TLS handshake that takes longer is given up, in milliseconds. */
const HANDSHAKE_MS = 10_000;

interface Waiting {
  readonly manners: Manners;
  readonly accept: (peer: RawPeer) => void;
}

interface Arrival {
  readonly make: (manners: Manners) => RawPeer;
  /** It may have ended while nobody listened to it. */
  readonly isAlive: () => boolean;
  readonly drop: () => void;
  readonly cancel: () => void;
}

export interface ListenWireOptions {
  readonly endpoint: Endpoint;
  readonly tls: TlsFiles;
  readonly time: Time;
  /** How long somebody may wait for a connection, in milliseconds. */
  readonly patienceMs: number;
  /** Somebody has waited for so long, and nothing came. */
  readonly onImpatient: () => void;
}

type Server = ReturnType<typeof createServer> | ReturnType<typeof createHttp2Server>;

export class ListenWire implements Wire {
  /** Longer than our own patience, which has the better words for it. */
  readonly patienceMs: number;
  readonly #options: ListenWireOptions;
  readonly #waiting: Waiting[] = [];
  readonly #kept: Arrival[] = [];
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #endpoint: Endpoint;
  #stopPatience: (() => void) | undefined;

  constructor(options: ListenWireOptions) {
    this.#options = options;
    this.#endpoint = options.endpoint;
    this.patienceMs = options.patienceMs + 1_000;
  }

  /** Where it listens: with the port, once it is open. */
  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Binds the port; rejects if that is not to be had. */
  async open(): Promise<void> {
    const { host, port } = this.#endpoint;
    const server = this.#make();
    this.#server = server;
    server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    this.#endpoint = { ...this.#endpoint, port: (server.address() as AddressInfo).port };
  }

  dial(): RawPeer {
    throw new Error("a peer that dials is not dialled");
  }

  listen(
    _transport: TransportName,
    manners: Manners,
    accept: (peer: RawPeer) => void,
  ): Promise<RawListener> {
    const waiting: Waiting = { manners, accept };
    this.#waiting.push(waiting);
    if (this.#waiting.length === 1) this.#beginPatience();
    // Not before the caller has what this returns.
    queueMicrotask(() => this.#serve());
    const close = (): void => {
      const at = this.#waiting.indexOf(waiting);
      if (at >= 0) this.#waiting.splice(at, 1);
      if (this.#waiting.length === 0) this.#stopPatience?.();
    };
    const address: Address = { host: this.#endpoint.host, port: this.#endpoint.port };
    return Promise.resolve({ address, close });
  }

  /** Lets go of the port and of every connection. */
  async close(): Promise<void> {
    this.#stopPatience?.();
    for (const arrival of this.#kept.splice(0)) arrival.cancel();
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #make(): Server {
    const { transport, secure } = this.#endpoint;
    const { cert, key } = this.#options.tls;
    const certificate = {
      ...(cert === undefined ? {} : { cert }),
      ...(key === undefined ? {} : { key }),
    };
    if (transport === "grpc") {
      const server = secure ? createSecureServer(certificate) : createHttp2Server();
      serveGrpc(server as ReturnType<typeof createHttp2Server>, false, (call, stream) => {
        this.#arrive({
          make: (manners) => call(manners, this.#options.time),
          isAlive: () => !stream.destroyed,
          drop: () => stream.close(),
        });
      });
      return server as Server;
    }
    const context = secure ? createSecureContext(certificate) : undefined;
    return createServer({ allowHalfOpen: true }, (plain) => {
      plain.on("error", () => {
        // Its end tells it, to whoever has it by then.
      });
      if (context === undefined) {
        this.#arriveSocket(plain);
        return;
      }
      const secured = new TLSSocket(plain, { isServer: true, secureContext: context });
      secured.on("error", () => plain.destroy());
      const stop = this.#options.time.after(HANDSHAKE_MS, () => plain.destroy());
      plain.once("close", stop);
      secured.once("secure", () => {
        stop();
        const resetAndDestroy = (): unknown => plain.resetAndDestroy();
        this.#arriveSocket(Object.assign(secured, { resetAndDestroy }));
      });
    });
  }

  #arriveSocket(socket: StreamSocket): void {
    const { time } = this.#options;
    const isPlain = this.#endpoint.transport === "tcp";
    this.#arrive({
      make: (manners) =>
        isPlain
          ? new TcpPeer(socket, manners, time)
          : new WebSocketPeer(socket, false, "", manners, time),
      isAlive: () => !socket.destroyed,
      drop: () => void socket.destroy(),
    });
  }

  #arrive(what: Omit<Arrival, "cancel">): void {
    const cancel = this.#options.time.after(KEEP_MS, () => {
      this.#kept.splice(this.#kept.indexOf(arrival), 1);
      what.drop();
    });
    const arrival: Arrival = { ...what, cancel };
    this.#kept.push(arrival);
    this.#serve();
  }

  #serve(): void {
    for (;;) {
      const arrival = this.#kept[0];
      const waiting = this.#waiting[0];
      if (arrival === undefined || waiting === undefined) return;
      this.#kept.shift();
      arrival.cancel();
      if (!arrival.isAlive()) continue;
      this.#waiting.shift();
      this.#stopPatience?.();
      if (this.#waiting.length > 0) this.#beginPatience();
      waiting.accept(arrival.make(waiting.manners));
    }
  }

  #beginPatience(): void {
    const { time, patienceMs, onImpatient } = this.#options;
    this.#stopPatience = time.after(patienceMs, onImpatient);
  }
}
