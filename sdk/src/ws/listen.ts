import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { TlsOptions } from "node:tls";
import { PulsewireError, resolveConfig } from "../core/index.ts";
import { SessionListener } from "../driver/index.ts";
import { nodeRuntime } from "../node/runtime.ts";
import type { WsHandshakeOptions } from "./handshake.ts";
import { serverUrl } from "./server-url.ts";
import { Upgrades } from "./upgrades.ts";

/** Options of {@link listen}, with those of every listener. */
export interface WsListenOptions extends WsHandshakeOptions {
  /** The interface to listen on. Default "127.0.0.1": a network is let in on purpose, with "0.0.0.0" or "::". */
  readonly host?: string | undefined;
  /** Default 0: one that is free, told in `address`. */
  readonly port?: number | undefined;
  /** Serve `wss:`, with what `tls.createServer` takes: `cert`, `key` ... */
  readonly tls?: TlsOptions | undefined;
}

/**
 * Serves Pulsewire over WebSocket on a port of its own. Plain HTTP requests are
 * answered with 426, handshakes for anything but `pulsewire.v1` with 400
 * [PW-WS-1].
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, before the port is opened;
 *   `PW_MISSING_DEPENDENCY`, `PW_ADDRESS_IN_USE`, `PW_LISTEN_FAILED`.
 */
export async function listen(options: WsListenOptions = {}): Promise<SessionListener> {
  const { maxFrameBytes } = resolveConfig(options);
  const server = createHttpServer(options.tls);
  const upgrades = new Upgrades(options, maxFrameBytes, (link) => listener.accept(link));
  server.on("request", (_request, response) => {
    response.writeHead(426, { upgrade: "websocket", "content-type": "text/plain" });
    response.end("this is for WebSocket\n");
  });
  await open(server, options);
  const url = serverUrl(server, options.tls !== undefined, options.path);
  const listener = new SessionListener(url, options, nodeRuntime, () => {
    upgrades.stop();
    return shut(server);
  });
  // Nothing that has arrived since is lost: this still is the turn in which the port was opened.
  server.on("upgrade", (request, socket, head) => void upgrades.handle(request, socket, head));
  return listener;
}

function createHttpServer(tls: TlsOptions | undefined): Server {
  if (tls === undefined) return createServer();
  try {
    return createTlsServer(tls);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `tls is not usable: ${why}`, { cause });
  }
}

function open(server: Server, { host = "127.0.0.1", port = 0 }: WsListenOptions): Promise<void> {
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

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections(); // those that have not become WebSockets
  });
}
