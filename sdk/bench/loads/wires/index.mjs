import { grpc } from "./grpc.mjs";
import { rsocket } from "./rsocket.mjs";
import { stream } from "./stream.mjs";
import { engineIo, webSocket, webSocketPong } from "./websocket.mjs";

/** By name: a load is another process, and is told the name. */
const wires = {
  stream,
  rsocket,
  webSocket,
  webSocketPong,
  engineIo,
  grpc,
  grpcPing: (/** @type {number} */ heartbeatTimeMs) => grpc(heartbeatTimeMs, { silent: true }),
};

/** @typedef {keyof typeof wires} WireName */

/** @param {WireName} name @param {number} heartbeatTimeMs @param {number} slackMs @returns {import("./wire.mjs").Wire} */
export function wireOf(name, heartbeatTimeMs, slackMs) {
  return wires[name](heartbeatTimeMs, slackMs);
}
