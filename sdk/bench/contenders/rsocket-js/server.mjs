import { createServer } from "node:net";
import { load } from "../../framework/child.mjs";

/**
 * An RSocket server whose acceptor does nothing. Resolves with its port.
 *
 * @param {(socket: import("node:net").Socket) => void} [onSocket]
 */
export async function listen(onSocket) {
  const { RSocketServer } = await load("rsocket-core");
  const { TcpServerTransport } = await load("rsocket-tcp-server");
  const server = createServer({ noDelay: true });
  if (onSocket !== undefined) server.on("connection", onSocket);
  const transport = new TcpServerTransport({
    listenOptions: { port: 0, host: "127.0.0.1", backlog: 4096 },
    socketCreator: () => server,
  });
  await new RSocketServer({ transport, acceptor: { accept: async () => ({}) } }).bind();
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
