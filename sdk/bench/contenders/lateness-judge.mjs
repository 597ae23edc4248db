import { answer } from "../framework/child.mjs";
import { monotonicMs } from "../loads/crowd.mjs";

/**
 * @typedef {object} Verdict A silent peer was given up.
 * @property {number} port Of the peer.
 * @property {number} at When, in ms of the system's monotonic clock.
 * @property {number | undefined} heardAt When this process last read anything of it; undefined: nobody here can tell.
 */

/**
 * A process that gives up silent peers, and says when it did.
 *
 * @param {(options: import("./idle-server.mjs").IdleOptions, judged: (port: number, heardAt?: number) => void) => Promise<number>} listen
 */
export function serveVerdicts(listen) {
  /** @type {Verdict[]} */
  const verdicts = [];
  answer({
    /** @param {import("./idle-server.mjs").IdleOptions} options */
    listen: (options) =>
      listen(options, (port, heardAt) => verdicts.push({ port, at: monotonicMs(), heardAt })),
    verdicts: () => verdicts,
  });
}
