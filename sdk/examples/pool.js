// A pool keeps four sessions: their heartbeats follow one another, and one that dies is replaced.
import { listen, pool } from "pulsewire/tcp";

const HEARTBEAT_TIME_MS = 500;
const server = await listen({ port: 0, minHeartbeatTimeMs: 100, onSession() {} });

const started = performance.now();
const names = new Map(); // session -> A, B, C ...
const beats = [];
let changed = () => {};
const all = pool({
  port: Number(new URL(server.address).port),
  size: 4,
  heartbeatTimeMs: HEARTBEAT_TIME_MS,
  onSession: (session, dead) => {
    names.set(session, String.fromCharCode(65 + names.size));
    if (dead !== undefined)
      console.log(`${names.get(session)} takes the place of ${names.get(dead)}: ${dead.end.kind}`);
    changed();
  },
  onEvent: (event, session) => {
    if (event.type !== "heartbeat-sent") return;
    beats.push({ name: names.get(session) ?? "+", at: performance.now() - started });
  },
});

/** Waits until there have been `count` sessions. */
async function opened(count) {
  while (names.size < count) {
    await new Promise((resolve) => {
      changed = resolve;
    });
  }
}

await opened(4);
for (let request = 1; request <= 5; request += 1) {
  const session = await all.session();
  console.log(`request ${request} goes over ${names.get(session)}`);
}

// A row for each round, 0.85 of the heartbeat-time. All open together (+), and soon each beats in
// its own quarter.
const ROUND_MS = 0.85 * HEARTBEAT_TIME_MS;
const ROUNDS = 9;
await new Promise((resolve) => setTimeout(resolve, ROUNDS * ROUND_MS));
for (let round = 0; round < ROUNDS; round += 1) {
  const row = Array(60).fill(".");
  for (const { name, at } of beats) {
    if (Math.floor(at / ROUND_MS) === round) row[Math.floor(((at / ROUND_MS) % 1) * 60)] = name;
  }
  console.log(row.join(""));
}

const [victim] = server.sessions;
victim.abort();
await opened(5);
console.log(`${all.sessions.size} sessions again`);

await all.close();
await server.close();
