// Your implementation: what the suite is to judge.
/** @import { Config, Connection, Hello, Listener, Received } from "./contract.js" */

/**
 * Claim what you have, and nothing else: what is not claimed is neither tested nor failed.
 *
 * @type {Hello}
 */
export const HELLO = {
  contract: 1,
  name: "my-peer",
  version: "0.1.0",
  language: "TypeScript",
  transports: ["tcp"], // of "tcp", "ws", "grpc"
  roles: ["dial", "listen"],
  features: [], // of "always_beat", "optional_peers", "stall", "suspend", "gateway"
};

/** Throw this for a configuration that the protocol forbids, before dialling or listening. */
export class InvalidConfig extends Error {}

/**
 * Connects, and resolves when the connection can be used.
 *
 * With the SDK it would begin with:
 *
 *   import { connect } from "pulsewire/tcp";
 *   const session = await connect({ host, port, heartbeatTimeMs: config.heartbeat_time_ms });
 *
 * @param {string} transport
 * @param {{ host: string, port: number }} address
 * @param {Config} config
 * @param {Received} received
 * @returns {Promise<Connection>}
 */
export async function dial(transport, address, config, received) {
  throw new Error("not implemented");
}

/**
 * Listens on a free port of 127.0.0.1, and calls `accepted` with each connection, before any
 * message of it.
 *
 * @param {string} transport
 * @param {Config} config
 * @param {(connection: Connection) => void} accepted
 * @param {Received} received
 * @returns {Promise<Listener>}
 */
export async function listen(transport, config, accepted, received) {
  throw new Error("not implemented");
}
