import { CloseCode } from "../core/index.ts";
import type { LinkEnd } from "../driver/index.ts";

/** What gRPC says at the end of a call. */
export interface GrpcStatus {
  /** 0 to 16, as every gRPC library numbers them. */
  readonly code: number;
  readonly details: string;
}

/** An `Error` that says with which status a call ended: the `cause` of `PW_CONNECT_FAILED` and "link-lost". */
export interface GrpcStatusError extends Error, GrpcStatus {}

const STATUS_NAMES = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
] as const;

type StatusName = (typeof STATUS_NAMES)[number];

/** The number of a status. */
export function statusNumber(name: StatusName): number {
  return STATUS_NAMES.indexOf(name);
}

/** docs/bindings.md, section 4 [PW-MAP-1]. */
const STATUS_OF_CODE: ReadonlyMap<number, StatusName> = new Map([
  [CloseCode.NORMAL, "OK"],
  [CloseCode.GOING_AWAY, "UNAVAILABLE"],
  [CloseCode.HEARTBEAT_TIMEOUT, "DEADLINE_EXCEEDED"],
  [CloseCode.PROTOCOL_ERROR, "INVALID_ARGUMENT"],
  [CloseCode.UNSUPPORTED_VERSION, "FAILED_PRECONDITION"],
  [CloseCode.FRAME_TOO_LARGE, "RESOURCE_EXHAUSTED"],
  [CloseCode.MESSAGE_TOO_LARGE, "RESOURCE_EXHAUSTED"],
  [CloseCode.TOO_MANY_HEARTBEATS, "RESOURCE_EXHAUSTED"],
  [CloseCode.FIRST_FRAME_TIMEOUT, "DEADLINE_EXCEEDED"],
  [CloseCode.UNREAD_LIMIT, "RESOURCE_EXHAUSTED"],
  [CloseCode.OUTBOUND_BLOCKED, "ABORTED"],
  [CloseCode.UPSTREAM_LOST, "UNAVAILABLE"],
  [CloseCode.INTERNAL_ERROR, "INTERNAL"],
]);

/** The status a server ends its call with. A code the table does not have is UNKNOWN [PW-MAP-1]. */
export function statusOfCloseCode(code: number, reason: string): GrpcStatus {
  return {
    code: statusNumber(STATUS_OF_CODE.get(code) ?? "UNKNOWN"),
    details: sendable(reason),
  };
}

/** Details travel percent-encoded, and half a surrogate pair cannot be encoded: grpc-js would throw. */
export function sendable(details: string): string {
  return details.replace(/\p{Surrogate}/gu, "\uFFFD");
}

/** Whether gRPC has this status, and it is not OK. */
export function isRefusal(code: number): boolean {
  return code !== statusNumber("OK") && STATUS_NAMES[code] !== undefined;
}

/**
 * Statuses that name one close code alone and that no library makes up, as they
 * do INTERNAL for a stream that was reset [PW-GRPC-7].
 */
const READABLE: ReadonlySet<StatusName> = new Set([
  "INVALID_ARGUMENT",
  "FAILED_PRECONDITION",
  "ABORTED",
]);

/** The close code that `status` names, if it can be read as one [PW-GRPC-7]. */
export function closeCodeOfStatus(status: number): number | undefined {
  const named = STATUS_NAMES[status];
  if (named === undefined || !READABLE.has(named)) return undefined;
  return [...STATUS_OF_CODE].find(([, name]) => name === named)?.[0];
}

/** How a link ended, from the status its call ended with [PW-GRPC-7]. */
export function linkEndOfStatus(status: GrpcStatus): LinkEnd {
  if (status.code === statusNumber("OK")) return { kind: "peer-closed" };
  const code = closeCodeOfStatus(status.code);
  if (code !== undefined) return { kind: "peer-close-code", code, reason: status.details };
  return { kind: "lost", cause: statusError(status) };
}

/** For people and logs: `12 UNIMPLEMENTED: ...`. */
export function statusError({ code, details }: GrpcStatus): GrpcStatusError {
  const name = STATUS_NAMES[code] ?? "no status of gRPC";
  return Object.assign(new Error(`${code} ${name}: ${details}`), { code, details });
}
