// The round trip of 100 octets, one at a time: the middle one, and the slowest of a hundred. What is
// judged is what Pulsewire adds to the library below it.

import { measureEcho } from "../flow/echo.mjs";
import { Samples } from "../framework/samples.mjs";

const OCTETS = 100;
const SHARES = /** @type {const} */ (["p50", "p99"]);

/** @param {string} id @param {string} name @param {string} library @param {string} module */
function echoOver(id, name, library, module) {
  /** @type {Readonly<Record<string, readonly [string, string]>>} */
  const contenders = { pulsewire: ["pulsewire", id], [library]: [module, ""] };
  /** @type {import("../framework/row.mjs").Experiment} */
  const experiment = {
    rows: SHARES.map((share) => ({
      id: `echo-${id}-${share}`,
      title: `Round trip of ${OCTETS} octets, ${name}, ${share}`,
      unit: "µs",
      better: "lower",
      best: library,
      baseline: library,
      ours: ["pulsewire"],
      target: {
        text: `at most 1.10 of ${library}`,
        limit: (medians) => 1.1 * (medians[library] ?? Number.NaN),
      },
      contenders: Object.keys(contenders),
      plot: "echo",
    })),
    rounds: { quick: 3, full: 7 },
    async measure({ quick, order, children }) {
      const samples = new Samples();
      const times = quick ? { warmUp: 5_000, trips: 5_000 } : { warmUp: 10_000, trips: 15_000 };
      for (const contender of order) {
        const [module = "", variant = ""] = contenders[contender] ?? [];
        const echo = { module, variant, octets: OCTETS, ...times };
        const found = await measureEcho(children, echo);
        for (const share of SHARES) samples.add(`echo-${id}-${share}`, contender, found[share]);
      }
      return samples.byRow;
    },
  };
  return experiment;
}

export const tcp = echoOver("tcp", "TCP", "bare net", "net");
export const ws = echoOver("ws", "WebSocket", "ws", "ws");
export const grpc = echoOver("grpc", "gRPC", "grpc-js", "grpc-js");
