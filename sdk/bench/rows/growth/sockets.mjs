import { idle } from "../idle/experiment.mjs";
import { inNode } from "../idle/server.mjs";
import { factsOf, nameOf } from "./facts.mjs";

const SIZES = [1000, 5000, 10_000, 19_000];
const QUICK_MOST = 5000;

const contenders = SIZES.map((sessions) => ({
  name: nameOf(sessions),
  start: inNode("pulsewire/idle-tcp.mjs"),
  wire: /** @type {const} */ ("stream"),
  sessions,
  inQuick: sessions <= QUICK_MOST,
}));
const facts = factsOf(SIZES);

export const experiment = idle({
  cpuId: "growth-cpu",
  memoryId: "growth-memory",
  contenders,
  inTurn: true,
  openOver: { quick: 1, full: 4 },
  rows: [
    {
      ...facts,
      id: "growth-cpu",
      title: "Idle CPU for 1,000 heartbeats by the number of TCP sessions",
      unit: "ms",
      best: "",
    },
    {
      ...facts,
      id: "growth-memory",
      title: "Memory of an idle session by the number of TCP sessions",
      unit: "KiB",
      best: "",
    },
  ],
});
