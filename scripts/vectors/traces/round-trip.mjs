// Timestamps and their echo: section 7 of the protocol.
import { data, hb, PROBE, receive, send, trace } from "../script.mjs";

const PASSIVE = { slack_ms: 60_000 };
const KEEP = ["echo", "held_us"];

export const ROUND_TRIP = [
  trace(
    "echo-at-once",
    "an answer carries the timestamp of what it answers, held for no time",
    "RTT-2",
    {
      config: PASSIVE,
      inputs: [[1000, receive(hb(undefined, { ...PROBE, timestamp: 305_419_896 }))]],
      until: 60_000,
      keep: KEEP,
    },
  ),
  trace("echo-held", "held_us says how long the last timestamp was held", "RTT-2", {
    config: PASSIVE,
    inputs: [
      [1000, receive(hb(undefined, { timestamp: 7 }))],
      [2000, receive(hb(undefined, { timestamp: 4_294_967_295 }))],
      [2100, receive(data("hello"))],
      [2250, receive(hb(undefined, PROBE))],
    ],
    until: 60_000,
    keep: KEEP,
  }),
  trace("echo-of-zero", "a timestamp of 0 is a timestamp", "RTT-2", {
    config: PASSIVE,
    inputs: [
      [1000, receive(hb(undefined, { timestamp: 0 }))],
      [1500, receive(hb(undefined, PROBE))],
    ],
    until: 60_000,
    keep: KEEP,
  }),
  trace("echo-is-no-patience", "a long round trip gives the peer no more time", "RTT-1 LIV-3", {
    config: { heartbeat_time_ms: 4000, slack_ms: 1000 },
    inputs: [
      [1000, send("hello")],
      [2000, receive(hb(4000, { timestamp: 1, echo: 0, held_us: 0 }))],
    ],
    until: 30_000,
  }),
  trace("echo-nonsense", "an echo that cannot be ours is no reason to do anything", "RTT-3", {
    config: PASSIVE,
    inputs: [
      [1000, receive(hb(undefined, { timestamp: 1, echo: 4_294_967_295, held_us: 0 }))],
      [1100, receive(hb(undefined, { timestamp: 2, echo: 0, held_us: 4_294_967_295 }))],
      [1200, receive(hb(undefined, { ...PROBE, timestamp: 3, echo: 1 }))],
    ],
    until: 60_000,
    keep: KEEP,
  }),
];
