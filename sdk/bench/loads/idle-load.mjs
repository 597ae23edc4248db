// Sessions that say nothing but their heartbeats, from one process.
import { answer, usage } from "../framework/child.mjs";
import { Crowd } from "./crowd.mjs";
import { wireOf } from "./wires/index.mjs";

const TICK_MS = 100;
/** Of its heartbeat-time, between two heartbeats: what the spec allows, and never late. */
const EARLY = 0.9;

/** @type {Crowd | undefined} */
let crowd;

answer({
  /** @param {{ wire: import("./wires/index.mjs").WireName, port: number, heartbeatTimeMs: number, slackMs: number }} options */
  prepare({ wire, port, heartbeatTimeMs, slackMs }) {
    crowd = new Crowd({
      port,
      wire: wireOf(wire, heartbeatTimeMs, slackMs),
      periodMs: heartbeatTimeMs * EARLY,
      tickMs: TICK_MS,
    });
  },
  /** @param {{ count: number, overMs: number }} options */
  open: ({ count, overMs }) => crowd?.open(count, overMs),
  counts: () => ({ ...usage(), sent: crowd?.sent, heard: crowd?.heard, ended: crowd?.ended }),
});
