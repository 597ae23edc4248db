import { createServer } from "node:http";
import { load } from "../../framework/child.mjs";
import { bound } from "../idle-server.mjs";

/**
 * "How to detect and close broken connections?" of the README of ws: one interval for
 * all, a ping for each, and who has not answered the last one is cut off.
 *
 * @param {import("../idle-server.mjs").IdleOptions} options
 */
export async function listenByReadme({ heartbeatTimeMs }) {
  const { WebSocketServer } = await load("ws");
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on("connection", (/** @type {any} */ socket) => {
    socket.isAlive = true;
    socket.on("pong", () => {
      socket.isAlive = true;
    });
    socket.on("message", () => {});
    socket.on("error", () => {});
  });
  setInterval(() => {
    for (const socket of sockets.clients) {
      if (socket.isAlive === false) {
        socket.terminate();
        continue;
      }
      socket.isAlive = false;
      socket.ping();
    }
  }, heartbeatTimeMs);
  return bound(server);
}
