import { answer } from "../framework/child.mjs";

/**
 * A process that judges live peers, and stands still for a while in between. It
 * listens several times, so that what belongs to a server rather than to a
 * connection, such as an interval, can be in different phases.
 *
 * @param {(options: import("./idle-server.mjs").IdleOptions) => Promise<number>} listen Resolves with the port.
 */
export function serveJudged(listen) {
  const never = new Int32Array(new SharedArrayBuffer(4));
  answer({
    listen,
    /** Nothing of this process runs in that time; unlike a loop, it leaves the processor to the peers. @param {number} ms */
    stall: (ms) => void Atomics.wait(never, 0, 0, ms),
  });
}
