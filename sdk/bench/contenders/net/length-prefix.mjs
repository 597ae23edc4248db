// The framing that the contenders on bare `net` share: a varint length before each message, as
// Pulsewire's own, written and read with as little as it takes.

/**
 * Writes a length at the start of `into`, and says how many octets it took.
 *
 * @param {Uint8Array} into
 * @param {number} at
 * @param {number} length
 */
export function writeLength(into, at, length) {
  let rest = length;
  let to = at;
  for (; rest >= 0x80; rest >>>= 7) into[to++] = (rest & 0x7f) | 0x80;
  into[to++] = rest;
  return to - at;
}

/** @param {Uint8Array} message */
export function framed(message) {
  const frame = Buffer.allocUnsafe(message.length + 5);
  const offset = writeLength(frame, 0, message.length);
  frame.set(message, offset);
  return frame.subarray(0, offset + message.length);
}

/**
 * A reader of frames that only looks for where each ends: it makes no view of a message and copies
 * nothing, which is the least that a receiver can do.
 *
 * @param {(octets: number) => void} onMessage
 * @returns {(chunk: Uint8Array) => void}
 */
export function counting(onMessage) {
  let missing = 0;
  let length = 0;
  let shift = 0;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (missing === 0) {
        const octet = chunk[at++] ?? 0;
        length |= (octet & 0x7f) << shift;
        shift += 7;
        if (octet >= 0x80) continue;
        shift = 0;
        missing = length;
      }
      const taken = Math.min(missing, chunk.length - at);
      missing -= taken;
      at += taken;
      if (missing > 0) return;
      onMessage(length);
      length = 0;
    }
  };
}

/**
 * A reader of frames that hands on whole messages: a view where one lies in a single read, and
 * otherwise one copy into memory of its own. Less is not possible for whoever promises messages.
 *
 * @param {(octets: number) => void} onMessage
 * @returns {(chunk: Buffer) => void}
 */
export function joining(onMessage) {
  let length = 0;
  let shift = 0;
  let isLengthDone = false;
  let filled = 0;
  /** @type {Buffer | undefined} */
  let partial;
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (!isLengthDone) {
        const octet = chunk[at++] ?? 0;
        length |= (octet & 0x7f) << shift;
        shift += 7;
        if (octet >= 0x80) continue;
        isLengthDone = true;
      }
      /** @type {Buffer} */
      let message;
      if (partial === undefined && chunk.length - at >= length) {
        message = chunk.subarray(at, at + length);
        at += length;
      } else {
        partial ??= Buffer.allocUnsafeSlow(length);
        const taken = chunk.copy(partial, filled, at, at + length - filled);
        at += taken;
        filled += taken;
        if (filled < length) return;
        message = partial;
      }
      onMessage(message.length);
      length = 0;
      shift = 0;
      isLengthDone = false;
      filled = 0;
      partial = undefined;
    }
  };
}
