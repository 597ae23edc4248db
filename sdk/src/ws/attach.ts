import type { IncomingMessage, Server } from "node:http";
import { Server as TlsServer } from "node:https";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { CloseCode, PulsewireError } from "../core/index.ts";
import {
  checkOptions,
  describeValue,
  refuseOsKeepAlive,
  resolveOptions,
  SessionListener,
} from "../driver/index.ts";
import { SUBPROTOCOL, toWebSocketCode } from "../driver/websocket-close.ts";
import { checkKeepAlive, keepAlive } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { isForPath, offersPulsewire, type WsHandshakeOptions } from "./handshake.ts";
import { describeSocket } from "./remote.ts";
import { serverUrl } from "./server-url.ts";
import { Upgrades } from "./upgrades.ts";
import { WsLink } from "./ws-link.ts";

/** A `WebSocketServer` of the package `ws`, as far as {@link attach} needs it. */
export interface AttachableWebSocketServer {
  /** Tells it from an HTTP server. */
  readonly handleUpgrade: unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
  once(event: string, listener: () => void): unknown;
  /** Throws where it has no server of its own. */
  address?(): unknown;
  listenerCount(event: string): number;
}

/**
 * Serves Pulsewire on a server one already has. Closing the listener ends its
 * sessions and leaves the server open; when the server closes, so does the
 * listener.
 *
 * An HTTP or HTTPS server: handshakes for `path` are taken, and without a
 * `path` every one that offers `pulsewire.v1`. The others are left to whoever
 * else listens for "upgrade"; if nobody does, they are refused [PW-WS-1].
 *
 * A `WebSocketServer`: connections for which it selected `pulsewire.v1` are
 * taken. The others are left to whoever else listens for "connection"; if
 * nobody does, they are closed with 4004 [PW-WS-1]. The handshake is the
 * server's: `path`, `origins` and `authorize` are its business and refused
 * here. Give it `perMessageDeflate: false` [PW-WS-5] and `handleProtocols`, if
 * clients offer several subprotocols.
 *
 * `osKeepAliveMs` is refused on a server that listens on a Unix socket, which
 * has no such thing; on one that only later does, it has no effect.
 *
 * @throws PulsewireError `PW_CONFIG`; `PW_MISSING_DEPENDENCY`.
 */
export function attach(
  server: Server | TlsServer | AttachableWebSocketServer,
  options: WsHandshakeOptions = {},
): SessionListener {
  checkServer(server);
  checkOptions(options);
  const { maxFrameBytes } = resolveOptions(options);
  checkKeepAlive(options);
  if (isOnUnixSocket(server)) refuseOsKeepAlive(options, "a Unix socket has none");
  const listener =
    "handleUpgrade" in server
      ? attachToWebSocketServer(server, options, maxFrameBytes)
      : attachToHttpServer(server, options, maxFrameBytes);
  server.once("close", () => void listener.close());
  return listener;
}

/** By what it can do: a server of another copy of `ws`, or of HTTP/2, is as good. */
function checkServer(server: unknown): void {
  const given = (server ?? {}) as Readonly<Record<string, unknown>>;
  const can = (name: string): boolean => typeof given[name] === "function";
  const emits = ["on", "off", "once", "listenerCount"].every(can);
  if (emits && (can("handleUpgrade") || can("address"))) return;
  throw new PulsewireError(
    "PW_CONFIG",
    `server must be an HTTP or HTTPS server of Node, or a WebSocketServer of ws; got ${describeValue(server)}`,
  );
}

function isOnUnixSocket(server: { address?(): unknown }): boolean {
  try {
    return typeof server.address?.() === "string";
  } catch {
    return false; // a WebSocketServer whose handshakes come from elsewhere
  }
}

function attachToHttpServer(
  server: Server | TlsServer,
  options: WsHandshakeOptions,
  maxFrameBytes: number,
): SessionListener {
  const upgrades = new Upgrades(options, maxFrameBytes, (link) => listener.accept(link));
  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const isOurs =
      options.path === undefined ? offersPulsewire(request) : isForPath(request, options.path);
    // Somebody has to answer: a handshake that nobody takes would hang for ever.
    if (isOurs || server.listenerCount("upgrade") === 1) {
      void upgrades.handle(request, socket, head);
    }
  };
  const url = serverUrl(server, server instanceof TlsServer, options.path);
  const listener = new SessionListener(url, options, nodeRuntime, async () => {
    server.off("upgrade", onUpgrade);
    upgrades.stop();
  });
  server.on("upgrade", onUpgrade);
  return listener;
}

function attachToWebSocketServer(
  server: AttachableWebSocketServer,
  options: WsHandshakeOptions,
  maxFrameBytes: number,
): SessionListener {
  for (const name of ["path", "origins", "authorize"] as const) {
    if (options[name] === undefined) continue;
    throw new PulsewireError(
      "PW_CONFIG",
      `${name} is no option here: a WebSocketServer judges its handshakes itself`,
    );
  }
  const onConnection = (ws: WebSocket, request: IncomingMessage): void => {
    if (ws.protocol === SUBPROTOCOL) {
      keepAlive(request.socket, options);
      listener.accept(new WsLink(ws, { ...describeSocket(request.socket), maxFrameBytes }));
    } else if (server.listenerCount("connection") === 1) {
      ws.on("error", () => {}); // it has been turned away; what it still does is nobody's concern
      ws.close(toWebSocketCode(CloseCode.PROTOCOL_ERROR), `this is for ${SUBPROTOCOL}`); // PW-WS-1
    }
  };
  const listener = new SessionListener("WebSocketServer", options, nodeRuntime, async () => {
    server.off("connection", onConnection);
  });
  server.on("connection", onConnection);
  return listener;
}
