import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * A network between a client and a server on this machine, that can lose a
 * connection without a word: a proxy to `port`.
 *
 * @param {number} port
 * @param {{ forgetsAfterMs?: number }} [options] like a firewall, it forgets a
 *   connection that has been idle for so long, and drops what comes on it then.
 */
export async function networkTo(port, { forgetsAfterMs = Number.POSITIVE_INFINITY } = {}) {
  const sockets = new Set();
  let swallows = false;
  const proxy = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    let lastAt = performance.now();
    const passes = () => {
      const idleForMs = performance.now() - lastAt;
      if (idleForMs < forgetsAfterMs && !swallows) lastAt += idleForMs;
      else lastAt = Number.NEGATIVE_INFINITY; // forgotten for good
      return lastAt > 0;
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(from);
      from.on("data", (octets) => passes() && to.write(octets));
      from.on("end", () => passes() && to.end());
      from.on("error", () => passes() && to.destroy());
      from.on("close", () => sockets.delete(from));
    }
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  return {
    port: proxy.address().port,
    /** From now on nothing gets through, and nobody is told. */
    swallow() {
      swallows = true;
    },
    async close() {
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await once(proxy, "close");
    },
  };
}
