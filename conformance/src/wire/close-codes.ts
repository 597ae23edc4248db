/** Close codes and what they become on each transport [PW-MAP-1]; a test compares this with docs/bindings.md. */

interface CloseCodeRow {
  readonly code: number;
  readonly name: string;
  readonly webSocket: number;
  readonly grpcStatus: number;
}

function row(code: number, name: string, webSocket: number, grpcStatus: number): CloseCodeRow {
  return { code, name, webSocket, grpcStatus };
}

/** The table of docs/bindings.md. */
export const CLOSE_CODES: readonly CloseCodeRow[] = [
  row(1, "NORMAL", 1000, 0),
  row(2, "GOING_AWAY", 4002, 14),
  row(3, "HEARTBEAT_TIMEOUT", 4003, 4),
  row(4, "PROTOCOL_ERROR", 4004, 3),
  row(5, "UNSUPPORTED_VERSION", 4005, 9),
  row(6, "FRAME_TOO_LARGE", 4006, 8),
  row(7, "MESSAGE_TOO_LARGE", 4007, 8),
  row(8, "TOO_MANY_HEARTBEATS", 4008, 8),
  row(9, "FIRST_FRAME_TIMEOUT", 4009, 4),
  row(10, "UNREAD_LIMIT", 4010, 8),
  row(11, "OUTBOUND_BLOCKED", 4011, 10),
  row(12, "UPSTREAM_LOST", 4012, 14),
  row(13, "INTERNAL_ERROR", 4013, 13),
];

/** gRPC's status for a code the table does not have. */
const UNKNOWN_STATUS = 2;

/** "PROTOCOL_ERROR (4)", or "99" where the table has no name. */
export function closeCodeName(code: number): string {
  const known = CLOSE_CODES.find((entry) => entry.code === code);
  return known === undefined ? String(code) : `${known.name} (${code})`;
}

/** The WebSocket close code for a Close with this code. */
export function webSocketCodeFor(code: number): number {
  const known = CLOSE_CODES.find((entry) => entry.code === code);
  if (known !== undefined) return known.webSocket;
  if (code === 0) return 1000;
  return code > 0 && code + 4000 < 5000 ? code + 4000 : 4013;
}

/** The gRPC status for a Close with this code. */
export function grpcStatusFor(code: number): number {
  const known = CLOSE_CODES.find((entry) => entry.code === code);
  return known?.grpcStatus ?? (code === 0 ? 0 : UNKNOWN_STATUS);
}
