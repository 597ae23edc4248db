import { connect, createServer } from "node:net";

/**
 * A network that can be made to swallow everything: a TCP proxy that, once cut,
 * forwards nothing in either direction and closes nothing. No FIN, no RST: both
 * ends believe that they are connected.
 *
 * @param {number} target the port behind it
 */
export async function blackHole(target) {
  const sockets = new Set();
  let isCut = false;
  const pass = (from, to) => {
    sockets.add(from);
    from.on("data", (octets) => isCut || to.write(octets));
    from.on("end", () => isCut || to.end());
    from.on("error", () => {});
  };
  const server = createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true });
    pass(near, far);
    pass(far, near);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    cut() {
      isCut = true;
      return performance.now();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
