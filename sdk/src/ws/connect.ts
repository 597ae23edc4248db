import { STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import type { ClientOptions, WebSocket } from "ws";
import { PulsewireError } from "../core/index.ts";
import {
  checkOptions,
  resolveAttempt,
  resolveOptions,
  Session,
  type SessionOptions,
} from "../driver/index.ts";
import { SUBPROTOCOL } from "../driver/websocket-close.ts";
import { checkKeepAlive, keepAlive, type OsKeepAliveOptions } from "../node/keep-alive.ts";
import { nodeRuntime } from "../node/runtime.ts";
import { loadWs } from "./load.ts";
import { checkStrings } from "./options.ts";
import { describeSocket } from "./remote.ts";
import { WsLink } from "./ws-link.ts";

/** Options of {@link connect}, with those of every session. */
export interface WsConnectOptions extends SessionOptions, OsKeepAliveOptions {
  /** `ws:` or `wss:`, without a fragment. */
  readonly url: string | URL;
  /** Sent with the handshake, such as `authorization`. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Subprotocols to offer after `pulsewire.v1`, for servers that read something from them. */
  readonly protocols?: readonly string[] | undefined;
  /** For `wss:`, as `tls.connect` takes them: `ca`, `cert`, `key`, `servername` ... */
  readonly tls?: ConnectionOptions | undefined;
  /** Gives the attempt up. Once connected it is no longer looked at: use `session.abort()`. */
  readonly signal?: AbortSignal | undefined;
  /** From the call to the open WebSocket: name look-up, TCP, TLS, handshake. 1 to 3600000, default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * What `options` come to, and the proof that they are sound, without dialling.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`.
 */
export function checkConnect(options: WsConnectOptions): { url: URL; maxFrameBytes: number } {
  checkOptions(options);
  const { maxFrameBytes } = resolveOptions(options);
  checkKeepAlive(options);
  const { protocols } = options;
  if (protocols !== undefined) checkStrings("protocols", "token", protocols);
  return { url: parseUrl(options.url), maxFrameBytes };
}

/**
 * Dials a WebSocket server that speaks Pulsewire.
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, `PW_URL`,
 *   `PW_MISSING_DEPENDENCY`, or `PW_CONNECT_FAILED`, which says what the server
 *   answered; and with the reason of `signal`.
 */
export async function connect(options: WsConnectOptions): Promise<Session> {
  const { url, maxFrameBytes } = checkConnect(options);
  const { connectTimeoutMs, signal } = resolveAttempt(options);
  const ws = dial(url, options, maxFrameBytes);
  return new Promise<Session>((resolve, reject) => {
    let socket: Duplex | undefined;
    const timer = setTimeout(() => {
      fail(connectFailed(url, `no answer within ${connectTimeoutMs} ms`));
    }, connectTimeoutMs);
    const aborted = (): void => fail(signal?.reason);
    signal?.addEventListener("abort", aborted, { once: true });
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", aborted);
    };
    const fail = (reason: unknown): void => {
      settle();
      reject(reason);
      ws.terminate(); // what it still says of its own end goes to the listeners below
    };
    ws.on("error", (error) => fail(connectFailed(url, describe(error), error)));
    ws.once("close", () => fail(connectFailed(url, "the connection was closed")));
    ws.once("unexpected-response", (_request, { statusCode = 0, statusMessage }) => {
      const phrase = statusMessage || STATUS_CODES[statusCode] || "";
      fail(connectFailed(url, `the server answered HTTP ${statusCode} ${phrase}`.trimEnd()));
    });
    ws.once("upgrade", (response) => {
      socket = response.socket;
    });
    // The link is made within this event: what the server sends right behind its answer follows it.
    ws.once("open", () => {
      if (ws.protocol !== SUBPROTOCOL) {
        fail(connectFailed(url, `the server selected the subprotocol "${ws.protocol}"`)); // PW-WS-2
        return;
      }
      settle();
      ws.removeAllListeners();
      keepAlive(socket, options);
      const link = new WsLink(ws, { ...describeSocket(socket, url.host), maxFrameBytes });
      resolve(Session.open(link, options, nodeRuntime));
    });
  });
}

function dial(url: URL, options: WsConnectOptions, maxFrameBytes: number): WebSocket {
  const { WebSocket } = loadWs();
  const clientOptions: ClientOptions = {
    ...(options.tls as object | undefined),
    headers: { ...options.headers },
    perMessageDeflate: false, // PW-WS-5
    maxPayload: maxFrameBytes, // PW-LIM-1
    followRedirects: false,
    allowSynchronousEvents: true,
  };
  try {
    return new WebSocket(url, [SUBPROTOCOL, ...(options.protocols ?? [])], clientOptions); // PW-WS-1
  } catch (cause) {
    throw new PulsewireError("PW_CONFIG", `this cannot be dialled: ${describe(cause)}`, { cause });
  }
}

function parseUrl(given: string | URL): URL {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url !== undefined && /^wss?:$/.test(url.protocol) && url.hash === "") return url;
  throw new PulsewireError(
    "PW_URL",
    `a URL such as "wss://host:port/path", without a fragment, is needed; got "${given}"`,
  );
}

function connectFailed(url: URL, why: string, cause?: unknown): PulsewireError {
  const message = `no connection to ${url.protocol}//${url.host}${url.pathname}: ${why}`;
  return new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote", cause });
}

/** The message of an error; of one for several addresses, all of theirs. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join("; ");
  return error instanceof Error ? error.message : String(error);
}
