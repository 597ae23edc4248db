import { answer, residentBytes, usage } from "../framework/child.mjs";

/**
 * @typedef {object} IdleOptions
 * @property {number} heartbeatTimeMs
 * @property {number} slackMs
 */

/**
 * A server of idle sessions, in a process of its own: it is started when it is
 * asked to, and says what it has used.
 *
 * @param {(options: IdleOptions) => Promise<number>} listen Resolves with the port.
 */
export function serveIdle(listen) {
  answer({
    listen,
    usage,
    memory: residentBytes,
  });
}

/** The port of a server that listens on a free one of this machine. @param {import("node:net").Server} server @returns {Promise<number>} */
export function bound(server) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
