// Keep-alive of the system, idle timeout, heartbeat: every mix of the three, and what each of them finds.
import { setTimeout as pause } from "node:timers/promises";
import { connect, listen } from "pulsewire/tcp";
import { networkTo } from "./shared/network.js";

const keepAlive = { osKeepAliveMs: 1000 };
const idle = { idleTimeoutMs: 3000 };
const heartbeat = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };
const mixes = [
  ["none of them", {}],
  ["keep-alive", keepAlive],
  ["idle timeout", idle],
  ["keep-alive + idle timeout", { ...keepAlive, ...idle }],
  ["heartbeat", heartbeat],
  ["heartbeat + keep-alive", { ...heartbeat, ...keepAlive }],
  ["heartbeat + idle timeout", { ...heartbeat, ...idle }],
  ["all three", { ...heartbeat, ...keepAlive, ...idle }],
];
const LOOK_FOR_MS = 5000;

/** Connects with `options`, waits, and says what came of it. `busy`: messages go to and fro. */
async function tryOut(port, options, busy) {
  const session = await connect({ host: "127.0.0.1", port, ...options });
  const talk = setInterval(() => busy && session.send("still needed"), 500);
  const started = performance.now();
  const end = await Promise.race([session.closed, pause(LOOK_FOR_MS)]);
  const took = ((performance.now() - started) / 1000).toFixed(1);
  clearInterval(talk);
  if (end === undefined) session.abort();
  return end === undefined ? "open" : `${end.kind} at ${took} s`;
}

const server = await listen({ onSession: () => {} });
const port = Number(new URL(server.address).port);
// A network that swallows everything from the start: whoever connects through it meets a kernel,
// as behind a proxy or a NAT, and never the process that should be there.
const network = await networkTo(port);
network.swallow();

const rows = await Promise.all(
  mixes.map(async ([name, options]) => [
    name,
    ...(await Promise.all([
      tryOut(port, options, true),
      tryOut(port, options, false),
      tryOut(network.port, options, false),
    ])),
  ]),
);
const header = ["", "alive and in use", "alive, nothing to say", "gone without a word"];
for (const row of [header, ...rows]) {
  console.log(
    row
      .map((cell, column) => cell.padEnd(column === 0 ? 27 : 23))
      .join("")
      .trimEnd(),
  );
}
console.log(`
Looked at for ${LOOK_FOR_MS / 1000} s. A heartbeat finds who is gone; an idle timeout ends what nobody uses, and finds
the dead only by the way; keep-alive asks the next kernel, and the next kernel lives: it finds nothing
here, and a dead host on a plain path 10 s after its time.`);
await server.close();
await network.close();
