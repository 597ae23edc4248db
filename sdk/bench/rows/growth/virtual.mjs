import { factsOf, nameOf } from "./facts.mjs";

const PROCESS = new URL("../../contenders/pulsewire/virtual.mjs", import.meta.url);
const SIZES = [1000, 10_000, 100_000, 1_000_000];
const QUICK_MOST = 10_000;
/** What a session may take, for a look whether there is room for all of them. */
const ROOM_BYTES = 6000;
const LIMIT_MS = 240_000;

const facts = factsOf(SIZES);

/** @type {import("../../framework/row.mjs").Experiment} */
export const experiment = {
  rows: [
    {
      ...facts,
      id: "growth-virtual-cpu",
      title: "CPU for 1,000 heartbeats by the number of sessions, virtual links and clock",
      unit: "ms",
      best: "",
    },
    {
      ...facts,
      id: "growth-virtual-memory",
      title: "Heap of a session by the number of sessions, virtual links and clock",
      unit: "KiB",
      best: "",
    },
  ],
  rounds: { quick: 2, full: 2 },
  limitMs: 2 * LIMIT_MS,
  async measure({ children, order, quick, log, leaveOut }) {
    /** @type {Record<string, number[]>} */
    const cpu = {};
    /** @type {Record<string, number[]>} */
    const memory = {};
    // One after the other: nothing here waits.
    for (const name of order) {
      const size = SIZES.find((each) => nameOf(each) === name) ?? 0;
      if (quick && size > QUICK_MOST) {
        leaveOut(name, "not with --quick");
        continue;
      }
      const room = Math.floor(process.availableMemory() / 2 ** 20);
      if (size * ROOM_BYTES > room * 2 ** 20) {
        leaveOut(name, `it takes more than the ${room} MiB that are free`);
        continue;
      }
      const child = await children.start(PROCESS, { execArgv: [`--max-old-space-size=${room}`] });
      const since = performance.now();
      const { cost, bytes } = await child.ask("measure", { count: size, quick }, LIMIT_MS);
      await child.end();
      log(`${name} sessions: ${((performance.now() - since) / 1000).toFixed(1)} s`);
      cpu[name] = [cost];
      memory[name] = [bytes / 1024];
    }
    return { "growth-virtual-cpu": cpu, "growth-virtual-memory": memory };
  },
};
