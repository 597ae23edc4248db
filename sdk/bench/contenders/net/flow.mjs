// Node's own `net` with a length before each message: what a program does that has no library.
// Variants of the sender: "write" writes each frame by itself; "cork" hands over all frames of a
// turn at once, which Node gives to the system with writev; "slab" copies them into one buffer. The
// receiver only looks for where a message ends, but for "cork, joined": there it hands each on in one
// piece.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { counting, framed, joining, writeLength } from "./length-prefix.mjs";

/** @type {import("../../flow/contender.mjs").Receive} */
export async function receive({ variant, port, onMessage }) {
  const socket = await dial(port);
  socket.on("data", variant === "cork, joined" ? joining(onMessage) : counting(onMessage));
}

/** @type {import("../../flow/contender.mjs").Send} */
export async function send({ variant, onListening }) {
  const socket = await accept(onListening);
  const burst = { write: writeEach, cork: corked, "cork, joined": corked, slab: slabs }[variant];
  if (burst === undefined) throw new Error(`no variant ${variant}`);
  return {
    burst: (message, count) => burst(socket, message, count),
    ready: () => drained(socket),
  };
}

/** @type {import("../../flow/contender.mjs").Answer} */
export async function answer({ onListening }) {
  const socket = await accept(onListening);
  // One message is under way at a time, and a small one arrives whole.
  socket.on("data", (chunk) => socket.write(framed(chunk.subarray(1))));
}

/** @type {import("../../flow/contender.mjs").Ask} */
export async function ask({ port, onAnswer }) {
  const socket = await dial(port);
  socket.on("data", counting(onAnswer));
  return (message) => {
    socket.write(framed(message));
  };
}

/**
 * @param {import("node:net").Socket} socket
 * @param {Uint8Array} message
 * @param {number} count
 */
function writeEach(socket, message, count) {
  for (let sent = 1; sent < count; sent += 1) if (!socket.write(framed(message))) return sent;
  socket.write(framed(message));
  return count;
}

/** Length and message are two pieces of one writev where a copy would cost more than a piece. */
const COPIED_AT_MOST = 4096;

/**
 * @param {import("node:net").Socket} socket
 * @param {Uint8Array} message
 * @param {number} count
 */
function corked(socket, message, count) {
  const few = Math.min(count, turnful(message));
  socket.cork();
  for (let sent = 0; sent < few; sent += 1) {
    if (message.length <= COPIED_AT_MOST) socket.write(framed(message));
    else {
      const prefix = Buffer.allocUnsafe(5);
      socket.write(prefix.subarray(0, writeLength(prefix, 0, message.length)));
      socket.write(message);
    }
  }
  socket.uncork();
  return few;
}

/**
 * @param {import("node:net").Socket} socket
 * @param {Uint8Array} message
 * @param {number} count
 */
function slabs(socket, message, count) {
  const few = Math.min(count, turnful(message));
  const slab = Buffer.allocUnsafe(few * (message.length + 5));
  let at = 0;
  for (let sent = 0; sent < few; sent += 1) {
    at += writeLength(slab, at, message.length);
    slab.set(message, at);
    at += message.length;
  }
  socket.write(slab.subarray(0, at));
  return few;
}

/** What goes out in one turn at most, whatever its size, so that little waits in the process. */
const TURN_BYTES = 1_048_576;

/** @param {Uint8Array} message */
function turnful(message) {
  return Math.ceil(TURN_BYTES / (message.length + 1));
}

/** @param {import("node:net").Socket} socket */
function drained(socket) {
  if (!socket.writableNeedDrain) return undefined;
  return new Promise((/** @type {(value: void) => void} */ resolve) => {
    socket.once("drain", () => resolve());
  });
}

/**
 * @param {(port: number) => void} onListening
 * @returns {Promise<import("node:net").Socket>}
 */
export async function accept(onListening) {
  const server = createServer({ noDelay: true });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    if (typeof address === "object" && address !== null) onListening(address.port);
  });
  const [socket] = await once(server, "connection");
  return socket;
}

/** @param {number} port */
async function dial(port) {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  await once(socket, "connect");
  return socket;
}
