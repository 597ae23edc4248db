import { Readable } from "node:stream";
import { attach, connect } from "pulsewire/ws";
import { WebSocketServer } from "ws";

/** A chat room as there are many: a JSON text is a message. */
export function serve() {
  const members = new Map();
  const sayToAll = (message) => {
    for (const send of members.keys()) send(message);
  };
  const receive = (message, send) => {
    if (message.type === "join") {
      members.set(send, message.name);
      sayToAll({ type: "joined", name: message.name });
    } else if (message.type === "say") {
      sayToAll({ type: "said", name: members.get(send), text: message.text });
    } else send({ type: "error", text: `what is "${message.type}"?` });
  };
  const leave = (send) => {
    const name = members.get(send);
    members.delete(send);
    if (name !== undefined) sayToAll({ type: "left", name });
  };

  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const onSession = (session) => {
    const ws = Readable.from(session);
    const send = (message) => session.send(JSON.stringify(message));
    ws.on("error", () => {});
    ws.on("data", (data) => receive(JSON.parse(Buffer.from(data)), send));
    ws.on("close", () => leave(send));
  };
  attach(server, { heartbeatSlackTimeMs: 500, onSession });
  return server;
}

/** One who chats: `onMessage` is told what the server says, `onClose` when there is no server any more. */
export async function join(url, name, onMessage, onClose) {
  const session = await connect({ url, heartbeatTimeMs: 1_000, heartbeatSlackTimeMs: 500 });
  const ws = Readable.from(session);
  const send = (message) => session.send(JSON.stringify(message));
  ws.on("error", () => {});
  ws.on("data", (data) => onMessage(JSON.parse(Buffer.from(data))));
  ws.on("close", onClose);
  send({ type: "join", name });
  return { send, leave: () => session.close() };
}
