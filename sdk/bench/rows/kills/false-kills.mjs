import { setTimeout as sleep } from "node:timers/promises";
import { Unavailable } from "../../framework/children.mjs";

const PEERS = new URL("../../loads/live-peers.mjs", import.meta.url);
const HEARTBEAT_TIME_MS = 1000;
const SLACK_MS = 500;
const STALL_MS = 2000;
/** Of the heartbeat-time, and peers in each. */
const PHASES = 10;
const PEERS_EACH = 10;

/** @type {Readonly<Record<string, { judge: string, wire: import("../../loads/wires/index.mjs").WireName }>>} */
const contenders = {
  "pulsewire/tcp": { judge: "pulsewire/judged-tcp.mjs", wire: "stream" },
  "pulsewire/ws": { judge: "pulsewire/judged-ws.mjs", wire: "webSocket" },
  "pulsewire/grpc": { judge: "pulsewire/judged-grpc.mjs", wire: "grpc" },
  "net, timeout each": { judge: "net/judged-timers.mjs", wire: "stream" },
  "ws, README interval": { judge: "ws/judged-readme.mjs", wire: "webSocketPong" },
  "engine.io": { judge: "engine.io/judged.mjs", wire: "engineIo" },
  "grpc-js keepalive": { judge: "grpc-js/judged-keepalive.mjs", wire: "grpcPing" },
};

/** @type {import("../../framework/row.mjs").Row} */
export const row = {
  id: "false-kills",
  title: "Live peers killed after a stall of one's own of 2 s",
  unit: "of 100",
  better: "lower",
  best: "every idiom kills all peers in at least one phase",
  ours: ["pulsewire/tcp", "pulsewire/ws", "pulsewire/grpc"],
  target: { text: "0 of 100, on every transport", limit: () => 0 },
  contenders: Object.keys(contenders),
  plot: "detection",
  packages: ["ws", "engine.io", "@grpc/grpc-js"],
  rounds: { quick: 1, full: 3 },
  async measure(context) {
    // They only wait: all of them at the same time, in processes of their own.
    const found = await Promise.all(
      context.order.map(async (name) => {
        try {
          return /** @type {const} */ ([name, [await kills(name, context)]]);
        } catch (error) {
          if (!(error instanceof Unavailable)) throw error;
          context.leaveOut(name, error.message);
          return /** @type {const} */ ([name, []]);
        }
      }),
    );
    return Object.fromEntries(found);
  },
};

/** @param {string} name @param {import("../../framework/row.mjs").Context} context */
async function kills(name, { children, log }) {
  const { judge: module, wire } = contenders[name] ?? { judge: "", wire: "stream" };
  const judge = await children.start(new URL(`../../contenders/${module}`, import.meta.url));
  const peers = await children.start(PEERS);
  const times = { heartbeatTimeMs: HEARTBEAT_TIME_MS, slackMs: SLACK_MS };
  const since = performance.now();
  for (let phase = 0; phase < PHASES; phase += 1) {
    await sleep(since + (phase * HEARTBEAT_TIME_MS) / PHASES - performance.now());
    const port = await judge.ask("listen", times);
    await peers.ask("open", { wire, port, count: PEERS_EACH, ...times });
  }
  await sleep(HEARTBEAT_TIME_MS);
  await peers.ask("asked");
  await judge.ask("stall", STALL_MS);
  await sleep(2 * (HEARTBEAT_TIME_MS + SLACK_MS));
  /** @type {number[]} */
  const ended = await peers.ask("ended");
  await Promise.all([judge.end(), peers.end()]);
  log(`${name}: killed in the ten phases: ${ended.join(" ")}`);
  return ended.reduce((sum, each) => sum + each, 0);
}
