// A Pulsewire testee: your implementation (peer.js) behind the control contract of the suite, which
// is all of this file. One JSON object a line comes in on standard input, and one a line goes out
// on standard output. Logs belong on standard error.
/** @import { Command, Config, Connection, Listener, Open, Received, Sending } from "./contract.js" */
import { createInterface } from "node:readline";
import { dial, HELLO, InvalidConfig, listen } from "./peer.js";

const OPTIONS = new Set([
  "heartbeat_time_ms",
  "slack_ms",
  "floor_ms",
  "max_frame_bytes",
  "max_message_bytes",
  "first_frame_timeout_ms",
  "max_unread_bytes",
  "reply",
  "read",
  "stream",
]);
if (HELLO.features.includes("always_beat")) OPTIONS.add("always_beat");
if (HELLO.features.includes("optional_peers")) OPTIONS.add("peer_heartbeats");

class Unsupported extends Error {}

/** @type {Map<string, Connection>} */
const connections = new Map();
/** @type {Map<string, Listener>} */
const listeners = new Map();

/** @param {object} line */
function say(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * Whoever says yes to what it does not know claims more than it has.
 *
 * @param {Open} command
 */
function requireKnown({ transport, role, config }) {
  if (!HELLO.transports.some((known) => known === transport))
    throw new Unsupported(`no transport ${transport}`);
  if (!HELLO.roles.some((known) => known === role)) throw new Unsupported(`no role ${role}`);
  for (const key of Object.keys(config))
    if (!OPTIONS.has(key)) throw new Unsupported(`no option ${key}`);
  if (![undefined, "echo", "length"].includes(config.reply))
    throw new Unsupported(`no reply ${config.reply}`);
}

/** @param {Open} command */
async function open(command) {
  requireKnown(command);
  const { conn, transport, role, address, config } = command;
  /** @type {Received} */
  const received = (connection, message) => {
    if (config.reply === "echo") connection.send(message);
    if (config.reply === "length") connection.send(Buffer.from(String(message.length)));
  };
  /** @param {Connection} connection */
  const begin = (connection) => {
    if (config.stream !== undefined) send(connection, config.stream, Number.POSITIVE_INFINITY);
  };
  if (role === "dial") {
    const connection = await dial(transport, address, config, received);
    connections.set(conn, connection);
    begin(connection);
    return {};
  }
  let count = 0;
  /** @param {Connection} connection */
  const accepted = (connection) => {
    count += 1;
    connections.set(`${conn}#${count}`, connection);
    say({ event: "open", conn: `${conn}#${count}`, listener: conn });
    begin(connection);
  };
  const listener = await listen(transport, config, accepted, received);
  listeners.set(conn, listener);
  return { address: { host: "127.0.0.1", port: listener.port } };
}

/**
 * @param {Connection} connection
 * @param {Sending} sending
 * @param {number} repeat
 */
function send(connection, { text, bytes = 0, every_ms }, repeat) {
  const message = text === undefined ? new Uint8Array(bytes).fill(0x2e) : Buffer.from(text);
  let left = repeat;
  const next = () => {
    while (left > 0) {
      left -= 1;
      try {
        connection.send(message);
      } catch {
        return; // It has ended.
      }
      if (every_ms !== undefined) {
        setTimeout(next, every_ms);
        return;
      }
    }
  };
  next();
}

/** @param {string} conn */
function connection(conn) {
  const found = connections.get(conn);
  if (found === undefined) throw new Error(`no connection ${conn}`);
  return found;
}

/** @param {Command} command */
async function carryOut(command) {
  switch (command.cmd) {
    case "hello":
      return HELLO;
    case "open":
      return open(command);
    case "send":
      send(connection(command.conn), command, command.repeat ?? 1);
      return {};
    case "read":
      connection(command.conn).read();
      return {};
    case "close": // What is gone already is no error.
      listeners.get(command.conn)?.close();
      listeners.delete(command.conn);
      connections.get(command.conn)?.close(command.code ?? 1, command.reason ?? "");
      return {};
    case "bye":
      return process.exit(0);
    default:
      throw new Unsupported("no such command");
  }
}

/** @param {unknown} error */
function kindOf(error) {
  if (error instanceof Unsupported) return "unsupported";
  return error instanceof InvalidConfig ? "invalid" : "failed";
}

const lines = createInterface({ input: process.stdin });
lines.on("line", async (line) => {
  /** @type {Command} */
  const command = JSON.parse(line);
  const { id } = command;
  try {
    say({ id, ok: await carryOut(command) });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say({ id, err: kindOf(error), why });
  }
});
lines.on("close", () => process.exit(0));
