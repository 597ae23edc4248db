// A testee that keeps the control contract over TCP and nothing of the protocol, with a fault to
// choose: `node faulty-testee.mjs [fault]`. What check-shim has to find.
import { spawn } from "node:child_process";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const fault = process.argv[2];
const connections = new Map();
const listeners = new Map();

const HELLO = {
  contract: 1,
  name: "faulty",
  version: "1",
  language: "JavaScript",
  transports: ["tcp"],
  roles: ["dial", "listen"],
  features: { "no-stall": ["stall"], "no-forward": ["gateway"] }[fault] ?? [],
};
if (fault === "short-hello") delete HELLO.language;

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const refuse = (id, err, why) => say({ id, err, why });

const KNOWN_OPTIONS = new Set(["heartbeat_time_ms", "slack_ms", "floor_ms", "reply", "read"]);
const COMMAND_KEYS = new Set(["id", "cmd", "conn", "code", "reason"]);

function open({ id, conn, role, transport, address, config }) {
  if (fault === "yes-man") return say({ id, ok: {} });
  if (transport !== "tcp" || (role !== "dial" && role !== "listen"))
    return refuse(id, "unsupported");
  if (fault !== "any-option" && !Object.keys(config).every((key) => KNOWN_OPTIONS.has(key)))
    return refuse(id, "unsupported");
  if (!["echo", "length", undefined].includes(config.reply)) return refuse(id, "unsupported");
  if (fault === "skeleton") return refuse(id, "failed", "not implemented");
  if (config.heartbeat_time_ms < 100 && fault !== "any-time") return refuse(id, "invalid");
  if (role === "dial") {
    const socket = connect(address);
    socket.once("connect", () => {
      connections.set(conn, socket);
      say({ id, ok: {} });
    });
    socket.once("error", () => {
      if (!connections.has(conn))
        fault === "dials-anyone" ? say({ id, ok: {} }) : refuse(id, "failed");
    });
    return;
  }
  let accepted = 0;
  const server = createServer((socket) => {
    accepted += 1;
    const name = fault === "one-name" ? conn : `${conn}#${accepted}`;
    connections.set(name, socket);
    socket.on("error", () => undefined);
    if (fault !== "no-events") say({ event: "open", conn: name, listener: conn });
  });
  listeners.set(conn, server);
  const host = fault === "any-interface" ? "0.0.0.0" : "127.0.0.1";
  server.listen(0, host, () => say({ id, ok: { address: { host, port: server.address().port } } }));
}

function close(command) {
  const { id, conn } = command;
  if (fault === "rejects-keys" && !Object.keys(command).every((key) => COMMAND_KEYS.has(key)))
    return refuse(id, "unsupported");
  const known = connections.has(conn) || listeners.has(conn);
  if (fault === "close-once" && !known) return refuse(id, "failed", "no such connection");
  connections.get(conn)?.destroy();
  connections.delete(conn);
  if (fault !== "keeps-port") listeners.get(conn)?.close();
  for (const [name, socket] of connections) if (name.startsWith(`${conn}#`)) socket.destroy();
  listeners.delete(conn);
  return say({ id, ok: {} });
}

function handle(command) {
  const { id, cmd } = command;
  switch (cmd) {
    case "hello":
      return say({ id, ok: HELLO });
    case "open":
      return open(command);
    case "close":
      return close(command);
    case "send":
    case "read":
      return say({ id, ok: {} });
    case "stall":
      return fault === "no-stall" ? say({ id, ok: {} }) : refuse(id, "unsupported");
    case "bye":
      if (fault === "unfinished") process.stdout.write("bye");
      if (fault === "deaf-to-bye") return;
      if (fault === "leaves-child")
        spawn(process.execPath, ["-e", "setTimeout(() => {}, 20000)"], { stdio: "ignore" });
      return setTimeout(() => process.exit(0), 50);
    default:
      return fault === "knows-all" ? say({ id, ok: {} }) : refuse(id, "unsupported");
  }
}

if (fault === "chatty") process.stdout.write("ready\n");
createInterface({ input: process.stdin })
  .on("line", (line) => {
    const command = JSON.parse(line);
    if (fault === "own-ids" && command.cmd === "read") command.id += 1e9;
    if (fault === "says-all-twice" && command.cmd === "send") say({ id: command.id, ok: {} });
    if (fault === "dies" && command.cmd === "read") process.exit(7);
    handle(command);
  })
  .on("close", () => {
    if (fault === "ignores-end") setTimeout(() => undefined, 20_000);
    else process.exit(0);
  });
