// A client on host A and a server on host B, with a connection between them through F.
import { ROLES } from "./faults.mjs";
import { ADDRESS } from "./lab.mjs";
import { PeerProcess } from "./peer-process.mjs";

/** @typedef {import("./faults.mjs").Role} Role */
/** @typedef {import("./faults.mjs").Transport} Transport */
/** @typedef {import("./judge.mjs").Times} Times */
/** @typedef {Record<Role, PeerProcess>} Pair */
/**
 * @typedef {object} Context
 * @property {import("./lab.mjs").Labs} labs
 * @property {Set<PeerProcess>} peers Those that run now.
 * @property {AbortSignal} signal Gives everything up.
 */

const PORT = 7400;
export const HOST = /** @type {const} */ ({ client: "a", server: "b" });

/**
 * Two peers in a lab of their own, connected; all of it is gone afterwards.
 *
 * @template T
 * @param {Context} context
 * @param {{ transport: Transport, idleSeconds?: number | undefined, configured?: Role, times?: Times }} options
 * @param {(lab: import("./lab.mjs").Lab, peers: Pair) => Promise<T>} use
 * @returns {Promise<T>}
 */
export async function withPair(
  { labs, peers: all, signal },
  { transport, idleSeconds, configured, times },
  use,
) {
  return labs.with(idleSeconds === undefined ? {} : { idleSeconds }, async (lab) => {
    const start = (/** @type {Role} */ role) => {
      signal.throwIfAborted();
      const { heartbeatTimeMs, heartbeatSlackTimeMs } = times ?? {};
      const peer = new PeerProcess(lab.host(HOST[role]), role, transport, {
        host: ADDRESS.b,
        port: PORT,
        heartbeatTimeMs: configured === role ? heartbeatTimeMs : undefined,
        heartbeatSlackTimeMs,
      });
      all.add(peer);
      return peer;
    };
    const server = start("server");
    /** @type {PeerProcess | undefined} */
    let client;
    try {
      await server.until("a listener", () => server.facts.length > 0);
      client = start("client");
      const peers = { client, server };
      for (const role of ROLES) {
        await peers[role].until("a session", () =>
          peers[role].facts.some(({ type }) => type === "open"),
        );
      }
      for (const peer of [client, server]) peer.starvedMs = 0;
      return await use(lab, peers);
    } finally {
      for (const peer of [client, server]) {
        await peer?.kill();
        if (peer !== undefined) all.delete(peer);
      }
    }
  });
}
