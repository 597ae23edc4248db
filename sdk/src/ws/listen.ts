import { createServer, type Server } from "node:http";
import { createServer as createTlsServer, Server as TlsServer } from "node:https";
import type { Socket } from "node:net";
import type { TLSSocket, TlsOptions } from "node:tls";
import { PulsewireError } from "../core/index.ts";
import {
  checkOptions,
  checkWholeNumber,
  describeValue,
  resolveOptions,
  SessionListener,
} from "../driver/index.ts";
import { checkKeepAlive } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import type { WsHandshakeOptions } from "./handshake.ts";
import { checkHost } from "./options.ts";
import { serverUrl } from "./server-url.ts";
import { Upgrades } from "./upgrades.ts";

/** Options of {@link listen}, with those of every listener. */
export interface WsListenOptions extends WsHandshakeOptions {
  /** The interface to listen on. Default "127.0.0.1": a network is let in on purpose, with "0.0.0.0" or "::". */
  readonly host?: string | undefined;
  /** 0 to 65535. Default 0: one that is free, told in `address`. */
  readonly port?: number | undefined;
  /** Serve `wss:`, with what `tls.createServer` takes: `cert`, `key` ... `handshakeTimeout` is 10000 here. */
  readonly tls?: TlsOptions | undefined;
}

/**
 * How long a connection may take to become a WebSocket, in ms: for its TLS
 * handshake, and then for its HTTP request. Node's own defaults are minutes.
 */
const ARRIVAL_TIMEOUT_MS = 10_000;
/** How often Node looks for requests that take longer; its own default is half a minute. */
const ARRIVAL_CHECK_MS = 1000;

/**
 * Serves Pulsewire over WebSocket on a port of its own. Plain HTTP requests are
 * answered with 426, handshakes for anything but `pulsewire.v1` with 400
 * [PW-WS-1].
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, before the port is opened;
 *   `PW_MISSING_DEPENDENCY`, `PW_ADDRESS_IN_USE`, `PW_LISTEN_FAILED`.
 */
export async function listen(options: WsListenOptions = {}): Promise<SessionListener> {
  checkOptions(options);
  const { host = "127.0.0.1", port = 0, tls } = options;
  const { maxFrameBytes } = resolveOptions(options);
  checkKeepAlive(options);
  checkHost(host);
  checkWholeNumber("port", port, 0, 65_535);
  const server = createHttpServer(tls);
  const handshakes = trackTlsHandshakes(server);
  const upgrades = new Upgrades(options, maxFrameBytes, (link) => listener.accept(link));
  server.on("request", (_request, response) => {
    response.writeHead(426, { upgrade: "websocket", "content-type": "text/plain" });
    response.end("this is for WebSocket\n");
  });
  await open(server, host, port);
  const url = serverUrl(server, tls !== undefined, options.path);
  const listener = new SessionListener(url, options, nodeRuntime, () => {
    upgrades.stop();
    return shut(server, handshakes.values());
  });
  // Nothing that has arrived since is lost: this still is the turn in which the port was opened.
  server.on("upgrade", (request, socket, head) => void upgrades.handle(request, socket, head));
  return listener;
}

function createHttpServer(tls: TlsOptions | undefined): Server {
  const timeouts = {
    headersTimeout: ARRIVAL_TIMEOUT_MS,
    requestTimeout: ARRIVAL_TIMEOUT_MS,
    connectionsCheckingInterval: ARRIVAL_CHECK_MS,
  };
  if (tls === undefined) return createServer(timeouts);
  if (typeof tls !== "object" || tls === null) {
    throw new PulsewireError("PW_CONFIG", `tls must be an object; got ${describeValue(tls)}`);
  }
  // Without a certificate Node listens, and then fails every handshake.
  if (!(tls.cert && tls.key) && !tls.pfx && !tls.SNICallback && !tls.secureContext) {
    throw new PulsewireError("PW_CONFIG", "tls of listen needs cert and key, or pfx");
  }
  const { handshakeTimeout = ARRIVAL_TIMEOUT_MS } = tls;
  try {
    return createTlsServer({ ...tls, handshakeTimeout, ...timeouts });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `tls is not usable: ${why}`, { cause });
  }
}

/** The connections within their TLS handshake, of which the HTTP server does not know yet. */
function trackTlsHandshakes(server: Server): ReadonlyMap<string, Socket> {
  const sockets = new Map<string, Socket>();
  if (!(server instanceof TlsServer)) return sockets;
  // Node does not tell which TCP connection is under a TLS socket; the addresses of both ends do.
  const nameOf = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
    `${remoteAddress} ${remotePort} ${localAddress}`;
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    sockets.set(name, socket);
    socket.once("close", () => {
      if (sockets.get(name) === socket) sockets.delete(name);
    });
  });
  server.on("secureConnection", (socket: TLSSocket) => sockets.delete(nameOf(socket)));
  return sockets;
}

function open(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const failed = (cause: Error & { code?: string }): void => {
      const at = `${host}:${port}`;
      const isTaken = cause.code === "EADDRINUSE";
      reject(
        new PulsewireError(
          isTaken ? "PW_ADDRESS_IN_USE" : "PW_LISTEN_FAILED",
          isTaken
            ? `cannot listen on ${at}: another process listens there: stop it, or choose another port (0 for any free one)`
            : `cannot listen on ${at}: ${cause.message}`,
          { cause },
        ),
      );
    };
    server.once("error", failed);
    server.once("listening", () => {
      server.off("error", failed);
      // Accepting can fail later too, as when the process has no descriptor left; the next may succeed.
      server.on("error", () => {});
      resolve();
    });
    try {
      server.listen({ host, port });
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      reject(new PulsewireError("PW_CONFIG", `cannot listen: ${why}`, { cause }));
    }
  });
}

function shut(server: Server, handshakes: Iterable<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections(); // those that have not become WebSockets
    for (const socket of handshakes) socket.destroy();
  });
}
