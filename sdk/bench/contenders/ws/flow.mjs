// The package ws, without compression. Variants of the sender: "send" sends each message by itself;
// "cork" holds the socket below until the end of the turn, for which it has to take it out of ws.
import { once } from "node:events";
import { createRequire } from "node:module";

// The one that Pulsewire loads, so that both stand on the same.
const { WebSocket, WebSocketServer } = createRequire(import.meta.resolve("pulsewire/ws"))("ws");

/** Where ws.send is to be followed by a wait: Pulsewire's own mark. */
const HIGH_WATER_BYTES = 65_536;

/** @type {import("../../flow/contender.mjs").Receive} */
export async function receive({ port, onMessage }) {
  const ws = await dial(port);
  ws.on("message", (/** @type {Buffer} */ message) => onMessage(message.length));
}

/** @type {import("../../flow/contender.mjs").Send} */
export async function send({ variant, onListening }) {
  const ws = await accept(onListening);
  /** @type {import("node:net").Socket} */
  const socket = ws._socket;
  const isFull = () => ws.bufferedAmount >= HIGH_WATER_BYTES;
  const each = (/** @type {Uint8Array} */ message, /** @type {number} */ count) => {
    for (let sent = 1; sent < count; sent += 1) {
      ws.send(message);
      if (isFull()) return sent;
    }
    ws.send(message);
    return count;
  };
  const corked = (/** @type {Uint8Array} */ message, /** @type {number} */ count) => {
    socket.cork();
    for (let sent = 0; sent < count; sent += 1) ws.send(message);
    socket.uncork();
    return count;
  };
  return {
    burst: variant === "cork" ? corked : each,
    ready() {
      if (!isFull()) return undefined;
      return new Promise((resolve) => {
        socket.once("drain", () => resolve());
      });
    },
  };
}

/** @type {import("../../flow/contender.mjs").Answer} */
export async function answer({ onListening }) {
  const ws = await accept(onListening);
  ws.on("message", (/** @type {Buffer} */ message) => ws.send(message));
}

/** @type {import("../../flow/contender.mjs").Ask} */
export async function ask({ port, onAnswer }) {
  const ws = await dial(port);
  ws.on("message", (/** @type {Buffer} */ message) => onAnswer(message.length));
  return (message) => ws.send(message);
}

/**
 * @param {(port: number) => void} onListening
 */
async function accept(onListening) {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1", perMessageDeflate: false });
  server.once("listening", () => onListening(server.address().port));
  const [ws] = await once(server, "connection");
  return ws;
}

/** @param {number} port */
async function dial(port) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  await once(ws, "open");
  return ws;
}
