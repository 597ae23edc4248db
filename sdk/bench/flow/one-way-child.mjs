// One end of a one-way flow, in a process of its own. The sender listens, and sends between "run"
// and "stop" for as long as its library takes something; both ends tell what they have done.
import { setImmediate as nextTurn } from "node:timers/promises";
import { answer, usage } from "../framework/child.mjs";

/** So many messages in a row at most, and then the loop gets its turn: somebody asks, say. */
const BURST = 1000;

let messages = 0;
let bytes = 0;
let isRunning = false;

answer({
  /** @param {{ module: string, variant: string, octets: number }} argument */
  async listen({ module, variant, octets }) {
    const { send } = await contender(module);
    if (send === undefined) throw new Error(`${module} does not send`);
    return new Promise((onListening, reject) => {
      send({ variant, onListening }).then((sender) => pump(sender, octets), reject);
    });
  },
  /** @param {{ module: string, variant: string, port: number }} argument */
  async receive({ module, variant, port }) {
    await (await contender(module)).receive?.({ variant, port, onMessage });
  },
  run() {
    isRunning = true;
  },
  stop() {
    isRunning = false;
  },
  read: () => ({ messages, bytes, atMs: performance.now(), ...usage() }),
});

/** @param {string} module @returns {Promise<import("./contender.mjs").Contender>} */
function contender(module) {
  return import(new URL(`../contenders/${module}/flow.mjs`, import.meta.url).href);
}

/** @param {number} length */
function onMessage(length) {
  messages += 1;
  bytes += length;
}

/**
 * @param {import("./contender.mjs").Sender} sender
 * @param {number} octets
 */
async function pump(sender, octets) {
  const message = new Uint8Array(octets).fill(0x70);
  for (;;) {
    if (isRunning) {
      const sent = sender.burst(message, BURST);
      messages += sent;
      bytes += sent * octets;
      await sender.ready();
    }
    await nextTurn();
  }
}
