// A PostgreSQL connection that is kept warm, and found dead in bounded time: the server knows nothing of it.
import pg from "pg";
import { networkTo } from "../shared/network.js";
import { heartbeat } from "./heartbeat.js";
import { startPostgres } from "./server.js";

const server = await startPostgres();
if (server === undefined) {
  console.log("skipped: PostgreSQL is not installed here (Debian's package is called postgresql)");
  process.exit(process.env["PULSEWIRE_REQUIRE_POSTGRES"] ? 1 : 0);
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
// A firewall on the way forgets what is idle for 4 s, and drops it from then on.
const network = await networkTo(server.port, { forgetsAfterMs: 4_000 });

async function connect() {
  const client = new pg.Client({ host: "127.0.0.1", port: network.port, user: "postgres" });
  client.on("error", () => {}); // pg wants a listener; what happened is told below
  await client.connect();
  return client;
}

const without = await connect();
const client = await connect();
heartbeat(client, {
  heartbeatTimeMs: 500,
  heartbeatSlackTimeMs: 1_000,
  onEnd: (end) => console.log(JSON.stringify({ event: "connection ended", ...end })),
});

await client.query("select pg_sleep(2)");
console.log("a query of 2 s is not taken for silence, which may last 1.5 s");

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await pause(6_000);
await client.query("select 1");
console.log("idle for 6 s behind the firewall, with a heartbeat: the next query is answered");

const lost = without.query("select 1").then(
  () => "answered",
  (error) => `rejected: ${error.message}`,
);
const silence = pause(3_000).then(() => "still waiting after 3 s, and would wait for minutes");
console.log(`the same without: the next query is ${await Promise.race([lost, silence])}`);

network.swallow();
await pause(300);
const cutAt = performance.now();
await client.query("select 1").catch((error) => {
  const ms = Math.round(performance.now() - cutAt);
  console.log(`the network is cut: a query is rejected after ${ms} ms: ${error.message}`);
});

without.connection.stream.destroy();
await network.close();
await server.stop();
