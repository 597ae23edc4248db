// One end of a round trip, in a process of its own. One of them answers; the other asks, one message
// after the other, and says how long they took.
import { answer } from "../framework/child.mjs";
import { percentile } from "../framework/statistics.mjs";

let micros = new Float64Array(0);
let wanted = 0;
let message = new Uint8Array(0);
let trips = 0;
let askedAt = 0;
let ask = (/** @type {Uint8Array} */ _) => {};
let done = () => {};

answer({
  /** @param {{ module: string, variant: string }} argument */
  async listen({ module, variant }) {
    const { answer } = await contender(module);
    if (answer === undefined) throw new Error(`${module} does not answer`);
    return new Promise((onListening, reject) => {
      answer({ variant, onListening }).catch(reject);
    });
  },
  /** @param {{ module: string, variant: string, port: number, octets: number }} argument */
  async dial({ module, variant, port, octets }) {
    message = new Uint8Array(octets).fill(0x70);
    const asking = await (await contender(module)).ask?.({ variant, port, onAnswer });
    if (asking === undefined) throw new Error(`${module} does not ask`);
    ask = asking;
  },
  /** @param {number} count Of trips. @returns {Promise<{ p50: number, p99: number }>} In µs. */
  async run(count) {
    wanted = count;
    micros = new Float64Array(count);
    trips = 0;
    askedAt = performance.now();
    await new Promise((/** @type {(value: void) => void} */ resolve) => {
      done = () => resolve();
      ask(message);
    });
    const sorted = [...micros.sort()];
    return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
  },
});

/** @param {string} module @returns {Promise<import("./contender.mjs").Contender>} */
function contender(module) {
  return import(new URL(`../contenders/${module}/flow.mjs`, import.meta.url).href);
}

/** @param {number} length */
function onAnswer(length) {
  const now = performance.now();
  if (length !== message.length) throw new Error(`an answer of ${length} octets`);
  micros[trips++] = (now - askedAt) * 1000;
  if (trips < wanted) {
    askedAt = performance.now();
    ask(message);
  } else done();
}
