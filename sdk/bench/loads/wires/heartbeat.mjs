// Octets of a peer's heartbeats, made by hand: a load must not cost what it loads.

/**
 * A heartbeat as a peer of this SDK sends it in the middle of a session, with a
 * timestamp, an echo and the time it was held (proto/pulsewire/v1/frame.proto).
 *
 * @param {number} heartbeatTimeMs
 */
export function heartbeat(heartbeatTimeMs) {
  const body = [
    0x08,
    ...varint(heartbeatTimeMs),
    ...[0x1d, 0x78, 0x56, 0x34, 0x12], // timestamp
    ...[0x25, 0x21, 0x43, 0x65, 0x07], // echo
    ...[0x28, ...varint(1_200_000)], // held_us
  ];
  return Buffer.from([0x08, 0x01, 0x12, body.length, ...body]);
}

/**
 * Tells a line what a whole frame of the SDK was.
 *
 * @param {Buffer} octets
 * @param {number} from Where the frame begins.
 * @param {Buffer} beat What answers a probe, delimited as the transport has it.
 * @param {import("./wire.mjs").Line} line
 */
export function tell(octets, from, beat, line) {
  if (octets[from + 2] === CLOSE) line.ended();
  if (octets[from + 2] !== HEARTBEAT) return;
  line.heard();
  if (isProbe(octets, from)) line.answer(beat);
}

const HEARTBEAT = 0x12;
const CLOSE = 0x22;

/** Whether a heartbeat asks for an answer [PW-PRB-2]. What comes before `reply_requested` is one varint. @param {Buffer} octets @param {number} from */
function isProbe(octets, from) {
  const end = from + 4 + (octets[from + 3] ?? 0);
  let at = from + 4;
  if (octets[at] === 0x08) {
    at += 1;
    while ((octets[at] ?? 0) >= 0x80) at += 1;
    at += 1;
  }
  return at < end && octets[at] === 0x10 && octets[at + 1] === 0x01;
}

/** @param {number} value @returns {number[]} */
function varint(value) {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
