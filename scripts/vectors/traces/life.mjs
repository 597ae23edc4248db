// The deadline of the peer: section 6 of the protocol.
import { data, hb, part, receive, receiveOctets, send, trace, UNKNOWN_BODY } from "../script.mjs";

const FOUR = { heartbeat_time_ms: 4000, slack_ms: 1000 };
const OPTIONAL = { ...FOUR, peer_heartbeats: /** @type {const} */ ("optional") };

export const LIFE = [
  trace(
    "silent-from-the-start",
    "a peer that never says anything: its time runs from the opening",
    "LIV-3 LIV-5 LIV-6",
    {
      config: FOUR,
      until: 30_000,
    },
  ),
  trace("silent-after-heartbeat", "the deadline counts from the last octet", "LIV-3 LIV-4 LIV-5", {
    config: FOUR,
    inputs: [sent(1000), [2000, receive(hb(4000))]],
    until: 30_000,
  }),
  trace("life-of-data", "data is life", "LIV-1 LIV-3", {
    config: FOUR,
    inputs: [sent(1000), [2000, receive(data("hello"))]],
    until: 30_000,
  }),
  trace("life-of-a-part", "a part of a message is life", "LIV-1 LIV-3 DAT-5", {
    config: FOUR,
    inputs: [sent(1000), [2000, receive(part("hel"))]],
    until: 30_000,
  }),
  trace("life-of-unknown-body", "a body that nobody knows is life", "LIV-1 FRM-4", {
    config: FOUR,
    inputs: [sent(1000), [2000, receiveOctets(UNKNOWN_BODY)]],
    until: 30_000,
  }),
  trace("life-of-no-body", "a frame without a body is life", "LIV-1 FRM-4", {
    config: FOUR,
    inputs: [sent(1000), [2000, receiveOctets("0801")]],
    until: 30_000,
  }),
  trace(
    "life-of-passive-heartbeat",
    "a heartbeat without a heartbeat-time is life",
    "LIV-1 ADP-3",
    {
      config: FOUR,
      inputs: [sent(1000), [2000, receive(hb())]],
      until: 30_000,
    },
  ),
  trace("life-of-octets", "octets that complete no frame are life", "LIV-1 LIV-3", {
    needs: ["octets"],
    config: { ...FOUR, first_frame_timeout_ms: 60_000 },
    inputs: [sent(1000), [2000, { in: "octets" }]],
    until: 30_000,
  }),
  trace("life-keeps-alive", "a peer that beats in time lives", "LIV-3 LIV-4", {
    config: { ...FOUR, heartbeat_time_ms: 8000 },
    inputs: [5, 10, 13, 18, 22, 26, 31].flatMap((s) => [
      [s * 1000, send(`at ${s} s`)],
      [s * 1000, receive(hb(8000))],
    ]),
    until: 36_900,
  }),
  trace(
    "sending-is-no-life",
    "what is sent does not postpone the deadline of the peer",
    "SND-7 LIV-5",
    {
      config: FOUR,
      inputs: [1, 2, 3, 4].map((s) => [s * 1000 + 100, send(`at ${s} s`)]),
      until: 30_000,
    },
  ),
  trace("promise-is-longer", "a peer that promised less often is given that time", "LIV-3 PRB-1", {
    config: FOUR,
    inputs: [
      [100, receive(hb(6000))],
      [2000, send("hello")],
    ],
    until: 30_000,
  }),
  trace("promise-falls", "the promise is the last one", "LIV-3", {
    config: FOUR,
    inputs: [
      [100, receive(hb(20_000))],
      [1000, receive(hb(4000))],
      [1200, send("hello")],
    ],
    until: 30_000,
  }),
  trace("promise-rises", "the promise is the last one, a greater one too", "LIV-3 ADP-3", {
    config: FOUR,
    inputs: [
      [100, receive(hb(4000))],
      [1000, receive(hb(6000))],
      [1600, send("hello")],
    ],
    until: 30_000,
  }),
  trace(
    "promise-stands",
    "a heartbeat without a heartbeat-time, or of 0, takes no promise back",
    "LIV-3 HBT-3",
    {
      config: FOUR,
      inputs: [
        [100, receive(hb(6000))],
        [500, receive(hb())],
        [1000, receive(hb(0))],
        [1600, send("hello")],
      ],
      until: 30_000,
    },
  ),
  trace(
    "promise-above-ceiling",
    "a promise above the ceiling counts as the ceiling",
    "HBT-3 LIV-3",
    {
      config: { heartbeat_time_ms: 3_600_000, slack_ms: 1_000_000 },
      inputs: [[100, receive(hb(4_294_967_295))]],
      until: 9_000_000,
    },
  ),
  trace("promise-of-what-is-adopted", "a side that adopted judges by it", "LIV-3 ADP-2", {
    config: { slack_ms: 1000 },
    inputs: [[1000, receive(hb(4000))]],
    until: 30_000,
  }),
  trace(
    "promise-below-floor",
    "with the floor adopted, the peer is judged by the floor",
    "LIV-3 ADP-4",
    {
      config: { slack_ms: 1000, floor_ms: 4000 },
      inputs: [[1000, receive(hb(100))]],
      until: 30_000,
    },
  ),
  trace("passive-never-ends", "two passive sides have no deadline", "LIV-10", {
    config: { slack_ms: 0 },
    inputs: [
      [1000, receive(hb())],
      [2000, receive(data("hello"))],
      [3000, send("hello")],
    ],
    until: 100_000_000,
  }),
  trace("optional-never-beats", "a peer that need not beat is not judged, nor suspect", "LIV-8", {
    needs: ["optional_peers"],
    config: OPTIONAL,
    until: 5900,
  }),
  trace(
    "optional-not-armed",
    "nothing but a heartbeat with a heartbeat-time changes that",
    "LIV-8",
    {
      needs: ["optional_peers"],
      config: OPTIONAL,
      inputs: [
        [500, receive(hb())],
        [600, receive(hb(0))],
        [700, receive(data("hello"))],
      ],
      until: 5900,
    },
  ),
  trace(
    "optional-armed",
    "from its first heartbeat with a heartbeat-time on it is judged like any other",
    "LIV-8 LIV-5",
    {
      needs: ["optional_peers"],
      config: OPTIONAL,
      inputs: [
        [1000, receive(hb(4000))],
        [1200, send("hello")],
      ],
      until: 30_000,
    },
  ),
  trace(
    "pause-moves-the-deadline",
    "while the side does not read, silence is not charged",
    "LIV-9 PRB-1",
    {
      needs: ["pause"],
      config: { heartbeat_time_ms: 10_000, slack_ms: 2000 },
      inputs: [
        [2000, { in: "pause" }],
        [7000, { in: "resume" }],
        [11_000, send("hello")],
      ],
      until: 60_000,
    },
  ),
  trace("pause-beyond-the-deadline", "a pause longer than the deadline kills nobody", "LIV-9", {
    needs: ["pause"],
    config: { heartbeat_time_ms: 10_000, slack_ms: 2000 },
    inputs: [
      [2000, { in: "pause" }],
      [12_500, send("hello")],
      [14_000, { in: "resume" }],
    ],
    until: 60_000,
  }),
];

/**
 * A transmission, after which no beat falls on what is looked at.
 *
 * @param {number} at
 * @returns {readonly [number, import("../script.mjs").ScriptInput]}
 */
function sent(at) {
  return [at, send("hello")];
}
