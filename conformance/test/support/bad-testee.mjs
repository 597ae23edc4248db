// A testee that keeps the control contract well enough to begin with, and then does what none
// should: `node bad-testee.mjs <fault> [file]`. The file gets the ids of the processes it starts.
import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const [, , fault, pidFile] = process.argv;
const HUNDRED_MB = 100 * 1024 * 1024;
const FOR_EVER_MS = 600_000;

const note = (pid) => {
  if (pidFile !== undefined) appendFileSync(pidFile, `${pid}\n`);
};
note(process.pid);

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const stay = () => setInterval(() => undefined, FOR_EVER_MS);
const HELLO = {
  contract: 1,
  name: fault,
  version: "1",
  language: "JavaScript",
  transports: ["tcp"],
  roles: ["listen"],
  features: fault === "lies" ? ["stall", "optional_peers", "always_beat"] : [],
};

/** Writes so much in pieces, waiting for each to be taken; whoever reads may hang up. */
function flood(stream, piece, octets) {
  stream.on("error", () => undefined);
  let left = octets;
  const more = () => {
    while (left > 0) {
      left -= piece.length;
      if (!stream.write(piece)) {
        stream.once("drain", more);
        return;
      }
    }
  };
  more();
}

/** Starts a process that outlives this one, in its group, with or without its streams. */
function startChild(stdio) {
  const child = spawn(process.execPath, ["-e", `setInterval(() => {}, ${FOR_EVER_MS})`], { stdio });
  note(child.pid);
  child.unref();
}

const beginnings = {
  garbage: () => process.stdout.write("Welcome to my peer!\n"),
  "exits-at-once": () => process.exit(3),
  "one-endless-line": () => flood(process.stdout, Buffer.alloc(65_536, 0x78), HUNDRED_MB),
  "garbage-lines": () => flood(process.stdout, Buffer.alloc(65_536, "nonsense\n"), HUNDRED_MB),
  "lawful-lines": () => {
    const line = `${JSON.stringify({ event: "state", conn: "nobody's" })}\n`;
    flood(process.stdout, Buffer.from(line.repeat(1_000)), HUNDRED_MB);
  },
  "floods-stderr": () => flood(process.stderr, Buffer.alloc(65_536, "log line\n"), HUNDRED_MB),
  "closes-stdin": () => process.stdin.destroy(),
  "leaves-a-child": () => startChild("ignore"),
  "leaves-a-child-with-its-streams": () => {
    startChild("inherit");
    process.exit(0);
  },
  "ignores-bye": () => process.on("SIGTERM", () => undefined),
};
beginnings[fault]?.();
if (fault === "closes-stdin" || fault === "ignores-bye" || fault === "one-endless-line") stay();

const listeners = [];

function open({ id, conn, transport, config }) {
  const known = ["heartbeat_time_ms", "slack_ms", "floor_ms", "reply"];
  if (transport !== "tcp" || !Object.keys(config).every((key) => known.includes(key)))
    return say({ id, err: "unsupported" });
  if (fault === "exits-in-the-middle") process.exit(7);
  if (fault === "hangs-in-the-middle") return;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    // A process that is gone closes its connections, as one does that finds its peer down.
    if (fault === "dies-when-an-end-is-due") {
      let limit;
      socket.write(Buffer.from("070801120308f403", "hex"));
      socket.on("data", () => {
        clearTimeout(limit);
        limit = setTimeout(() => process.exit(9), 1_600);
      });
    }
    // Heartbeats of four octets, each behind its length.
    if (fault === "floods-the-wire")
      flood(socket, Buffer.from("0408011200".repeat(13_000), "hex"), HUNDRED_MB);
    if (fault !== "a-port-of-somebody-else")
      say({ event: "open", conn: `${conn}#1`, listener: conn });
  });
  listeners.push(server);
  server.listen(0, "127.0.0.1", () => {
    const { port } = server.address();
    if (fault === "a-wrong-port") server.close();
    say({
      id,
      ok: { address: { host: fault === "a-host-elsewhere" ? "192.0.2.1" : "127.0.0.1", port } },
    });
  });
}

const lines = createInterface({ input: process.stdin });
lines.on("line", (text) => {
  const command = JSON.parse(text);
  if (command.cmd === "hello") {
    // A line feed in the midst of it would end the endless line.
    if (fault !== "hangs-at-hello" && fault !== "one-endless-line")
      say({ id: command.id, ok: HELLO });
  } else if (command.cmd === "open") open(command);
  else if (command.cmd === "close" && fault !== "ignores-close") say({ id: command.id, ok: {} });
  else if (command.cmd === "bye" && fault !== "ignores-bye") process.exit(0);
  else if (command.cmd !== "bye" && command.cmd !== "close")
    say({ id: command.id, err: "unsupported" });
});
if (fault !== "ignores-bye" && fault !== "closes-stdin") lines.on("close", () => process.exit(0));
