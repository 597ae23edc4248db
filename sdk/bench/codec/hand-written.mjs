// A codec of this one frame and nothing else, with one buffer and one object for ever: what there is
// to gain, without anything that a protocol needs besides.

const buffer = new Uint8Array(32);
/** By its length: a view is an allocation too. */
const views = Array.from({ length: 33 }, (_, length) => buffer.subarray(0, length));
/** Fractions, so that V8 keeps them as doubles in place: a whole number above 2^31 is an object elsewhere. */
const read = { heartbeatTimeMs: 0, timestamp: 0.5, echo: 0.5, heldUs: 0 };
let at = 0;

/** @type {import("./heartbeats.mjs").Codec} */
export const codec = {
  encode(beat) {
    buffer[0] = 0x08;
    buffer[1] = 0x01;
    buffer[2] = 0x12;
    buffer[4] = 0x08;
    at = 5;
    writeVarint(beat.heartbeatTimeMs);
    const { timestamp, echo, heldUs } = beat;
    if (timestamp !== undefined) writeFixed32(0x1d, timestamp);
    if (echo !== undefined) writeFixed32(0x25, echo);
    if (heldUs !== undefined) {
      buffer[at++] = 0x28;
      writeVarint(heldUs);
    }
    buffer[3] = at - 4;
    return /** @type {Uint8Array} */ (views[at]);
  },
  decode(octets) {
    if (octets[0] !== 0x08 || octets[1] !== 0x01 || octets[2] !== 0x12) throw new Error("no beat");
    if (octets[3] !== octets.length - 4) throw new Error("not all there");
    read.timestamp = 0;
    read.echo = 0;
    read.heldUs = 0;
    at = 4;
    while (at < octets.length) {
      switch (octets[at++]) {
        case 0x08:
          read.heartbeatTimeMs = readVarint(octets);
          break;
        case 0x1d:
          read.timestamp = readFixed32(octets);
          break;
        case 0x25:
          read.echo = readFixed32(octets);
          break;
        case 0x28:
          read.heldUs = readVarint(octets);
          break;
        default:
          throw new Error("not canonical");
      }
    }
    return read;
  },
};

/** @param {number} value */
function writeVarint(value) {
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) buffer[at++] = (rest & 0x7f) | 0x80;
  buffer[at++] = rest;
}

/** @param {number} tag @param {number} value */
function writeFixed32(tag, value) {
  buffer[at] = tag;
  buffer[at + 1] = value;
  buffer[at + 2] = value >>> 8;
  buffer[at + 3] = value >>> 16;
  buffer[at + 4] = value >>> 24;
  at += 5;
}

/** @param {Uint8Array} octets */
function readVarint(octets) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const octet = octets[at++] ?? 0;
    value |= (octet & 0x7f) << shift;
    if (octet < 0x80) return value >>> 0;
  }
}

/** @param {Uint8Array} octets */
function readFixed32(octets) {
  at += 4;
  const low = (octets[at - 4] ?? 0) | ((octets[at - 3] ?? 0) << 8);
  return (low | ((octets[at - 2] ?? 0) << 16) | ((octets[at - 1] ?? 0) << 24)) >>> 0;
}
