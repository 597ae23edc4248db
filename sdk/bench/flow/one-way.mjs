// One sample of a one-way flow: two fresh processes, a time to warm up, and then what the receiver
// gets in a while. In the end it has to have every message that was sent.
import { setTimeout as after } from "node:timers/promises";

const program = new URL("./one-way-child.mjs", import.meta.url);
/** What is under way when the sender stops arrives in this time. */
const REST_MS = 5_000;

/**
 * @typedef {object} Flow
 * @property {string} module Its folder in contenders/.
 * @property {string} variant
 * @property {number} octets Of each message.
 * @property {number} warmUpMs
 * @property {number} sampleMs
 * @property {readonly string[]} [senderArgv] Options of node, to look into it.
 * @property {readonly string[]} [receiverArgv]
 */

/**
 * @param {import("../framework/children.mjs").Children} children
 * @param {Flow} flow
 * @returns {Promise<{ perSecond: number, senderNs: number, receiverNs: number }>} Messages a second,
 *   and what one costs each process, in CPU time.
 */
export async function measureOneWay(children, flow) {
  const { module, variant, octets } = flow;
  const sender = await children.start(program, { execArgv: flow.senderArgv ?? [] });
  const port = await sender.ask("listen", { module, variant, octets });
  const receiver = await children.start(program, { execArgv: flow.receiverArgv ?? [] });
  await receiver.ask("receive", { module, variant, port });

  await sender.ask("run");
  await after(flow.warmUpMs);
  const [first, sentFirst] = [await receiver.ask("read"), await sender.ask("read")];
  await after(flow.sampleMs);
  const [last, sentLast] = [await receiver.ask("read"), await sender.ask("read")];
  await allArrived(sender, receiver);
  await Promise.all([sender.end(), receiver.end()]);

  const messages = last.messages - first.messages;
  return {
    perSecond: messages / ((last.atMs - first.atMs) / 1000),
    senderNs: ((sentLast.cpuMs - sentFirst.cpuMs) * 1e6) / messages,
    receiverNs: ((last.cpuMs - first.cpuMs) * 1e6) / messages,
  };
}

/**
 * @param {import("../framework/children.mjs").Child} sender
 * @param {import("../framework/children.mjs").Child} receiver
 */
async function allArrived(sender, receiver) {
  await sender.ask("stop");
  const deadline = performance.now() + REST_MS;
  for (;;) {
    const [sent, got] = [await sender.ask("read"), await receiver.ask("read")];
    if (sent.messages === got.messages && sent.bytes === got.bytes) return;
    if (performance.now() > deadline) {
      const what = `${sent.messages} messages of ${sent.bytes} octets in all were sent`;
      throw new Error(`${what}; ${got.messages} of ${got.bytes} have come`);
    }
    await after(10);
  }
}
