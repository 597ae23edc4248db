import { varintBytes, writeVarint } from "./varint.ts";

/**
 * Data frames [PW-DAT-1], octet for octet as protobuf's own encoders write
 * them, straight into a buffer of the caller's: nothing is allocated.
 *
 *     08 version   uint32 version = 1
 *     1a length    bytes data = 3
 *     data
 *     28 01        bool more = 5, only where the message goes on [PW-DAT-2]
 *
 * Offsets and lengths are octets. The caller has made sure of the room, see
 * {@link dataFrameBytes}: what does not fit is lost without a word.
 */

const VERSION = 0x08;
const DATA = 0x1a;
const MORE = 0x28;

/** How many octets {@link writeDataFrame} writes for data of `length` octets. */
export function dataFrameBytes(version: number, length: number, more: boolean): number {
  return 2 + varintBytes(version) + varintBytes(length) + length + (more ? 2 : 0);
}

/** Writes what comes before the data into `into` at `at`. Returns the offset after it. */
export function writeDataHeader(
  into: Uint8Array,
  at: number,
  version: number,
  length: number,
): number {
  into[at] = VERSION;
  const end = writeVarint(into, at + 1, version);
  into[end] = DATA;
  return writeVarint(into, end + 1, length);
}

/** Writes what comes after the data into `into` at `at`. Returns the offset after it. */
export function writeDataTrailer(into: Uint8Array, at: number, more: boolean): number {
  if (!more) return at;
  into[at] = MORE;
  into[at + 1] = 1;
  return at + 2;
}

/** Writes a whole frame, `data` copied, into `into` at `at`. Returns the offset after it. */
export function writeDataFrame(
  into: Uint8Array,
  at: number,
  version: number,
  data: Uint8Array,
  more: boolean,
): number {
  const from = writeDataHeader(into, at, version, data.length);
  into.set(data, from);
  return writeDataTrailer(into, from + data.length, more);
}
