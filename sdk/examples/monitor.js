// A monitor: who was last heard when, a log record for each death, and metrics for Prometheus.
import { once } from "node:events";
import { createServer as createWebServer } from "node:http";
import { setInterval } from "node:timers/promises";
import { PrometheusExporter } from "@opentelemetry/exporter-prometheus";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { logEnds } from "pulsewire/diagnostics";
import { instrument } from "pulsewire/otel";
import { connect, listen } from "pulsewire/tcp";
import { networkTo } from "./shared/network.js";

// What a program adds to be observed: these three. None of them touches the code that connects.
const exporter = new PrometheusExporter({ preventServerStart: true });
const metrics = instrument({ meterProvider: new MeterProvider({ readers: [exporter] }) });
const log = logEnds((record) => console.log(`log: ${JSON.stringify(record)}`));

// A server. Its clients say their names in their first message.
const names = new Map();
const server = await listen({
  minHeartbeatTimeMs: 500,
  heartbeatSlackTimeMs: 500,
  onSession: async (session) => {
    for await (const message of session) names.set(session, new TextDecoder().decode(message));
  },
});

// Three clients, each over a network of its own that can be told to swallow everything.
const networks = new Map();
const clients = [];
for (const name of ["orders", "prices", "news"]) {
  const network = await networkTo(Number(new URL(server.address).port));
  networks.set(name, network);
  const times = { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500 };
  clients.push(await connect({ host: "127.0.0.1", port: network.port, ...times }));
  clients.at(-1).send(name);
}
const [, prices] = clients;

// The monitor: what a dashboard of one's own would show.
let seconds = 0;
for await (const _ of setInterval(500)) {
  seconds += 0.5;
  const heard = [...server.sessions].map((session) => {
    const ago = `${Math.round(session.silentForMs)} ms ago`.padStart(11);
    return `${names.get(session)} ${session.state}, heard ${ago}`;
  });
  console.log(`${seconds.toFixed(1)} s: ${heard.join(" | ")}`);
  if (seconds === 1) {
    console.log("the network of prices swallows everything from now on; no FIN, no RST");
    networks.get("prices").swallow();
  }
  if (prices.end !== undefined && server.sessions.size === 2) break;
}

console.log("what Prometheus would read, without the buckets of the histograms:");
for (const line of (await scrape()).split("\n")) {
  if (line.startsWith("pulsewire") && !line.includes("_bucket")) console.log(`  ${line}`);
}

for (const client of clients) await client.close();
await server.close();
for (const network of networks.values()) await network.close();
metrics.unsubscribe();
log.unsubscribe();

/** One scrape, as over HTTP. */
async function scrape() {
  const web = createWebServer((request, response) =>
    exporter.getMetricsRequestHandler(request, response),
  ).listen(0, "127.0.0.1");
  await once(web, "listening");
  const headers = { connection: "close" };
  const response = await fetch(`http://127.0.0.1:${web.address().port}/metrics`, { headers });
  web.close();
  return response.text();
}
