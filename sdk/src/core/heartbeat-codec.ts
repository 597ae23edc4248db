import { FrameTag, type Heartbeat } from "./frame.ts";
import { writeVarint } from "./varint.ts";

/** In {@link HeartbeatFields}: the field is not there, which is something else than 0. */
export const ABSENT = -1;

/**
 * A heartbeat to read into and to write out of, again and again. What is absent
 * is {@link ABSENT}, and not undefined: a field that is a number at all times
 * takes any 32 bits without an allocation.
 */
export class HeartbeatFields {
  /** Milliseconds [PW-HBT-1]. */
  heartbeatTimeMs: number = ABSENT;
  replyRequested = false;
  timestamp: number = ABSENT;
  echo: number = ABSENT;
  /** Microseconds [PW-RTT-2]. */
  heldUs: number = ABSENT;
  lowestVersion: number = ABSENT;
}

/** `heartbeat` as fields, each number as the 32 bits that protobuf makes of it. */
export function toFields(heartbeat: Heartbeat, fields: HeartbeatFields): void {
  fields.heartbeatTimeMs = orAbsent(heartbeat.heartbeatTimeMs);
  fields.replyRequested = heartbeat.replyRequested === true;
  fields.timestamp = orAbsent(heartbeat.timestamp);
  fields.echo = orAbsent(heartbeat.echo);
  fields.heldUs = orAbsent(heartbeat.heldUs);
  fields.lowestVersion = orAbsent(heartbeat.lowestVersion);
}

/** What `fields` say, as a heartbeat of its own. */
export function fromFields(fields: HeartbeatFields): Heartbeat {
  return {
    heartbeatTimeMs: orUndefined(fields.heartbeatTimeMs),
    replyRequested: fields.replyRequested,
    timestamp: orUndefined(fields.timestamp),
    echo: orUndefined(fields.echo),
    heldUs: orUndefined(fields.heldUs),
    lowestVersion: orUndefined(fields.lowestVersion),
  };
}

/** A field that may be {@link ABSENT}, as undefined then. */
export function orUndefined(value: number): number | undefined {
  return value === ABSENT ? undefined : value;
}

function orAbsent(value: number | undefined): number {
  return typeof value === "number" ? value >>> 0 : ABSENT;
}

/** What a heartbeat frame can take at most, in octets. */
export const MAX_HEARTBEAT_FRAME_BYTES = 38;

// What stands before each field of a heartbeat, as in FrameTag.
const HEARTBEAT_TIME_MS = 0x08; //       uint32 heartbeat_time_ms = 1
const REPLY_REQUESTED = 0x10; //    bool reply_requested = 2
const TIMESTAMP = 0x1d; //          fixed32 timestamp = 3
const ECHO = 0x25; //               fixed32 echo = 4
const HELD_US = 0x28; //            uint32 held_us = 5
const LOWEST_VERSION = 0x30; //     uint32 lowest_version = 6

const WIRE_TYPE = 0x07;
const VARINT = 0;
const FIXED32 = 5;

/**
 * Writes a heartbeat frame into `into` at `at`, octet for octet as protobuf's
 * own encoders write it; it takes {@link MAX_HEARTBEAT_FRAME_BYTES} or less.
 * The fields are whole numbers below 2^32. Returns the offset after it.
 */
export function writeHeartbeat(
  into: Uint8Array,
  at: number,
  version: number,
  fields: HeartbeatFields,
): number {
  into[at] = FrameTag.VERSION;
  const start = writeVarint(into, at + 1, version);
  into[start] = FrameTag.HEARTBEAT;
  const body = start + 2; // its length is one octet, and known at the end
  let end = writeVarintField(into, body, HEARTBEAT_TIME_MS, fields.heartbeatTimeMs);
  if (fields.replyRequested) end = writeVarintField(into, end, REPLY_REQUESTED, 1);
  end = writeFixed32Field(into, end, TIMESTAMP, fields.timestamp);
  end = writeFixed32Field(into, end, ECHO, fields.echo);
  end = writeVarintField(into, end, HELD_US, fields.heldUs);
  end = writeVarintField(into, end, LOWEST_VERSION, fields.lowestVersion);
  into[start + 1] = end - body;
  return end;
}

/**
 * Reads the body of a heartbeat, which is `octets` from `from` up to `to`, and
 * overwrites all of `fields`. False for what it does not read, be it valid or
 * not: fields that this version does not have, and numbers that are longer than
 * 32 bits. Fields come in any order, and of one that is repeated the last holds,
 * as everywhere in protobuf.
 */
export function readHeartbeat(
  octets: Uint8Array,
  from: number,
  to: number,
  fields: HeartbeatFields,
): boolean {
  fields.heartbeatTimeMs = ABSENT;
  fields.replyRequested = false;
  fields.timestamp = ABSENT;
  fields.echo = ABSENT;
  fields.heldUs = ABSENT;
  fields.lowestVersion = ABSENT;
  let at = from;
  while (at < to) {
    const tag = octets[at++] as number;
    let value = 0;
    // In here, and not in a function: it would have to return two numbers.
    if ((tag & WIRE_TYPE) === VARINT) {
      let shift = 0;
      let octet: number;
      do {
        if (at >= to || shift > 28) return false;
        octet = octets[at++] as number;
        value |= (octet & 0x7f) << shift;
        shift += 7;
      } while (octet > 0x7f);
      if (shift > 28 && octet > 0x0f) return false;
      value >>>= 0; // unsigned
    } else if ((tag & WIRE_TYPE) === FIXED32 && at + 4 <= to) {
      value = readFixed32(octets, at);
      at += 4;
    } else return false;
    switch (tag) {
      case HEARTBEAT_TIME_MS:
        fields.heartbeatTimeMs = value;
        break;
      case REPLY_REQUESTED:
        fields.replyRequested = value !== 0;
        break;
      case TIMESTAMP:
        fields.timestamp = value;
        break;
      case ECHO:
        fields.echo = value;
        break;
      case HELD_US:
        fields.heldUs = value;
        break;
      case LOWEST_VERSION:
        fields.lowestVersion = value;
        break;
      default:
        return false;
    }
  }
  return true;
}

function writeVarintField(into: Uint8Array, at: number, tag: number, value: number): number {
  if (value < 0) return at; // ABSENT
  into[at] = tag;
  return writeVarint(into, at + 1, value);
}

function writeFixed32Field(into: Uint8Array, at: number, tag: number, value: number): number {
  if (value < 0) return at; // ABSENT
  // The array keeps the lowest eight bits of what it is given.
  into[at] = tag;
  into[at + 1] = value;
  into[at + 2] = value >>> 8;
  into[at + 3] = value >>> 16;
  into[at + 4] = value >>> 24;
  return at + 5;
}

function readFixed32(octets: Uint8Array, at: number): number {
  const first = octets[at] as number;
  const second = octets[at + 1] as number;
  const third = octets[at + 2] as number;
  const fourth = octets[at + 3] as number;
  return (first | (second << 8) | (third << 16) | (fourth << 24)) >>> 0;
}
