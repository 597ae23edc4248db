/**
 * Why a side ended the connection: the numbers of `CloseCode` in
 * proto/pulsewire/v1/frame.proto. docs/bindings.md maps each of them to a
 * WebSocket close code and a gRPC status; a test holds the three together.
 */
export const CloseCode: {
  readonly NORMAL: 1;
  readonly GOING_AWAY: 2;
  readonly HEARTBEAT_TIMEOUT: 3;
  readonly PROTOCOL_ERROR: 4;
  readonly UNSUPPORTED_VERSION: 5;
  readonly FRAME_TOO_LARGE: 6;
  readonly MESSAGE_TOO_LARGE: 7;
  readonly TOO_MANY_HEARTBEATS: 8;
  readonly FIRST_FRAME_TIMEOUT: 9;
  readonly UNREAD_LIMIT: 10;
  readonly OUTBOUND_BLOCKED: 11;
  readonly UPSTREAM_LOST: 12;
  readonly INTERNAL_ERROR: 13;
} = {
  NORMAL: 1,
  GOING_AWAY: 2,
  HEARTBEAT_TIMEOUT: 3,
  PROTOCOL_ERROR: 4,
  UNSUPPORTED_VERSION: 5,
  FRAME_TOO_LARGE: 6,
  MESSAGE_TOO_LARGE: 7,
  TOO_MANY_HEARTBEATS: 8,
  FIRST_FRAME_TIMEOUT: 9,
  UNREAD_LIMIT: 10,
  OUTBOUND_BLOCKED: 11,
  UPSTREAM_LOST: 12,
  INTERNAL_ERROR: 13,
};

/** The name of a close code of protocol 1. */
export type CloseCodeName = keyof typeof CloseCode;

/**
 * The name of `code`, or `CODE_<n>` for one that protocol 1 does not have: a
 * peer of a later version may send those, and they end a connection like any
 * other [PW-CLS-5].
 */
export function closeCodeName(code: number): string {
  for (const [name, value] of Object.entries(CloseCode)) {
    if (value === code) return name;
  }
  return `CODE_${code}`;
}
