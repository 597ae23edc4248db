import { heartbeat, tell } from "./heartbeat.mjs";

const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const SETTINGS = 4;
const PING = 6;
const GOAWAY = 7;
const ACK = 1;
const HEADER_BYTES = 9;
/** Before each message of gRPC: whether it is compressed, and its length. */
const PREFIX_BYTES = 5;

/**
 * Pulsewire on gRPC, one call on a connection of its own; a server of anything
 * else that takes messages of the same call is content with it too.
 *
 * @param {number} heartbeatTimeMs
 * @param {{ silent?: boolean }} [options] Silent: it only answers PINGs, as a client without heartbeats.
 * @returns {import("./wire.mjs").Wire}
 */
export function grpc(heartbeatTimeMs, { silent = false } = {}) {
  const message = heartbeat(heartbeatTimeMs);
  const prefix = Buffer.from([0, 0, 0, 0, message.length]);
  const beat = http2(DATA, 0, 1, Buffer.concat([prefix, message]));
  const settingsAck = http2(SETTINGS, ACK, 0, Buffer.alloc(0));
  const start = Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1"),
    http2(SETTINGS, 0, 0, Buffer.alloc(0)),
    http2(HEADERS, 0x04, 1, requestHeaders()), // END_HEADERS
  ]);
  return {
    handshake: true,
    opening: silent ? start : Buffer.concat([start, beat]),
    ...(silent ? {} : { beat }),
    take(octets, at, line) {
      if (at + HEADER_BYTES > octets.length) return 0;
      const length = HEADER_BYTES + octets.readUIntBE(at, 3);
      if (at + length > octets.length) return 0;
      const type = octets[at + 3];
      const isAck = ((octets[at + 4] ?? 0) & ACK) !== 0;
      if (type === DATA) {
        tell(octets, at + HEADER_BYTES + PREFIX_BYTES, beat, line);
      } else if (type === HEADERS && !line.open) line.opened();
      else if (type === HEADERS || type === RST_STREAM || type === GOAWAY) line.ended();
      else if (type === SETTINGS && !isAck) line.write(settingsAck);
      else if (type === PING && !isAck) {
        line.heard();
        const payload = octets.subarray(at + HEADER_BYTES, at + length);
        line.answer(http2(PING, ACK, 0, payload));
      }
      return length;
    },
  };
}

/** @param {number} type @param {number} flags @param {number} stream @param {Buffer} payload */
function http2(type, flags, stream, payload) {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** HPACK with nothing but its static table and literals (RFC 7541, 6.2.2 and A). */
function requestHeaders() {
  const text = (/** @type {string} */ value) => [value.length, ...Buffer.from(value, "latin1")];
  return Buffer.from([
    ...[0x83, 0x86], // :method POST, :scheme http
    ...[0x04, ...text("/pulsewire.v1.LivenessService/Connect")], // :path
    ...[0x01, ...text("127.0.0.1")], // :authority
    ...[0x0f, 0x10, ...text("application/grpc")], // content-type
    ...[0x00, ...text("te"), ...text("trailers")],
  ]);
}
