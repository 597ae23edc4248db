const KEEPALIVE = 0x03;

/** RSocket 1.0 over TCP: a client that sends KEEPALIVE and is answered. @param {number} heartbeatTimeMs @param {number} slackMs @returns {import("./wire.mjs").Wire} */
export function rsocket(heartbeatTimeMs, slackMs) {
  const mime = Buffer.from("\x18application/octet-stream", "latin1");
  const setup = Buffer.alloc(18);
  setup.writeUInt16BE(0x01 << 10, 4); // SETUP, on stream 0
  setup.writeUInt16BE(1, 6); // version 1.0
  setup.writeUInt32BE(heartbeatTimeMs, 10);
  setup.writeUInt32BE(heartbeatTimeMs + slackMs, 14);
  const keepalive = Buffer.alloc(14);
  keepalive.writeUInt16BE((KEEPALIVE << 10) | 0x80, 4); // with the flag that asks for an answer
  return {
    opening: prefixed(Buffer.concat([setup, mime, mime])),
    beat: prefixed(keepalive),
    take(octets, at, line) {
      if (at + 3 > octets.length) return 0;
      const length = 3 + octets.readUIntBE(at, 3);
      if (at + length > octets.length) return 0;
      if ((octets[at + 7] ?? 0) >> 2 === KEEPALIVE) line.heard();
      return length;
    },
  };
}

/** @param {Buffer} frame */
function prefixed(frame) {
  const length = Buffer.alloc(3);
  length.writeUIntBE(frame.length, 0, 3);
  return Buffer.concat([length, frame]);
}
