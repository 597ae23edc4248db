import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../framework/children.mjs";
import { percentile } from "../../framework/statistics.mjs";

const PEERS = new URL("../../loads/silent-peers.mjs", import.meta.url);
const COUNT = 500;
/** After the last deadline, for the slowest of all. */
const GRACE_MS = 600;

/** @type {Readonly<Record<string, { judge: string, wire: import("../../loads/wires/index.mjs").WireName }>>} */
const contenders = {
  "pulsewire/tcp": { judge: "pulsewire/lateness.mjs", wire: "stream" },
  "net, timeout each": { judge: "net/lateness-timers.mjs", wire: "stream" },
  "net, one wheel": { judge: "net/lateness-wheel.mjs", wire: "stream" },
  "grpc-js keepalive": { judge: "grpc-js/lateness.mjs", wire: "grpcPing" },
  "rsocket-js": { judge: "rsocket-js/lateness.mjs", wire: "rsocket" },
};

const facts = /** @type {const} */ ({
  unit: "ms",
  better: "lower",
  baseline: "net, timeout each",
  ours: ["pulsewire/tcp"],
  contenders: Object.keys(contenders),
  plot: "detection",
});

/** @type {import("../../framework/row.mjs").Experiment} */
export const experiment = {
  rows: [
    {
      ...facts,
      id: "detection-lateness",
      title: "Verdict past the deadline, 500 silent peers, 99th percentile",
      best: "a timeout for each connection 1.2 ms, grpc-js 3.4, rsocket-js 100, a wheel of 100 ms 172",
      target: { text: "at most 3 ms", limit: () => 3 },
    },
    {
      ...facts,
      id: "detection-lateness-p50",
      title: "Verdict past the deadline, 500 silent peers, median",
      best: "",
    },
  ],
  packages: ["@grpc/grpc-js", "rsocket-core", "rsocket-tcp-server"],
  rounds: { quick: 1, full: 3 },
  async measure(context) {
    // They mostly wait: all of them at the same time, in processes of their own.
    const found = await Promise.all(
      context.order.map(async (name) => {
        try {
          return { name, late: await lateness(name, context) };
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          context.leaveOut(name, error.message);
          return { name, late: [] };
        }
      }),
    );
    const at = (/** @type {number} */ share) =>
      Object.fromEntries(
        found.map(({ name, late }) => [name, late.length === 0 ? [] : [percentile(late, share)]]),
      );
    return { "detection-lateness": at(0.99), "detection-lateness-p50": at(0.5) };
  },
};

/**
 * Of each verdict, in ms past the last octet, heartbeat-time and slack; least first.
 *
 * @param {string} name
 * @param {import("../../framework/row.mjs").Context} context
 */
async function lateness(name, { children, quick }) {
  const { judge: module, wire } = contenders[name] ?? { judge: "", wire: "stream" };
  const times = quick
    ? { heartbeatTimeMs: 1000, slackMs: 500 }
    : { heartbeatTimeMs: 5000, slackMs: 2000 };
  const overMs = times.heartbeatTimeMs;
  const judge = await children.start(new URL(`../../contenders/${module}`, import.meta.url));
  const peers = await children.start(PEERS);
  const port = await judge.ask("listen", times);
  await peers.ask("open", { wire, port, count: COUNT, overMs, ...times });
  await sleep(times.heartbeatTimeMs); // each has been heard
  await peers.ask("silence", overMs);
  const patience = times.heartbeatTimeMs + times.slackMs;
  await sleep(patience + GRACE_MS);
  /** @type {import("../../contenders/lateness-judge.mjs").Verdict[]} */
  const verdicts = await judge.ask("verdicts");
  /** @type {Map<number, number>} */
  const said = await peers.ask("said");
  await Promise.all([judge.end(), peers.end()]);
  if (verdicts.length < COUNT) throw new Error(`${name} found ${verdicts.length} of ${COUNT}`);
  return verdicts
    .map(({ port, at, heardAt }) => at - (heardAt ?? said.get(port) ?? Number.NaN) - patience)
    .sort((a, b) => a - b);
}
