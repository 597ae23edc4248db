import { once } from "node:events";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

/** A presence server as there are many: a line is a message. */
export function serve() {
  const here = new Map();
  const tellAll = (line) => {
    for (const send of here.keys()) send(line);
  };
  return createServer((socket) => {
    const send = (line) => socket.write(`${line}\n`);
    const lines = createInterface({ input: socket });
    lines.on("line", (line) => {
      const [word, name] = line.split(" ");
      if (word === "iam") {
        here.set(send, name);
        tellAll(`joined ${name}`);
      } else if (word === "who") send(`here ${[...here.values()].join(" ")}`);
      else if (word === "noop") send("ok");
      else send(`what? ${line}`);
    });
    for (const each of [socket, lines]) each.on("error", () => {});
    socket.on("close", () => {
      const name = here.get(send);
      here.delete(send);
      if (name !== undefined) tellAll(`left ${name}`);
    });
  });
}

/** One who is present: `onLine` is told what the server says, `onClose` when there is no server any more. */
export async function join(port, name, onLine, onClose) {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const send = (line) => socket.write(`${line}\n`);
  const lines = createInterface({ input: socket });
  lines.on("line", onLine);
  for (const each of [socket, lines]) each.on("error", () => {});
  socket.on("close", onClose);
  send(`iam ${name}`);
  return { send, leave: () => socket.end() };
}
