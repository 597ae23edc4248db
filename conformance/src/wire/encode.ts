/** Frames to octets. Writes what it is told, not what the protocol allows. */
import { CloseField, FrameField, HeartbeatField } from "./fields.ts";
import { bytesField, bytesFieldParts, concat, fixed32Field, varintField } from "./protobuf.ts";

/** A heartbeat to write. What is absent here is absent on the wire, and a 0 is written. */
export interface HeartbeatSpec {
  readonly heartbeatTimeMs?: number | undefined;
  readonly replyRequested?: boolean | undefined;
  readonly timestamp?: number | undefined;
  readonly echo?: number | undefined;
  readonly heldUs?: number | undefined;
  readonly lowestVersion?: number | undefined;
  /** Octets put after the known fields. */
  readonly extra?: Uint8Array | undefined;
}

/** A Close to write. */
export interface CloseSpec {
  readonly code: number;
  readonly reason?: string | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly lowestVersion?: number | undefined;
}

/** A frame to write; several bodies may be given, to write what no peer should. */
export interface FrameSpec {
  /** 1 unless said otherwise; `null` leaves the field out. */
  readonly version?: number | null | undefined;
  readonly heartbeat?: HeartbeatSpec | undefined;
  readonly data?: Uint8Array | undefined;
  readonly close?: CloseSpec | undefined;
  readonly more?: boolean | undefined;
  /** Octets put after the known fields. */
  readonly extra?: Uint8Array | undefined;
}

const utf8 = new TextEncoder();

/** The octets of one frame, without any framing. */
export function encodeFrame(spec: FrameSpec): Uint8Array {
  const parts: Uint8Array[] = [];
  const version = spec.version === undefined ? 1 : spec.version;
  if (version !== null) parts.push(varintField(FrameField.version, version));
  if (spec.heartbeat !== undefined)
    parts.push(bytesField(FrameField.heartbeat, encodeHeartbeat(spec.heartbeat)));
  if (spec.data !== undefined) parts.push(...bytesFieldParts(FrameField.data, spec.data));
  if (spec.close !== undefined) parts.push(bytesField(FrameField.close, encodeClose(spec.close)));
  if (spec.more === true) parts.push(varintField(FrameField.more, 1));
  if (spec.extra !== undefined) parts.push(spec.extra);
  return concat(parts);
}

function encodeHeartbeat(spec: HeartbeatSpec): Uint8Array {
  const parts: Uint8Array[] = [];
  const number = (field: number, value: number | undefined): void => {
    if (value !== undefined) parts.push(varintField(field, value));
  };
  number(HeartbeatField.heartbeat_time_ms, spec.heartbeatTimeMs);
  if (spec.replyRequested === true) number(HeartbeatField.reply_requested, 1);
  if (spec.timestamp !== undefined)
    parts.push(fixed32Field(HeartbeatField.timestamp, spec.timestamp));
  if (spec.echo !== undefined) parts.push(fixed32Field(HeartbeatField.echo, spec.echo));
  number(HeartbeatField.held_us, spec.heldUs);
  number(HeartbeatField.lowest_version, spec.lowestVersion);
  if (spec.extra !== undefined) parts.push(spec.extra);
  return concat(parts);
}

function encodeClose(spec: CloseSpec): Uint8Array {
  const parts: Uint8Array[] = [];
  if (spec.code !== 0) parts.push(varintField(CloseField.code, BigInt(spec.code)));
  if (spec.reason !== undefined)
    parts.push(bytesField(CloseField.reason, utf8.encode(spec.reason)));
  if (spec.retryAfterMs !== undefined)
    parts.push(varintField(CloseField.retry_after_ms, spec.retryAfterMs));
  if (spec.lowestVersion !== undefined)
    parts.push(varintField(CloseField.lowest_version, spec.lowestVersion));
  return concat(parts);
}
