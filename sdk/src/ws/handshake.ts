import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import type { ListenerOptions } from "../driver/index.ts";
import { SUBPROTOCOL } from "../driver/websocket-close.ts";

/** What `authorize` says of a handshake. False is `{ status: 401 }`. */
export type WsVerdict = boolean | WsRefusal;

/** The HTTP answer to a handshake that is not accepted. */
export interface WsRefusal {
  /** 400 to 599. */
  readonly status: number;
  /** The body, for a human. */
  readonly message?: string | undefined;
}

/** Which handshakes a server accepts, with the options of every listener. */
export interface WsHandshakeOptions extends ListenerOptions {
  /** The only path to accept, such as "/live"; default any. The query does not count. */
  readonly path?: string | undefined;
  /**
   * The web pages that may connect, such as "https://example.com"; default any.
   * Browsers name theirs and cannot lie about it; a handshake that names none
   * comes from no browser and passes: that is what `authorize` is for.
   */
  readonly origins?: readonly string[] | undefined;
  /**
   * Looks at the handshake before the WebSocket is there: headers, cookies,
   * query. What it throws or rejects with refuses the handshake with 500 and is
   * told to nobody.
   */
  readonly authorize?: ((request: IncomingMessage) => WsVerdict | Promise<WsVerdict>) | undefined;
}

/** The request is for `path`. */
export function isForPath(request: IncomingMessage, path: string | undefined): boolean {
  return path === undefined || request.url?.split("?", 1)[0] === path;
}

/** The client offers to speak Pulsewire. */
export function offersPulsewire(request: IncomingMessage): boolean {
  const offered = request.headers["sec-websocket-protocol"] ?? "";
  return offered.split(",").some((protocol) => protocol.trim() === SUBPROTOCOL);
}

/** Why a handshake is refused; undefined if it is not. */
export async function judgeHandshake(
  request: IncomingMessage,
  options: WsHandshakeOptions,
): Promise<WsRefusal | undefined> {
  if (!isForPath(request, options.path)) return { status: 404 };
  if (!offersPulsewire(request)) {
    // PW-WS-1
    return { status: 400, message: `this is for the WebSocket subprotocol ${SUBPROTOCOL}` };
  }
  const { origin } = request.headers;
  if (origin !== undefined && options.origins?.includes(origin) === false) return { status: 403 };
  try {
    const verdict = (await options.authorize?.(request)) ?? true;
    if (typeof verdict !== "boolean") return verdict;
    return verdict ? undefined : { status: 401 };
  } catch {
    return { status: 500 };
  }
}

/** Answers a handshake with plain HTTP, and lets the connection go. */
export function refuse(socket: Duplex, refusal: WsRefusal): void {
  const phrase = STATUS_CODES[refusal.status] ?? "Refused";
  const body = `${refusal.message ?? phrase}\n`;
  socket.once("finish", () => socket.destroy());
  socket.end(
    [
      `HTTP/1.1 ${refusal.status} ${phrase}`,
      "Connection: close",
      "Content-Type: text/plain; charset=utf-8",
      `Content-Length: ${Buffer.byteLength(body)}`,
      "",
      body,
    ].join("\r\n"),
  );
}
