/**
 * Protobuf's varint: an unsigned 32-bit number in groups of seven bits, least
 * significant first, where every octet but the last has its top bit set.
 */

/** How many octets the varint of `value` takes: 1 to 5. `value` is 0 to 2^32-1. */
export function varintBytes(value: number): number {
  let octets = 1;
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) octets += 1;
  return octets;
}

/** Writes the varint of `value`, 0 to 2^32-1, into `into` at `at`. Returns the offset after it. */
export function writeVarint(into: Uint8Array, at: number, value: number): number {
  let end = at;
  let rest = value;
  // The array keeps the lowest eight bits of what it is given.
  for (; rest > 0x7f; rest >>>= 7) into[end++] = rest | 0x80;
  into[end] = rest;
  return end + 1;
}
