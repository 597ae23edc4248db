// A proxy swallows what two ends say to each other: without heartbeats neither knows, with them both do.
import { once } from "node:events";
import { createServer, connect as dial } from "node:net";
import * as grpc from "pulsewire/grpc";
import * as tcp from "pulsewire/tcp";
import * as ws from "pulsewire/ws";

const TRANSPORTS = [
  { name: "TCP", binding: tcp, to: (port) => ({ port, host: "127.0.0.1" }) },
  { name: "WebSocket", binding: ws, to: (port) => ({ url: `ws://127.0.0.1:${port}` }) },
  { name: "gRPC", binding: grpc, to: (port) => ({ url: `grpc://127.0.0.1:${port}` }) },
];
const HEARTBEATS = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };
const WAIT_MS = 6000;

/** Between a client and the server at `port`. From `swallow` on, no octet, FIN or RST gets through. */
async function startProxy(port) {
  const sockets = [];
  let swallowing = false;
  const forward = (from, to) => {
    sockets.push(from);
    from.on("data", (octets) => swallowing || to.write(octets));
    from.on("error", () => {});
  };
  const server = createServer({ allowHalfOpen: true }, (left) => {
    const right = dial({ port, host: "127.0.0.1", allowHalfOpen: true });
    forward(left, right);
    forward(right, left);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: server.address().port,
    swallow() {
      swallowing = true;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** A client and a server with a proxy between them. The server configures nothing but its slack. */
async function startPair({ name, binding, to }, heartbeats) {
  const { heartbeatSlackTimeMs } = HEARTBEATS;
  const listener = await binding.listen({ heartbeatSlackTimeMs });
  const proxy = await startProxy(Number(new URL(listener.address).port));
  const client = await binding.connect({ ...to(proxy.port), ...heartbeats });
  const { value: server } = await listener[Symbol.asyncIterator]().next();
  // Once a message has passed each way, everything is set up.
  for (const [from, peer] of [
    [client, server],
    [server, client],
  ]) {
    from.send("hello");
    await peer[Symbol.asyncIterator]().next();
  }
  return { name, listener, proxy, ends: { client, server } };
}

/** What becomes of an end within WAIT_MS. */
async function watch([role, session], since) {
  const waited = new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  const end = await Promise.race([session.closed, waited]);
  const after = `${((performance.now() - since) / 1000).toFixed(1)} s`;
  return end === undefined
    ? `${role} still open after ${after}`
    : `${role} ${end.kind} after ${after}`;
}

const [without, withThem] = await Promise.all(
  [{}, HEARTBEATS].map((heartbeats) =>
    Promise.all(TRANSPORTS.map((transport) => startPair(transport, heartbeats))),
  ),
);
const all = [...without, ...withThem];
console.log("Six connections, each through a proxy. From now on the proxies swallow everything.\n");
const since = performance.now();
for (const { proxy, ends } of all) {
  proxy.swallow();
  for (const end of Object.values(ends)) end.send("is anybody there?");
}
const seen = await Promise.all(
  all.map(({ ends }) => Promise.all(Object.entries(ends).map((end) => watch(end, since)))),
);

console.log("without heartbeats");
all.forEach(({ name }, index) => {
  if (index === without.length)
    console.log("\nheartbeat-time 1 s, slack 0.5 s, at the client alone");
  console.log(`  ${name.padEnd(10)} ${seen[index].join(", ")}`);
});

for (const { ends, proxy, listener } of all) {
  for (const session of Object.values(ends)) session.abort();
  proxy.close();
  await listener.close();
}
