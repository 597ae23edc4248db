// One sample of a round trip: two fresh processes, so many trips to warm up, and then those that count.

const program = new URL("./echo-child.mjs", import.meta.url);

/**
 * @typedef {object} Echo
 * @property {string} module Its folder in contenders/.
 * @property {string} variant
 * @property {number} octets Of each message.
 * @property {number} warmUp Trips.
 * @property {number} trips
 */

/**
 * @param {import("../framework/children.mjs").Children} children
 * @param {Echo} echo
 * @returns {Promise<{ p50: number, p99: number }>} In µs.
 */
export async function measureEcho(children, { module, variant, octets, warmUp, trips }) {
  const answering = await children.start(program);
  const port = await answering.ask("listen", { module, variant });
  const asking = await children.start(program);
  await asking.ask("dial", { module, variant, port, octets });
  await asking.ask("run", warmUp);
  const sample = await asking.ask("run", trips);
  await Promise.all([asking.end(), answering.end()]);
  return sample;
}
