import { createServer } from "node:http";
import { load } from "../../framework/child.mjs";
import { bound, serveIdle } from "../idle-server.mjs";

// An interval that pings and a timeout that pongs move, for each connection.
serveIdle(async ({ heartbeatTimeMs, slackMs }) => {
  const { WebSocketServer } = await load("ws");
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (/** @type {any} */ socket) => {
    const interval = setInterval(() => socket.ping(), heartbeatTimeMs);
    const timeout = setTimeout(() => socket.terminate(), heartbeatTimeMs + slackMs);
    socket.on("pong", () => timeout.refresh());
    socket.on("message", () => {});
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(interval);
      clearTimeout(timeout);
    });
  });
  return bound(server);
});
