// One sample of a round trip: two fresh processes, a time to warm up, and then one message after the
// other.

const program = new URL("./echo-child.mjs", import.meta.url);

/**
 * @typedef {object} Echo
 * @property {string} module Its folder in contenders/.
 * @property {string} variant
 * @property {number} octets Of each message.
 * @property {number} warmUpMs
 * @property {number} sampleMs
 */

/**
 * @param {import("../framework/children.mjs").Children} children
 * @param {Echo} echo
 * @returns {Promise<{ trips: number, p50: number, p99: number }>} In µs.
 */
export async function measureEcho(children, { module, variant, octets, warmUpMs, sampleMs }) {
  const answering = await children.start(program);
  const port = await answering.ask("listen", { module, variant });
  const asking = await children.start(program);
  await asking.ask("dial", { module, variant, port, octets });
  await asking.ask("run", warmUpMs);
  const sample = await asking.ask("run", sampleMs);
  await Promise.all([asking.end(), answering.end()]);
  return sample;
}
