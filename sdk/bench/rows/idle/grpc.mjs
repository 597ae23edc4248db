import { idle } from "./experiment.mjs";
import { inNode } from "./server.mjs";

const contenders = /** @type {const} */ ([
  { name: "pulsewire/grpc", start: inNode("pulsewire/idle-grpc.mjs"), wire: "grpc" },
  { name: "grpc-js, messages", start: inNode("grpc-js/idle-timers.mjs"), wire: "grpc" },
  { name: "grpc-js, bare", start: inNode("grpc-js/idle-bare.mjs"), wire: "grpc" },
]);
const BY_HAND = "grpc-js, messages";
const BARE = "grpc-js, bare";

export const experiment = {
  packages: ["@grpc/grpc-js"],
  ...idle({
    cpuId: "idle-cpu-grpc",
    memoryId: "memory-grpc",
    contenders,
    rows: [
      {
        id: "idle-cpu-grpc",
        title: "Idle CPU of a server, gRPC, for 1,000 heartbeats",
        unit: "ms",
        better: "lower",
        best: "a message written by hand every 5 s on a stream of grpc-js",
        baseline: BY_HAND,
        ours: ["pulsewire/grpc"],
        target: {
          text: "below messages by hand on grpc-js",
          limit: (found) => found[BY_HAND] ?? Number.NaN,
        },
        contenders: ["pulsewire/grpc", BY_HAND],
        plot: "idle-cpu",
      },
      {
        id: "memory-grpc",
        title: "Memory of an idle session, gRPC, each on a connection of its own",
        unit: "KiB",
        better: "lower",
        best: "grpc-js 31 KiB",
        baseline: BARE,
        ours: ["pulsewire/grpc"],
        target: {
          text: "at most 1 KiB over grpc-js",
          limit: (found) => 1 + (found[BARE] ?? Number.NaN),
        },
        contenders: contenders.map(({ name }) => name),
        plot: "memory",
      },
    ],
  }),
};
