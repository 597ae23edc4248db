/** Listening where nobody else can reach. */
import type { AddressInfo, Server } from "node:net";
import type { RawListener } from "./peer.ts";

export const LOOPBACK = "127.0.0.1";

/** Binds a free port of 127.0.0.1. */
export function listenOnLoopback(
  server: Pick<Server, "listen" | "address" | "close" | "once" | "off">,
): Promise<RawListener> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: LOOPBACK, port: 0 }, () => {
      server.off("error", reject);
      const { port } = server.address() as AddressInfo;
      resolve({ address: { host: LOOPBACK, port }, close: () => void server.close() });
    });
  });
}
