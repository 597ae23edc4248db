import { heartbeat } from "../../loads/wires/heartbeat.mjs";

/** What a hand-written layer says: the same octets as everybody. @param {number} heartbeatTimeMs */
export function beatOf(heartbeatTimeMs) {
  const frame = heartbeat(heartbeatTimeMs);
  return Buffer.from([frame.length, ...frame]);
}
