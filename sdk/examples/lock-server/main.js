// A lock server: the locks of whoever is cut off without a FIN are free within the bound, in all three directions.
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect, listen } from "pulsewire/tcp";
import { networkTo } from "../shared/network.js";
import { Locks } from "./locks.js";
import { serveLocks } from "./server.js";

// Only who dials is configured; who listens adopts it. Slack is each side's own.
const slack = { heartbeatSlackTimeMs: 1000 };
const times = { heartbeatTimeMs: 1000, ...slack };
// The silence that is allowed, and how much later it may be noticed [PW-LIV-3, PW-LIV-5].
const BOUND_MS = 1000 + 1000 + Math.max(1000 / 4, 100);

const started = performance.now();
function say(what) {
  const at = ((performance.now() - started) / 1000).toFixed(2);
  console.log(`  ${at.padStart(5)} s  ${what}`);
}
function found(what, cutAt) {
  say(`${what}: ${Math.round(performance.now() - cutAt)} ms after the cut, bound ${BOUND_MS} ms`);
}
async function until(condition) {
  while (!condition()) await pause(5);
}

console.log("client to server, and server to client");
{
  const locks = new Locks();
  const server = await listen({ ...slack, onSession: (session) => serveLocks(session, locks) });
  const { port } = new URL(server.address);
  const network = await networkTo(Number(port));
  const client = fileURLToPath(new URL("client.js", import.meta.url));
  const start = (through) => fork(client, [through, "orders", JSON.stringify(times)]);

  const anna = start(network.port);
  await once(anna, "message");
  say('Anna holds "orders"');
  const ben = start(port);
  await until(() => locks.queue("orders").length === 2);
  say("Ben waits for it");
  const cutAt = performance.now();
  network.swallow();
  say("Anna's network swallows everything from here on, in both directions");
  await Promise.all([
    once(ben, "message").then(() => found('the server has let Ben have "orders"', cutAt)),
    once(anna, "message").then(([{ ended }]) => found(`Anna has learned of it (${ended})`, cutAt)),
  ]);
  ben.disconnect();
  await once(ben, "exit");
  await server.close();
  await network.close();
}

console.log("server to server, one session between them");
{
  const east = new Locks();
  const west = new Locks();
  const eastern = await listen({
    ...slack,
    onSession: (session) => {
      serveLocks(session, east);
      session.send(JSON.stringify({ acquire: "invoices" })); // of the west
    },
  });
  const network = await networkTo(Number(new URL(eastern.address).port));
  const session = await connect({ host: "127.0.0.1", port: network.port, ...times });
  serveLocks(session, west);
  session.send(JSON.stringify({ acquire: "orders" })); // of the east
  await until(() => east.queue("orders").length === 1 && west.queue("invoices").length === 1);
  say('the west holds "orders" of the east, and the east "invoices" of the west');

  const { signal } = new AbortController();
  const waiting = [
    east.acquire("orders", { owner: "east", signal }),
    west.acquire("invoices", { owner: "west", signal }),
  ];
  const cutAt = performance.now();
  network.swallow();
  say("the network between them swallows everything");
  await Promise.all([
    waiting[0].then(() => found('the east has "orders" back', cutAt)),
    waiting[1].then(() => found('the west has "invoices" back', cutAt)),
  ]);
  await eastern.close();
  await network.close();
}
