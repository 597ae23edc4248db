import { idle } from "./experiment.mjs";
import { inNode } from "./server.mjs";

const contenders = /** @type {const} */ ([
  { name: "pulsewire/ws", start: inNode("pulsewire/idle-ws.mjs"), wire: "webSocket" },
  { name: "ws, README interval", start: inNode("ws/idle-readme.mjs"), wire: "webSocketPong" },
  { name: "ws, timers each", start: inNode("ws/idle-timers.mjs"), wire: "webSocketPong" },
  { name: "engine.io", start: inNode("engine.io/idle.mjs"), wire: "engineIo" },
]);
const names = contenders.map(({ name }) => name);
const BARE = "ws, README interval";

export const experiment = {
  packages: ["ws", "engine.io"],
  ...idle({
    cpuId: "idle-cpu-ws",
    memoryId: "memory-ws",
    contenders,
    rows: [
      {
        id: "idle-cpu-ws",
        title: "Idle CPU of a server, WebSocket, for 1,000 heartbeats",
        unit: "ms",
        better: "lower",
        best: "the interval of ws's README; timers for each 2.0 times as much, engine.io 2.6 times",
        baseline: BARE,
        ours: ["pulsewire/ws"],
        target: {
          text: "below the interval of ws's README",
          limit: (found) => found[BARE] ?? Number.NaN,
        },
        contenders: names,
        plot: "idle-cpu",
      },
      {
        id: "memory-ws",
        title: "Memory of an idle session, WebSocket",
        unit: "KiB",
        better: "lower",
        best: "ws 4.2 KiB, engine.io 12",
        baseline: BARE,
        ours: ["pulsewire/ws"],
        target: {
          text: "at most 1 KiB over ws",
          limit: (found) => 1 + (found[BARE] ?? Number.NaN),
        },
        contenders: names,
        plot: "memory",
      },
    ],
  }),
};
