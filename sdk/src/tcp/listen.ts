import { once } from "node:events";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";
import { PulsewireError } from "../core/index.ts";
import {
  checkWholeNumber,
  type ListenerOptions,
  refuseOsKeepAlive,
  SessionListener,
} from "../driver/index.ts";
import type { OsKeepAliveOptions } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { linkOf } from "./attach.ts";
import { bind } from "./bind.ts";
import { checkAddress, describeError, formatAddress, maxFrameBytes } from "./options.ts";

/** Options of {@link listen}: where, with TLS or without, and those of every session. */
export interface ListenOptions extends ListenerOptions, OsKeepAliveOptions {
  /**
   * Name or IP address of the interface. Default "127.0.0.1", which only this
   * machine reaches: a protocol without passwords is opened to a network on
   * purpose, with "0.0.0.0" or "::", and not by leaving something out.
   */
  readonly host?: string | undefined;
  /** TCP port, 0 to 65535. Default 0: any free one, see `address`. */
  readonly port?: number | undefined;
  /** Unix socket, instead of host and port. A socket that a killed process left there is taken over; any other file is an error. It is removed at the end. */
  readonly path?: string | undefined;
  /**
   * TLS: the options of `tls.createServer`, at least `cert` and `key`; with
   * `ca`, `requestCert` and `rejectUnauthorized` only clients that have a
   * certificate. Default: none. `handshakeTimeout` is 10000 here.
   */
  readonly tls?: TlsOptions | undefined;
  /** Connections that may wait to be accepted. 1 to 65535, default 511; the system may allow fewer. */
  readonly backlog?: number | undefined;
}

/** A handshake that takes longer than this many ms is ended. Node's own default is two minutes. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * Listens. Options are checked before a port is opened.
 *
 * Rejects with PulsewireError `PW_CONFIG`, `PW_ADDRESS_IN_USE`, or
 * `PW_LISTEN_FAILED` with its `cause`.
 */
export async function listen(options: ListenOptions = {}): Promise<SessionListener> {
  const maxFrame = maxFrameBytes(options); // first: it refuses what is no object
  const { path, backlog = 511, tls, osKeepAliveMs } = options;
  checkAddress(options, 0);
  if (path !== undefined) refuseOsKeepAlive(options, "a Unix socket has none");
  checkWholeNumber("backlog", backlog, 1, 65_535);
  const { host = "127.0.0.1", port = 0 } = options;
  const where = path === undefined ? { host, port } : { path };

  const server = tls === undefined ? createTcpServer() : createSecureServer(tls);
  const sockets = new Set<Socket>();
  await bind(server, { ...where, backlog }, formatAddress(where, tls !== undefined));
  // A connection that could not be accepted, for want of file descriptors: the others go on.
  server.on("error", () => {});

  const bound = server.address();
  const actual =
    typeof bound === "object" && bound !== null ? { host: bound.address, port: bound.port } : where;
  const address = formatAddress(actual, tls !== undefined);
  const listener = new SessionListener(address, options, nodeRuntime, async () => {
    const closed = once(server, "close");
    server.close();
    // Each session ends in its own order. What is left then never got through its handshake.
    await Promise.all([...listener.sessions].map((session) => session.closed));
    for (const socket of sockets) socket.destroy();
    await closed;
  });
  const names = path === undefined ? { osKeepAliveMs } : { remote: address };
  server.on(tls === undefined ? "connection" : "secureConnection", (socket: Socket) => {
    listener.accept(linkOf(socket, names, maxFrame));
  });
  if (tls !== undefined) {
    server.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    // Not every failed handshake takes its socket with it: a timeout does not.
    server.on("tlsClientError", (_error: Error, socket: Socket) => socket.destroy());
  }
  return listener;
}

function createSecureServer(tls: TlsOptions): Server {
  // Without a certificate Node listens, and then fails every handshake.
  if (!(tls.cert && tls.key) && !tls.pfx && !tls.SNICallback && !tls.secureContext) {
    throw new PulsewireError("PW_CONFIG", "tls of listen needs cert and key, or pfx");
  }
  try {
    return createTlsServer({ handshakeTimeout: HANDSHAKE_TIMEOUT_MS, ...tls });
  } catch (cause) {
    throw new PulsewireError("PW_CONFIG", `tls: ${describeError(cause)}`, { cause });
  }
}
