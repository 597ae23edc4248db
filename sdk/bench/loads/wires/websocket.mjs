import { heartbeat, tell } from "./heartbeat.mjs";

const TEXT = 1;
const BINARY = 2;
const CLOSE = 8;
const PING = 9;
const PONG = 10;

/** Pulsewire on WebSocket. @param {number} heartbeatTimeMs @returns {import("./wire.mjs").Wire} */
export function webSocket(heartbeatTimeMs) {
  const beat = frame(BINARY, heartbeat(heartbeatTimeMs));
  return {
    handshake: true,
    opening: handshake("/", "pulsewire.v1"),
    beat,
    take: taker((opcode, octets, from, _to, line) => {
      if (opcode === BINARY) tell(octets, from, beat, line);
    }),
  };
}

/** A plain client of WebSocket, which answers pings. @returns {import("./wire.mjs").Wire} */
export function webSocketPong() {
  return {
    handshake: true,
    opening: handshake("/"),
    take: taker((opcode, octets, from, to, line) => {
      if (opcode !== PING) return;
      line.heard();
      line.answer(frame(PONG, octets.subarray(from, to)));
    }),
  };
}

/** Engine.IO 4, WebSocket only: it answers "2" with "3". @returns {import("./wire.mjs").Wire} */
export function engineIo() {
  const pong = frame(TEXT, Buffer.from("3"));
  return {
    handshake: true,
    opening: handshake("/engine.io/?EIO=4&transport=websocket"),
    take: taker((opcode, octets, from, _to, line) => {
      if (opcode !== TEXT || octets[from] !== 0x32) return;
      line.heard();
      line.answer(pong);
    }),
  };
}

/** @param {string} path @param {string} [protocol] */
function handshake(path, protocol) {
  const lines = [
    `GET ${path} HTTP/1.1`,
    "Host: 127.0.0.1",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
    ...(protocol === undefined ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  return Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
}

/** A frame of a client, masked with zeros: the payload stays as it is. @param {number} opcode @param {Buffer} payload */
function frame(opcode, payload) {
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}

/**
 * @param {(opcode: number, octets: Buffer, from: number, to: number, line: import("./wire.mjs").Line) => void} read
 * @returns {import("./wire.mjs").Wire["take"]}
 */
function taker(read) {
  return (octets, at, line) => {
    if (!line.open) {
      const end = octets.indexOf("\r\n\r\n", at, "latin1");
      if (end < 0) return 0;
      if (!octets.subarray(at, end).toString("latin1").startsWith("HTTP/1.1 101")) {
        throw new Error(`no WebSocket: ${octets.subarray(at, end).toString("latin1")}`);
      }
      line.opened();
      return end + 4 - at;
    }
    if (at + 2 > octets.length) return 0;
    const size = octets[at + 1] ?? 0; // 127 and more octets than 16 bits can say: nobody here
    if (size === 126 && at + 4 > octets.length) return 0;
    const from = at + (size === 126 ? 4 : 2);
    const to = from + (size === 126 ? octets.readUInt16BE(at + 2) : size);
    if (to > octets.length) return 0;
    const opcode = (octets[at] ?? 0) & 0x0f;
    if (opcode === CLOSE) line.ended();
    else read(opcode, octets, from, to, line);
    return to - at;
  };
}
