// How long a fresh process takes to import something, and from there until it listens:
// `pulsewire/ws` loads ws, and `pulsewire/grpc` grpc-js, no sooner than they need it.
import { Unavailable } from "../framework/children.mjs";
import { Samples } from "../framework/samples.mjs";

const program = new URL("../startup/child.mjs", import.meta.url);

/** @type {Readonly<Record<string, string>>} */
const CONTENDERS = {
  "pulsewire/core": "pulsewire/core",
  pulsewire: "pulsewire",
  "pulsewire/tcp": "pulsewire/tcp",
  "pulsewire/ws": "pulsewire/ws",
  "pulsewire/grpc": "pulsewire/grpc",
  "an empty module": new URL("../startup/empty.mjs", import.meta.url).href,
  "bare net": "node:net",
  ws: "ws",
  "grpc-js": "@grpc/grpc-js",
};
const LISTENERS = ["pulsewire/tcp", "bare net", "pulsewire/ws", "ws", "pulsewire/grpc", "grpc-js"];

/** @param {readonly string[]} names */
const ours = (names) => names.filter((name) => name.startsWith("pulsewire"));

/** @type {import("../framework/row.mjs").Experiment} */
export const startup = {
  rows: [
    {
      id: "startup",
      title: "Import in a fresh process",
      unit: "ms",
      better: "lower",
      best: "",
      ours: ours(Object.keys(CONTENDERS)),
      contenders: Object.keys(CONTENDERS),
      plot: "startup",
    },
    {
      id: "startup-listen",
      title: "Import, and listen, in a fresh process",
      unit: "ms",
      better: "lower",
      best: "",
      ours: ours(LISTENERS),
      contenders: LISTENERS,
      plot: "startup",
    },
  ],
  packages: ["ws", "@grpc/grpc-js"],
  rounds: { quick: 3, full: 15 },
  async measure({ order, children, leaveOut }) {
    const samples = new Samples();
    for (const contender of order) {
      const child = await children.start(program);
      try {
        const { importMs, listenMs } = await child.ask("begin", CONTENDERS[contender]);
        samples.add("startup", contender, importMs);
        if (listenMs !== undefined) samples.add("startup-listen", contender, listenMs);
      } catch (error) {
        if (!(error instanceof Unavailable)) throw error;
        leaveOut(contender, error.message);
      } finally {
        await child.end();
      }
    }
    return samples.byRow;
  },
};
