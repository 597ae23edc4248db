import { CloseCode } from "../core/index.ts";
import type { LinkEnd } from "./link.ts";

/**
 * The table of docs/bindings.md section 4 for WebSocket [PW-MAP-1], for every
 * binding that closes one. A test compares it with the page.
 */

/** The subprotocol of protocol 1 [PW-WS-1]. */
export const SUBPROTOCOL: string = "pulsewire.v1";

/** The octets of UTF-8 that a WebSocket close frame has room for. */
const REASON_LIMIT_BYTES = 123;

/** What libraries and proxies send by themselves, where it names one of our codes. */
const FROM_LIBRARIES: ReadonlyMap<number, number> = new Map([
  [1001, CloseCode.GOING_AWAY],
  [1002, CloseCode.PROTOCOL_ERROR],
  [1003, CloseCode.PROTOCOL_ERROR],
  [1007, CloseCode.PROTOCOL_ERROR],
  [1009, CloseCode.FRAME_TOO_LARGE],
  [1011, CloseCode.INTERNAL_ERROR],
  [1012, CloseCode.GOING_AWAY],
  [1013, CloseCode.GOING_AWAY],
]);

/** The WebSocket close code for `code`, one of ours or of an application. */
export function toWebSocketCode(code: number): number {
  if (code === CloseCode.NORMAL || code === 0) return 1000;
  // A browser may send nothing but 1000 and 3000 to 4999.
  return code < 1000 ? 4000 + code : 4000 + CloseCode.INTERNAL_ERROR;
}

/** What a WebSocket close means that no Close frame preceded [PW-WS-9]. */
export function fromWebSocketCode(wsCode: number, reason: string, cause?: Error): LinkEnd {
  if (wsCode === 1000 || wsCode === 1005) return { kind: "peer-closed" };
  const own = wsCode - 4000;
  const isOurs = own !== CloseCode.NORMAL && Object.values<number>(CloseCode).includes(own);
  const code = isOurs ? own : FROM_LIBRARIES.get(wsCode);
  if (code !== undefined) return { kind: "peer-close-code", code, reason };
  // An application's own code, which the table does not have: an orderly end all the same.
  if (wsCode >= 3000 && wsCode <= 4999) return { kind: "peer-closed" };
  const said = reason === "" ? "" : `: ${reason}`;
  return {
    kind: "lost",
    cause: cause ?? new Error(`the WebSocket ended with code ${wsCode}${said}`),
  };
}

/** `reason`, cut to what a close frame has room for, between two characters. */
export function cutReason(reason: string): string {
  const octets = new TextEncoder().encode(reason);
  if (octets.length <= REASON_LIMIT_BYTES) return reason;
  let end = REASON_LIMIT_BYTES;
  while (((octets[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(octets.subarray(0, end));
}
