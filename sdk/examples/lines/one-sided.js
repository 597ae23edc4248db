import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { watch } from "pulsewire/tcp";

/** The same client for a server that cannot be changed: it asks with a line which changes nothing. */
export async function join(port, name, onLine, onClose) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const send = (line) => socket.write(`${line}\n`);
  const lines = createInterface({ input: socket });
  lines.on("line", (line) => line === "ok" || onLine(line));
  for (const each of [socket, lines]) each.on("error", () => {});
  socket.on("close", onClose);
  const times = { heartbeatTimeMs: 1_000, heartbeatSlackTimeMs: 500 };
  watch(socket, { ...times, sendNoOp: () => send("noop") });
  send(`iam ${name}`);
  return { send, leave: () => socket.end() };
}
