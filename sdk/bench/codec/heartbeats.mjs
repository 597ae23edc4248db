// The heartbeats of the rows about the codec: the one of an idle connection, with the sender's clock
// and what it heard last, and the smallest that a side can send. Several of each, so that nothing
// can be worked out once for all.

/**
 * @typedef {object} Beat
 * @property {number} heartbeatTimeMs
 * @property {number} [timestamp]
 * @property {number} [echo]
 * @property {number} [heldUs]
 *
 * @typedef {"timed" | "bare"} Kind
 *
 * @typedef {object} Codec
 * @property {(beat: Beat) => Uint8Array} encode The octets, which may be written over by the next call.
 * @property {(octets: Uint8Array) => Beat} decode
 */

const COUNT = 64;

/** @param {Kind} kind @returns {Beat[]} */
export function beats(kind) {
  return Array.from({ length: COUNT }, (_, at) =>
    kind === "bare"
      ? { heartbeatTimeMs: 5000 + at }
      : {
          heartbeatTimeMs: 5000,
          timestamp: (2_654_435_761 * (at + 1)) >>> 0,
          echo: (2_246_822_519 * (at + 1)) >>> 0,
          heldUs: 4_000_000 + 997 * at,
        },
  );
}

/**
 * The canonical encoding, octet by octet: what every contender has to write.
 *
 * @param {Beat} beat
 */
export function octetsOf({ heartbeatTimeMs, timestamp, echo, heldUs }) {
  const body = [0x08, ...varint(heartbeatTimeMs)];
  if (timestamp !== undefined) body.push(0x1d, ...fixed32(timestamp));
  if (echo !== undefined) body.push(0x25, ...fixed32(echo));
  if (heldUs !== undefined) body.push(0x28, ...varint(heldUs));
  return Uint8Array.of(0x08, 0x01, 0x12, body.length, ...body);
}

/** @param {number} value */
function varint(value) {
  const octets = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return [...octets, rest];
    octets.push((rest & 0x7f) | 0x80);
  }
}

/** @param {number} value */
function fixed32(value) {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}
