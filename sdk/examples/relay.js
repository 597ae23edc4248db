// Two relays put heartbeats around a program that knows nothing of them; the link between them is cut.
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { relay } from "pulsewire/relay";
import { networkTo } from "./shared/network.js";

const times = { heartbeatTimeMs: 500, heartbeatSlackTimeMs: 500, minHeartbeatTimeMs: 500 };
const boundMs = 500 + 500 + 125; // heartbeat-time + slack + a quarter of the heartbeat-time

// A server and a client that speak lines over TCP, and nothing else.
const server = createServer((socket) => {
  socket.on("data", (line) => socket.write(`you said ${line}`));
  socket.on("error", (error) => seen("the server", error.code));
});
const serverPort = await listen(server);

// Beside the server: sessions come in over WebSocket, and go on as plain TCP.
const far = await relay({
  ...times,
  listen: "ws://127.0.0.1:0/lines",
  to: `plain+tcp://127.0.0.1:${serverPort}`,
});
// Between the two places: a network that can swallow what it should carry.
const network = await networkTo(Number(new URL(far.address).port));
// Beside the client: plain TCP comes in, and goes on as sessions over WebSocket.
const near = await relay({
  ...times,
  listen: "plain+tcp://127.0.0.1:0",
  to: `ws://127.0.0.1:${network.port}/lines`,
  onEvent: (event) => {
    if (event.type === "closed") console.log(`the relay says: leg "${event.by}", ${event.why}`);
  },
});

const client = connect(Number(new URL(near.address.replace("plain+", "")).port), "127.0.0.1");
client.write("hello\n");
const [answer] = await once(client, "data");
console.log(`the client heard: ${String(answer).trim()}`);

console.log("the network swallows everything from now on, and tells nobody");
network.swallow();
const since = performance.now();
let witnesses = 0;
client.on("error", (error) => seen("the client", error.code));

async function seen(who, code) {
  const afterMs = performance.now() - since;
  const inTime = afterMs <= boundMs + 200 ? "in time" : "late"; // this machine may be busy
  console.log(
    `${who} was told after ${Math.round(afterMs)} ms: ${code} (${inTime}: ${boundMs} ms)`,
  );
  witnesses += 1;
  if (witnesses < 2) return;
  await Promise.all([near.close(), far.close()]);
  await network.close();
  server.close();
}

async function listen(server) {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server.address().port;
}
