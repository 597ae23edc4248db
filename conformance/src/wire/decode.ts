/** Octets to frames, for the trace. Never throws: what cannot be read is "malformed", and why. */
import type { DecodedFrame } from "../model.ts";
import { CloseField, FrameField, HeartbeatField } from "./fields.ts";
import { MalformedError, readFields, type WireField, WireType } from "./protobuf.ts";

/** Data up to this many octets is kept as text, if it is printable. */
const TEXT_LIMIT = 64;

/**
 * Reads one frame.
 *
 * A known field with the wrong wire type is an unknown field, as protobuf has
 * it. A `version` of 0 or an absent one is reported as malformed [PW-FRM-3],
 * with the rest decoded as far as it goes.
 */
export function decodeFrame(octets: Uint8Array): DecodedFrame {
  try {
    const frame = readFrame(octets);
    if (frame.version === undefined || frame.version === 0)
      return {
        ...frame,
        body: "malformed",
        problem: frame.version === 0 ? "version 0" : "no version",
      };
    return frame;
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    return { body: "malformed", problem: error.message };
  }
}

/**
 * The application data a frame carries, or undefined; for whoever needs the
 * octets themselves, which a {@link DecodedFrame} does not keep.
 */
export function dataOf(octets: Uint8Array): Uint8Array | undefined {
  let data: Uint8Array | undefined;
  for (const part of readFields(octets)) {
    if (part.wireType !== WireType.bytes) continue;
    // The last member of a oneof on the wire is the one that is set.
    if (part.field === FrameField.data) data = part.bytes;
    else if (part.field === FrameField.heartbeat || part.field === FrameField.close)
      data = undefined;
  }
  return data;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function readFrame(octets: Uint8Array): DecodedFrame {
  const frame: Mutable<DecodedFrame> = { body: "none" };
  let unknownBody = false;
  for (const part of readFields(octets)) {
    if (part.field === FrameField.version && part.wireType === WireType.varint) {
      frame.version = uint32(part);
    } else if (part.field === FrameField.more && part.wireType === WireType.varint) {
      frame.more = part.number !== 0n;
    } else if (part.field === FrameField.heartbeat && part.wireType === WireType.bytes) {
      // A message that comes twice in a row is one, its fields merged.
      const before = frame.heartbeat;
      dropBodies(frame);
      frame.body = "heartbeat";
      frame.heartbeat = readHeartbeat(part.bytes, before);
    } else if (part.field === FrameField.data && part.wireType === WireType.bytes) {
      dropBodies(frame);
      frame.body = "data";
      frame.data = describeData(part.bytes);
    } else if (part.field === FrameField.close && part.wireType === WireType.bytes) {
      const before = frame.close;
      dropBodies(frame);
      frame.body = "close";
      frame.close = readClose(part.bytes, before);
    } else {
      unknownBody ||= part.wireType === WireType.bytes;
    }
  }
  if (frame.body === "none" && unknownBody) frame.body = "unknown";
  return frame;
}

function dropBodies(frame: Mutable<DecodedFrame>): void {
  delete frame.heartbeat;
  delete frame.data;
  delete frame.close;
}

function readHeartbeat(
  octets: Uint8Array,
  before: DecodedFrame["heartbeat"],
): NonNullable<DecodedFrame["heartbeat"]> {
  const beat: Mutable<NonNullable<DecodedFrame["heartbeat"]>> = { ...before };
  for (const part of readFields(octets)) {
    const isVarint = part.wireType === WireType.varint;
    const isFixed = part.wireType === WireType.fixed32;
    if (part.field === HeartbeatField.heartbeat_time_ms && isVarint)
      beat.heartbeatTimeMs = uint32(part);
    else if (part.field === HeartbeatField.reply_requested && isVarint)
      beat.replyRequested = part.number !== 0n;
    else if (part.field === HeartbeatField.timestamp && isFixed) beat.timestamp = uint32(part);
    else if (part.field === HeartbeatField.echo && isFixed) beat.echo = uint32(part);
    else if (part.field === HeartbeatField.held_us && isVarint) beat.heldUs = uint32(part);
    else if (part.field === HeartbeatField.lowest_version && isVarint)
      beat.lowestVersion = uint32(part);
  }
  return beat;
}

function readClose(
  octets: Uint8Array,
  before: DecodedFrame["close"],
): NonNullable<DecodedFrame["close"]> {
  const close: Mutable<NonNullable<DecodedFrame["close"]>> = { code: 0, ...before };
  for (const part of readFields(octets)) {
    const isVarint = part.wireType === WireType.varint;
    if (part.field === CloseField.code && isVarint)
      close.code = Number(BigInt.asIntN(32, part.number));
    else if (part.field === CloseField.reason && part.wireType === WireType.bytes)
      close.reason = readUtf8(part.bytes);
    else if (part.field === CloseField.retry_after_ms && isVarint)
      close.retryAfterMs = uint32(part);
    else if (part.field === CloseField.lowest_version && isVarint)
      close.lowestVersion = uint32(part);
  }
  return close;
}

function uint32(part: WireField): number {
  return Number(BigInt.asUintN(32, part.number));
}

function readUtf8(octets: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(octets);
  } catch {
    throw new MalformedError("a string is not UTF-8");
  }
}

function describeData(octets: Uint8Array): NonNullable<DecodedFrame["data"]> {
  if (octets.length === 0 || octets.length > TEXT_LIMIT) return { bytes: octets.length };
  const text = Buffer.from(octets).toString("latin1");
  return /^[\x20-\x7e]*$/.test(text) ? { bytes: octets.length, text } : { bytes: octets.length };
}
