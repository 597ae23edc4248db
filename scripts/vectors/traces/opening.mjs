// Who speaks first: sections 3 and 4 of the protocol.
import { hb, receive, send, trace } from "../script.mjs";

export const OPENING = [
  trace(
    "opening-configured",
    "a configured side sends a heartbeat as the connection opens",
    "SND-1 HBT-1",
    {
      config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
      until: 3000,
    },
  ),
  trace("opening-passive", "a passive side says nothing", "ADP-1 SND-9", {
    config: { slack_ms: 2000 },
    until: 600_000,
  }),
  trace("opening-before-data", "the heartbeat of the opening goes before any data", "SND-1", {
    config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
    inputs: [
      [0, send("one")],
      [0, send("two")],
    ],
    until: 3000,
  }),
  trace("opening-least", "100 ms is the smallest heartbeat-time there is", "HBT-4 SND-3", {
    config: { heartbeat_time_ms: 100, slack_ms: 60_000 },
    until: 140,
  }),
  trace("opening-ceiling", "an hour is the greatest", "HBT-4 SND-3", {
    config: { heartbeat_time_ms: 3_600_000, slack_ms: 2_000_000 },
    until: 4_000_000,
  }),
  trace("default-slack", "the slack is 2000 ms if nobody says otherwise", "LIV-7 LIV-5 PRB-1", {
    config: { heartbeat_time_ms: 5000 },
    until: 20_000,
  }),
  trace("default-floor", "the floor is 1000 ms if nobody says otherwise", "ADP-4 ADP-2", {
    inputs: [[100, receive(hb(1))]],
    until: 700,
  }),
];
