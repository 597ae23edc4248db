/**
 * Protobuf's wire encoding, by hand: enough to say anything, right or wrong.
 *
 * The suite has a codec of its own because a harness that shares one with the
 * peer under test shares its bugs, and because no generated codec can be made
 * to write a field with the wrong wire type.
 */

/** Protobuf's wire types. proto3 writes no groups, but a reader has to skip one that it meets. */
export const WireType = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  groupStart: 3,
  groupEnd: 4,
  fixed32: 5,
} as const;

/** Groups within groups, so deep at most: what protobuf runtimes allow too. */
const MAX_GROUP_DEPTH = 100;

/** An unsigned base-128 varint of up to 64 bits. */
export function varint(value: number | bigint): Uint8Array {
  if (typeof value === "number" && value >= 0 && value < 0x80) return Uint8Array.of(value);
  let rest = BigInt.asUintN(64, BigInt(value));
  const out: number[] = [];
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    out.push(rest === 0n ? low : low | 0x80);
  } while (rest !== 0n);
  return Uint8Array.from(out);
}

/** A field's tag: its number and wire type. */
export function tag(field: number, wireType: number): Uint8Array {
  return varint(field * 8 + wireType);
}

/** A varint field. */
export function varintField(field: number, value: number | bigint): Uint8Array {
  return concat([tag(field, WireType.varint), varint(value)]);
}

/** A length-delimited field: bytes, a string, or a message. */
export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return concat(bytesFieldParts(field, value));
}

/** The same in parts, for what is long and about to be joined with more. */
export function bytesFieldParts(field: number, value: Uint8Array): Uint8Array[] {
  return [tag(field, WireType.bytes), varint(value.length), value];
}

/** A little-endian fixed32 field. */
export function fixed32Field(field: number, value: number): Uint8Array {
  const octets = new Uint8Array(4);
  new DataView(octets.buffer).setUint32(0, value >>> 0, true);
  return concat([tag(field, WireType.fixed32), octets]);
}

/** Above this many octets it is worth not to fill with zeros what is overwritten at once. */
const LONG_OCTETS = 4_096;

/** All parts in one array. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const isLong = length >= LONG_OCTETS;
  const out = isLong
    ? new Uint8Array(Buffer.allocUnsafeSlow(length).buffer)
    : new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** What a {@link ProtobufReader} throws when octets are no protobuf. */
export class MalformedError extends Error {
  override readonly name = "MalformedError";
}

/** One field as it stands on the wire. */
export interface WireField {
  readonly field: number;
  readonly wireType: number;
  /** Of varint and fixed fields. */
  readonly number: bigint;
  /** Of length-delimited fields. */
  readonly bytes: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** Reads the fields of one message, in order, a group as one without content; throws {@link MalformedError}. */
export function* readFields(octets: Uint8Array): Generator<WireField> {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  /** The groups that are open here, the innermost last. */
  const groups: number[] = [];
  let at = 0;

  const readVarint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (at >= octets.length) throw new MalformedError("ends in the middle of a varint");
      const octet = octets[at++] as number;
      value |= BigInt(octet & 0x7f) << shift;
      if (octet < 0x80) return BigInt.asUintN(64, value);
    }
    throw new MalformedError("a varint is longer than ten octets");
  };
  const need = (length: number): void => {
    if (octets.length - at < length) throw new MalformedError("ends in the middle of a field");
  };

  while (at < octets.length) {
    const key = readVarint();
    const field = Number(key >> 3n);
    const wireType = Number(key & 7n);
    if (field === 0 || key > 0xffff_ffffn)
      throw new MalformedError("a field number is out of range");
    let value: Pick<WireField, "number" | "bytes"> = { number: 0n, bytes: NO_BYTES };
    switch (wireType) {
      case WireType.varint:
        value = { number: readVarint(), bytes: NO_BYTES };
        break;
      case WireType.fixed64:
        need(8);
        value = { number: view.getBigUint64(at, true), bytes: NO_BYTES };
        at += 8;
        break;
      case WireType.fixed32:
        need(4);
        value = { number: BigInt(view.getUint32(at, true)), bytes: NO_BYTES };
        at += 4;
        break;
      case WireType.bytes: {
        const length = Number(readVarint());
        need(length);
        value = { number: 0n, bytes: octets.subarray(at, at + length) };
        at += length;
        break;
      }
      case WireType.groupStart:
        if (groups.length === MAX_GROUP_DEPTH) throw new MalformedError("groups are too deep");
        groups.push(field);
        continue;
      case WireType.groupEnd:
        if (groups.pop() !== field) throw new MalformedError("a group ends that has not begun");
        break;
      default:
        throw new MalformedError(`wire type ${wireType} does not exist`);
    }
    if (groups.length === 0) yield { field, wireType, ...value };
  }
  if (groups.length > 0) throw new MalformedError("ends in the middle of a group");
}
