/** The network of the operating system, where nobody else can reach: on loopback. */
import { connect as connectHttp2 } from "node:http2";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { Listener, Network } from "./network.ts";

export const LOOPBACK = "127.0.0.1";

export const systemNetwork: Network = {
  connect: (address) => connect({ ...address, allowHalfOpen: true }),
  listen: (accept) => listenOnLoopback(createServer({ allowHalfOpen: true }, accept)),
  connectHttp2: ({ host, port }) => connectHttp2(`http://${host}:${port}`),
  listenHttp2: listenOnLoopback,
};

/** Binds a free port of 127.0.0.1. */
function listenOnLoopback(
  server: Pick<Server, "listen" | "address" | "close" | "once" | "off">,
): Promise<Listener> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      server.off("error", reject);
      const { port } = server.address() as AddressInfo;
      resolve({ address: { host: LOOPBACK, port }, close: () => void server.close() });
    });
  });
}
