import { idle } from "./experiment.mjs";
import { inC, inNode } from "./server.mjs";

const contenders = /** @type {const} */ ([
  { name: "pulsewire/tcp", start: inNode("pulsewire/idle-tcp.mjs"), wire: "stream" },
  { name: "net, one wheel", start: inNode("net/idle-wheel.mjs"), wire: "stream" },
  { name: "net, timers each", start: inNode("net/idle-timers.mjs"), wire: "stream" },
  { name: "rsocket-js", start: inNode("rsocket-js/idle.mjs"), wire: "rsocket" },
  { name: "C, epoll", start: inC, wire: "stream" },
]);
const names = contenders.map(({ name }) => name);

export const experiment = {
  packages: ["rsocket-core", "rsocket-tcp-server"],
  ...idle({
    cpuId: "idle-cpu-tcp",
    memoryId: "memory-tcp",
    contenders,
    rows: [
      {
        id: "idle-cpu-tcp",
        title: "Idle CPU of a server, TCP, for 1,000 heartbeats",
        unit: "ms",
        better: "lower",
        best: "`net` and one shared wheel of 100 ms 1.00, `net` with timers for each 1.72, rsocket-js 3.0; C on epoll 0.57",
        baseline: "net, one wheel",
        ours: ["pulsewire/tcp"],
        target: {
          text: "at most 1.10 of `net` and one wheel",
          limit: (found) => 1.1 * (found["net, one wheel"] ?? Number.NaN),
        },
        contenders: names,
        plot: "idle-cpu",
      },
      {
        id: "memory-tcp",
        title: "Memory of an idle session, TCP",
        unit: "KiB",
        better: "lower",
        best: "`net` 2.6 KiB, rsocket-js 8.7",
        baseline: "net, one wheel",
        ours: ["pulsewire/tcp"],
        target: { text: "at most 3.6 KiB", limit: () => 3.6 },
        contenders: names,
        plot: "memory",
      },
    ],
  }),
};
