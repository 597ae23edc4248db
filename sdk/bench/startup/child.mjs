// What it takes a fresh process to import something, and to listen with it.
import { answer, load } from "../framework/child.mjs";

/** @type {Readonly<Record<string, (module: any) => Promise<unknown>>>} */
const LISTEN = {
  "node:net": (net) => listening(net.createServer()),
  "pulsewire/tcp": ({ listen }) => listen({ port: 0, host: "127.0.0.1" }),
  ws: ({ WebSocketServer }) => {
    const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
    return new Promise((resolve) => server.once("listening", resolve));
  },
  "pulsewire/ws": ({ listen }) => listen({ port: 0, host: "127.0.0.1" }),
  "@grpc/grpc-js": ({ Server, ServerCredentials }) =>
    new Promise((resolve) => {
      new Server().bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), resolve);
    }),
  "pulsewire/grpc": ({ listen }) => listen({ port: 0, host: "127.0.0.1" }),
};

answer({
  /** @param {string} name @returns {Promise<{ importMs: number, listenMs?: number }>} both since the beginning */
  async begin(name) {
    const from = performance.now();
    const module = await load(name);
    const importMs = performance.now() - from;
    const listen = LISTEN[name];
    if (listen === undefined) return { importMs };
    await listen(module);
    return { importMs, listenMs: performance.now() - from };
  },
});

/** @param {import("node:net").Server} server */
function listening(server) {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(undefined));
  });
}
