import { CloseCode } from "../core/index.ts";

/** The errors of ws that mean more octets, or more pieces of them, than it takes. */
const TOO_LARGE: ReadonlySet<string> = new Set([
  "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH",
  "WS_ERR_UNSUPPORTED_DATA_PAYLOAD_LENGTH",
  "WS_ERR_TOO_MANY_BUFFERED_PARTS",
]);

/**
 * The close code for what ws found wrong with the peer's octets; undefined for
 * an error that is not about them.
 */
export function violationOf(error: Error & { readonly code?: string }): number | undefined {
  const { code } = error;
  if (code?.startsWith("WS_ERR_") !== true) return undefined;
  return TOO_LARGE.has(code) ? CloseCode.FRAME_TOO_LARGE : CloseCode.PROTOCOL_ERROR;
}
