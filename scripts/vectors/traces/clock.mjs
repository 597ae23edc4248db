// Timers that fire late, and a machine that slept: section 8 of the protocol.
import { closeFrame, data, hb, receive, send, trace } from "../script.mjs";

/** Suspect after 11000, down after 12000. */
const TEN = { heartbeat_time_ms: 10_000, slack_ms: 2000 };
/** @satisfies {import("../script.mjs").ScriptInput} */
const STOP = { in: /** @type {const} */ ("stop") };
const CONTINUE = { in: /** @type {const} */ ("continue") };

export const CLOCK = [
  trace(
    "late-within-slack",
    "a judgement that is late by no more than slack stands",
    "CLK-3 LIV-5",
    {
      config: TEN,
      inputs: [
        [11_500, STOP],
        [13_900, CONTINUE],
      ],
      until: 60_000,
    },
  ),
  trace("late-by-slack", "late by slack exactly is not later than slack", "CLK-3", {
    config: TEN,
    inputs: [
      [11_500, STOP],
      [14_000, CONTINUE],
    ],
    until: 60_000,
  }),
  trace(
    "late-beyond-slack",
    "later than that, the peer is asked once more and given slack",
    "CLK-3",
    {
      config: TEN,
      inputs: [
        [11_500, STOP],
        [14_001, CONTINUE],
      ],
      until: 60_000,
    },
  ),
  trace(
    "late-and-answered",
    "a peer that answers then lives on, by the usual rule",
    "CLK-3 PRB-5 LIV-3",
    {
      config: TEN,
      inputs: [
        [11_500, STOP],
        [14_500, CONTINUE],
        [15_000, receive(hb(10_000))],
      ],
      until: 21_000,
    },
  ),
  trace("late-twice", "a second delay in the same silence gives no more time", "CLK-4", {
    config: TEN,
    inputs: [
      [11_500, STOP],
      [14_500, CONTINUE],
      [15_000, STOP],
      [20_000, CONTINUE],
    ],
    until: 60_000,
  }),
  trace(
    "late-again-in-a-new-silence",
    "a new silence has a delay of its own to its credit",
    "CLK-3 CLK-4",
    {
      config: TEN,
      inputs: [
        [11_500, STOP],
        [14_500, CONTINUE],
        [15_000, receive(hb(10_000))],
        [20_000, send("hello")],
        [26_500, STOP],
        [29_500, CONTINUE],
      ],
      until: 60_000,
    },
  ),
  trace(
    "late-suspicion",
    "a suspicion that comes late is no reason to wait longer",
    "PRB-1 LIV-5",
    {
      config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
      inputs: [
        [3000, send("hello")],
        [3100, STOP],
        [6500, CONTINUE],
      ],
      until: 60_000,
    },
  ),
  trace(
    "stopped-heartbeat-waits",
    "what arrived while the process stood still is read before the peer is judged",
    "CLK-2",
    {
      config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
      inputs: [
        [1000, STOP],
        [4300, receive(hb(5000))],
        [9000, CONTINUE],
      ],
      until: 12_000,
    },
  ),
  trace("stopped-data-waits", "data that waited is life as well, and is delivered", "CLK-2 LIV-1", {
    config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
    inputs: [
      [1000, STOP],
      [2000, receive(data("one"))],
      [3000, receive(data("two"))],
      [30_000, CONTINUE],
    ],
    until: 33_000,
  }),
  trace(
    "stopped-octets-wait",
    "octets of an unfinished frame that waited are life",
    "CLK-2 LIV-1",
    {
      needs: ["octets"],
      config: { heartbeat_time_ms: 5000, slack_ms: 2000, first_frame_timeout_ms: 60_000 },
      inputs: [
        [1000, STOP],
        [4300, { in: "octets" }],
        [9000, CONTINUE],
      ],
      until: 12_000,
    },
  ),
  trace("stopped-close-waits", "a Close that waited is how it ended", "CLK-2 CLS-3", {
    config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
    inputs: [
      [1000, STOP],
      [4000, receive(closeFrame(2))],
      [9000, CONTINUE],
    ],
    until: 60_000,
  }),
  trace("stopped-end-waits", "so is an end of the transport", "CLK-2 CLS-4", {
    config: { heartbeat_time_ms: 5000, slack_ms: 2000 },
    inputs: [
      [1000, STOP],
      [4000, { in: "peer-ended" }],
      [9000, CONTINUE],
    ],
    until: 60_000,
  }),
  trace(
    "suspended",
    "after a suspend the peer is asked at once, and lives if it answers",
    "CLK-5",
    {
      needs: ["suspend"],
      config: TEN,
      inputs: [
        [2000, { in: "suspended", ms: 9000 }],
        [3900, receive(hb(10_000))],
      ],
      until: 9000,
    },
  ),
  trace("suspended-passive", "a passive side says nothing after a suspend either", "CLK-5 SND-9", {
    needs: ["suspend"],
    config: { slack_ms: 2000 },
    inputs: [[2000, { in: "suspended", ms: 60_000 }]],
    until: 60_000,
  }),
];
