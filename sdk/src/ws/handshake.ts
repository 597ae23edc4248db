import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { check, type ListenerOptions } from "../driver/index.ts";
import { SUBPROTOCOL } from "../driver/websocket-close.ts";
import type { OsKeepAliveOptions } from "../node/keep-alive.ts";
import { checkPath, checkStrings } from "./options.ts";

/** What `authorize` says of a handshake. True alone lets it in; false is `{ status: 401 }`. */
export type WsVerdict = boolean | WsRefusal;

/** The HTTP answer to a handshake that is not accepted. */
export interface WsRefusal {
  /** 400 to 599. */
  readonly status: number;
  /** The body, for a human. */
  readonly message?: string | undefined;
}

/** Which handshakes a server accepts, with the options of every listener. */
export interface WsHandshakeOptions extends ListenerOptions, OsKeepAliveOptions {
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
   * told to nobody; so does an answer that is no {@link WsVerdict}, such as
   * undefined.
   */
  readonly authorize?: ((request: IncomingMessage) => WsVerdict | Promise<WsVerdict>) | undefined;
}

/** @throws PulsewireError `PW_CONFIG`. */
export function checkHandshakeOptions({ path, origins, authorize }: WsHandshakeOptions): void {
  if (path !== undefined) checkPath(path);
  if (origins !== undefined) checkStrings("origins", "https://example.com", origins);
  // What cannot be asked must not pass for "nobody is to be asked".
  check("authorize", authorize, "a function", typeof authorize === "function");
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
    return options.authorize && refusalOf(await options.authorize(request));
  } catch {
    return { status: 500 };
  }
}

/** What a verdict comes to. One that is none, such as a forgotten `return`, lets nobody in. */
function refusalOf(verdict: unknown): WsRefusal | undefined {
  if (verdict === true) return undefined;
  if (verdict === false) return { status: 401 };
  const { status, message } = (verdict ?? {}) as Partial<WsRefusal>;
  const isStatus = Number.isInteger(status) && Number(status) >= 400 && Number(status) <= 599;
  if (status === undefined || !isStatus) return { status: 500 };
  return message === undefined || typeof message === "string"
    ? { status, message }
    : { status: 500 };
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
