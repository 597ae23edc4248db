// The silent failures: ways in which a connection dies and nobody is told.
import { ADDRESS } from "./lab.mjs";

/** @typedef {"client" | "server"} Role Clients are on host A, servers on host B. */
/** @typedef {"tcp" | "ws" | "grpc"} Transport */

/** Both ends run on, and neither hears the other. */
const NOBODY = /** @type {readonly Role[]} */ ([]);

/**
 * @typedef {object} Fault
 * @property {string} title
 * @property {readonly Role[]} hearing Who still hears the other: nobody, or one end in a partition of one direction.
 * @property {boolean} [kills] One of the two ends is killed; only the other can find out.
 * @property {number} [idleSeconds] There is no blow: F forgets a flow that is idle for longer than this.
 * @property {(lab: import("./lab.mjs").Lab) => Promise<void>} strike
 */

export const FAULTS = /** @satisfies {Readonly<Record<string, Fault>>} */ ({
  "host-gone": {
    title: "host gone",
    hearing: NOBODY,
    strike: (lab) => lab.unplug(),
  },
  killed: {
    title: "process killed, FIN and RST swallowed",
    hearing: NOBODY,
    kills: true,
    // The blow itself is a SIGKILL, which the scenario deals: this is what hides it.
    strike: (lab) => lab.gate("tcp flags & (fin|rst) != 0 counter name swallowed drop"),
  },
  "nat-forgot": {
    title: "NAT entry dropped",
    hearing: NOBODY,
    idleSeconds: 2,
    strike: () => Promise.resolve(),
  },
  "cut-a-to-b": {
    title: "partition, client to server",
    hearing: ["client"],
    strike: (lab) => lab.gate(`ip saddr ${ADDRESS.a} counter name swallowed drop`),
  },
  "cut-b-to-a": {
    title: "partition, server to client",
    hearing: ["server"],
    strike: (lab) => lab.gate(`ip saddr ${ADDRESS.b} counter name swallowed drop`),
  },
  "cut-both": {
    title: "partition, both directions",
    hearing: NOBODY,
    strike: (lab) => lab.gate("counter name swallowed drop"),
  },
});

/** @param {string} name @returns {Fault} */
export function faultOf(name) {
  const fault = new Map(Object.entries(FAULTS)).get(name);
  if (fault === undefined) throw new Error(`there is no fault "${name}"`);
  return fault;
}

/** Most faults: as short as a listener adopts by default, so that everything is over soon. */
export const QUICK = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };
/** Behind a NAT that forgets after 2 s: too rare to keep the flow, but not too rare to notice. */
const RARE = { heartbeatTimeMs: 4000, heartbeatSlackTimeMs: 500 };

/** @param {Fault} fault @returns {import("./judge.mjs").Times} */
export function timesFor({ idleSeconds }) {
  return idleSeconds === undefined ? QUICK : RARE;
}

export const ROLES = /** @type {const} */ (["client", "server"]);
export const TRANSPORTS = /** @type {const} */ (["tcp", "ws", "grpc"]);

/** @param {Role} role @returns {Role} */
export function other(role) {
  return role === "client" ? "server" : "client";
}
