import { createServer } from "node:http";
import { load } from "../../framework/child.mjs";
import { bound, serveIdle } from "../idle-server.mjs";

serveIdle(async ({ heartbeatTimeMs, slackMs }) => {
  const { attach } = await load("engine.io");
  const server = createServer();
  const engine = attach(server, {
    pingInterval: heartbeatTimeMs,
    pingTimeout: slackMs,
    transports: ["websocket"],
  });
  engine.on("connection", (/** @type {any} */ socket) => socket.on("message", () => {}));
  return bound(server);
});
