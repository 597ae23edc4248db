import { createServer } from "node:http";
import { load } from "../../framework/child.mjs";
import { bound } from "../idle-server.mjs";

/** Engine.IO, WebSocket only. @param {import("../idle-server.mjs").IdleOptions} options */
export async function listen({ heartbeatTimeMs, slackMs }) {
  const { attach } = await load("engine.io");
  const server = createServer();
  const engine = attach(server, {
    pingInterval: heartbeatTimeMs,
    pingTimeout: slackMs,
    transports: ["websocket"],
  });
  engine.on("connection", (/** @type {any} */ socket) => socket.on("message", () => {}));
  return bound(server);
}
