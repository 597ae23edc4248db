import { once } from "node:events";
import { WebSocket, WebSocketServer } from "ws";

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
  server.on("connection", (ws) => {
    const send = (message) => ws.send(JSON.stringify(message));
    ws.on("error", () => {});
    ws.on("message", (data) => receive(JSON.parse(data), send));
    ws.on("close", () => leave(send));
  });
  return server;
}

/** One who chats: `onMessage` is told what the server says, `onClose` when there is no server any more. */
export async function join(url, name, onMessage, onClose) {
  const ws = new WebSocket(url);
  await once(ws, "open");
  const send = (message) => ws.send(JSON.stringify(message));
  ws.on("error", () => {});
  ws.on("message", (data) => onMessage(JSON.parse(data)));
  ws.on("close", onClose);
  send({ type: "join", name });
  return { send, leave: () => ws.close() };
}
