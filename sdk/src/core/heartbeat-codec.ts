import type { Heartbeat } from "./frame.ts";

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

/*
 * What stands before each value is field number * 8 + wire type: 0 is a varint,
 * 5 are four octets, 2 is a length and so many octets. The numbers stand right
 * in the code, and all that it calls in this file: V8 takes what is imported,
 * and what a module names, for something that it has to look up, which made
 * writing a heartbeat half as dear again.
 */

/**
 * Writes a heartbeat frame into `into` at `at`, octet for octet as protobuf's
 * own encoders write it; there has to be room for {@link MAX_HEARTBEAT_FRAME_BYTES}.
 * `version` and the fields are whole numbers below 2^32. Returns the offset after it.
 *
 * A DataView, which writes four octets at once: 0.85 of the time that a
 * Uint8Array takes for a heartbeat with an echo.
 */
export function writeHeartbeat(
  into: DataView,
  at: number,
  version: number,
  fields: HeartbeatFields,
): number {
  const start = writeVarintField(into, at, 0x08, version); // uint32 version = 1
  const body = start + 2;
  let end = writeVarintField(into, body, 0x08, fields.heartbeatTimeMs); // uint32 heartbeat_time_ms = 1
  if (fields.replyRequested) end = writeVarintField(into, end, 0x10, 1); // bool reply_requested = 2
  end = writeFixed32Field(into, end, 0x1d, fields.timestamp); // fixed32 timestamp = 3
  end = writeFixed32Field(into, end, 0x25, fields.echo); // fixed32 echo = 4
  end = writeVarintField(into, end, 0x28, fields.heldUs); // uint32 held_us = 5
  end = writeVarintField(into, end, 0x30, fields.lowestVersion); // uint32 lowest_version = 6
  into.setUint8(start, 0x12); // Heartbeat heartbeat = 2
  into.setUint8(start + 1, end - body); // never more than 30, and so one octet
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
    // Not in functions: one would have to return two numbers, and the other made this a sixth slower.
    if ((tag & 7) === 0) {
      let shift = 0;
      let octet: number;
      do {
        if (at >= to || shift > 28) return false;
        octet = octets[at++] as number;
        value |= (octet & 0x7f) << shift;
        shift += 7;
      } while (octet > 0x7f);
      if (shift > 28 && octet > 0x0f) return false;
      value >>>= 0; // what was shifted is signed
    } else if ((tag & 7) === 5 && at + 4 <= to) {
      value = octets[at] as number;
      value |= (octets[at + 1] as number) << 8;
      value |= (octets[at + 2] as number) << 16;
      value |= (octets[at + 3] as number) << 24;
      value >>>= 0;
      at += 4;
    } else return false;
    switch (tag) {
      case 0x08: // uint32 heartbeat_time_ms = 1
        fields.heartbeatTimeMs = value;
        break;
      case 0x10: // bool reply_requested = 2
        fields.replyRequested = value !== 0;
        break;
      case 0x1d: // fixed32 timestamp = 3
        fields.timestamp = value;
        break;
      case 0x25: // fixed32 echo = 4
        fields.echo = value;
        break;
      case 0x28: // uint32 held_us = 5
        fields.heldUs = value;
        break;
      case 0x30: // uint32 lowest_version = 6
        fields.lowestVersion = value;
        break;
      default:
        return false;
    }
  }
  return true;
}

function writeVarintField(into: DataView, at: number, tag: number, value: number): number {
  if (value < 0) return at; // ABSENT
  into.setUint8(at, tag);
  let end = at + 1;
  let rest = value;
  // Of what it is given, setUint8 keeps the lowest eight bits.
  for (; rest > 0x7f; rest >>>= 7) into.setUint8(end++, rest | 0x80);
  into.setUint8(end, rest);
  return end + 1;
}

function writeFixed32Field(into: DataView, at: number, tag: number, value: number): number {
  if (value < 0) return at; // ABSENT
  into.setUint8(at, tag);
  into.setUint32(at + 1, value, true);
  return at + 5;
}
