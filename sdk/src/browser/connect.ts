import { CloseCode, PulsewireError } from "../core/index.ts";
import {
  refuseOsKeepAlive,
  resolveAttempt,
  resolveOptions,
  Session,
  type SessionOptions,
} from "../driver/index.ts";
import { SUBPROTOCOL, toWebSocketCode } from "../driver/websocket-close.ts";
import { BrowserLink } from "./browser-link.ts";
import { browserRuntime } from "./runtime.ts";
import type { WebSocketCloseEvent, WebSocketConstructor, WebSocketLike } from "./web-socket.ts";

/** Options of {@link connect}, with those of every session. */
export interface BrowserConnectOptions extends SessionOptions {
  /** `ws:` or `wss:`; in a page also relative to it, such as "/live". */
  readonly url: string | URL;
  /** Subprotocols to offer after `pulsewire.v1`, for servers that read something from them. */
  readonly protocols?: readonly string[] | undefined;
  /** The class to use; default `globalThis.WebSocket`. */
  readonly WebSocket?: WebSocketConstructor | undefined;
  /** Gives the attempt up. Once connected it is no longer looked at: use `session.abort()`. */
  readonly signal?: AbortSignal | undefined;
  /** From the call to the open WebSocket. 1 to 3600000, default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}

/**
 * Whom `options` name, and the proof that they are sound, without dialling.
 *
 * @throws PulsewireError `PW_CONFIG`, `PW_URL`.
 */
export function checkConnect(options: BrowserConnectOptions): URL {
  resolveOptions(options);
  refuseOsKeepAlive(options, "browsers keep their sockets to themselves");
  return parseUrl(options.url);
}

/**
 * Dials a WebSocket server that speaks Pulsewire, from a page or a worker.
 *
 * @throws (rejects with) PulsewireError `PW_CONFIG`, `PW_URL`, or
 *   `PW_CONNECT_FAILED`: browsers keep the reason to their console. And with
 *   the reason of `signal`.
 */
export async function connect(options: BrowserConnectOptions): Promise<Session> {
  const url = checkConnect(options);
  const { connectTimeoutMs, signal } = resolveAttempt(options);
  const socket = dial(url, options);
  return new Promise<Session>((resolve, reject) => {
    let why = "";
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
      socket.onopen = null;
      socket.onclose = null;
      socket.onerror = () => {};
      socket.close(toWebSocketCode(CloseCode.PROTOCOL_ERROR));
    };
    // A browser's event says nothing; other implementations have a message.
    socket.onerror = ({ message }: { readonly message?: string }) => {
      why = message === undefined || message === "" ? "" : `: ${message}`;
    };
    socket.onclose = ({ code }: WebSocketCloseEvent) => {
      fail(connectFailed(url, `the WebSocket was refused or failed, code ${code}${why}`));
    };
    socket.onopen = () => {
      if (socket.protocol !== SUBPROTOCOL) {
        fail(connectFailed(url, `the server selected the subprotocol "${socket.protocol}"`)); // PW-WS-2
        return;
      }
      settle();
      resolve(Session.open(new BrowserLink(socket, url), options, browserRuntime));
    };
  });
}

function dial(url: URL, options: BrowserConnectOptions): WebSocketLike {
  const Constructor = options.WebSocket ?? globalThis.WebSocket;
  if (Constructor === undefined) {
    throw new PulsewireError("PW_CONFIG", "there is no WebSocket here: pass one as `WebSocket`");
  }
  try {
    return new Constructor(url.href, [SUBPROTOCOL, ...(options.protocols ?? [])]); // PW-WS-1
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new PulsewireError("PW_CONFIG", `this cannot be dialled: ${why}`, { cause });
  }
}

function parseUrl(given: string | URL): URL {
  const base = globalThis.location?.href;
  const url = URL.canParse(String(given), base) ? new URL(given, base) : undefined;
  // A path alone takes the page's scheme.
  if (url?.protocol === "https:") url.protocol = "wss:";
  if (url?.protocol === "http:") url.protocol = "ws:";
  if (url !== undefined && /^wss?:$/.test(url.protocol) && url.hash === "") return url;
  throw new PulsewireError(
    "PW_URL",
    `a URL such as "wss://host:port/path", without a fragment, is needed; got "${given}"`,
  );
}

function connectFailed(url: URL, why: string): PulsewireError {
  const message = `no connection to ${url.protocol}//${url.host}${url.pathname}: ${why}`;
  return new PulsewireError("PW_CONNECT_FAILED", message, { side: "remote" });
}
