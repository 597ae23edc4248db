/**
 * "How to detect and close broken connections?" of the README of ws: one interval for
 * all, a ping for each, and who has not answered the last one is cut off.
 *
 * @param {any} server A WebSocketServer.
 * @param {number} intervalMs
 */
export function heartbeatByReadme(server, intervalMs) {
  server.on("connection", (/** @type {any} */ socket) => {
    socket.isAlive = true;
    socket.on("pong", () => {
      socket.isAlive = true;
    });
    socket.on("message", () => {});
    socket.on("error", () => {});
  });
  setInterval(() => {
    for (const socket of server.clients) {
      if (socket.isAlive === false) {
        socket.terminate();
        continue;
      }
      socket.isAlive = false;
      socket.ping();
    }
  }, intervalMs);
}
