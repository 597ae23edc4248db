// One sample of a one-way flow: two fresh processes, a time to warm up, and then what the receiver
// gets in a while. In the end it has to have every message that was sent.
//
// Both times are counted in the CPU time that the two processes got: on a machine that others use as
// well, 300 ms by the clock may leave all that a library does still in the interpreter.
import { setTimeout as after } from "node:timers/promises";

const program = new URL("./one-way-child.mjs", import.meta.url);
/** What is under way when the sender stops arrives in this time. */
const REST_MS = 5_000;
/** By the clock, and in CPU time of both: two that mostly wait for each other. */
const LONG_ENOUGH = 3;

/**
 * @typedef {object} Flow
 * @property {string} module Its folder in contenders/.
 * @property {string} variant
 * @property {number} octets Of each message.
 * @property {number} warmUpMs CPU time of both processes together.
 * @property {number} sampleMs As warmUpMs; a sample is made of at least a third of it by the clock.
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

  const both = { sender, receiver };
  await sender.ask("run");
  const first = await readAfter(both, await read(both), flow.warmUpMs);
  const last = await readAfter(both, first, flow.sampleMs);
  await allArrived(sender, receiver);
  await Promise.all([sender.end(), receiver.end()]);

  const messages = last.got.messages - first.got.messages;
  return {
    perSecond: messages / ((last.got.atMs - first.got.atMs) / 1000),
    senderNs: ((last.sent.cpuMs - first.sent.cpuMs) * 1e6) / messages,
    receiverNs: ((last.got.cpuMs - first.got.cpuMs) * 1e6) / messages,
  };
}

/**
 * @typedef {{ sender: import("../framework/children.mjs").Child, receiver: import("../framework/children.mjs").Child }} Both
 * @typedef {{ messages: number, bytes: number, atMs: number, cpuMs: number }} Reading
 */

/**
 * What both have done by the time they have had `cpuMs`, or long enough.
 *
 * @param {Both} both
 * @param {{ sent: Reading, got: Reading }} since
 * @param {number} cpuMs
 */
async function readAfter(both, since, cpuMs) {
  await after(cpuMs / 3);
  for (;;) {
    const now = await read(both);
    const had = now.sent.cpuMs - since.sent.cpuMs + now.got.cpuMs - since.got.cpuMs;
    if (had >= cpuMs || now.got.atMs - since.got.atMs > LONG_ENOUGH * cpuMs) return now;
    await after(50);
  }
}

/** @param {Both} both @returns {Promise<{ sent: Reading, got: Reading }>} */
async function read({ sender, receiver }) {
  return { got: await receiver.ask("read"), sent: await sender.ask("read") };
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
