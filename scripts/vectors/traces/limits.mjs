// What a peer may do too much of: section 11 of the protocol.
import { data, hb, part, receive, receiveOctets, trace, UNKNOWN_BODY } from "../script.mjs";

const PASSIVE = { slack_ms: 2000 };
/** @satisfies {import("../script.mjs").ScriptInput} */
const OCTETS = { in: /** @type {const} */ ("octets") };
const FIRST_FRAME = /** @type {import("../../../conformance/src/vectors/model.ts").Need[]} */ ([
  "octets",
  "first_frame",
]);

export const LIMITS = [
  trace("first-frame-unfinished", "the first frame has 10 s, from its first octet", "LIM-4", {
    needs: FIRST_FRAME,
    config: PASSIVE,
    inputs: [[3000, OCTETS]],
    until: 60_000,
  }),
  trace("first-frame-in-drops", "more octets give it no more time", "LIM-4", {
    needs: FIRST_FRAME,
    config: { ...PASSIVE, first_frame_timeout_ms: 3000 },
    inputs: [
      [1000, OCTETS],
      [2000, OCTETS],
      [3000, OCTETS],
      [3900, OCTETS],
    ],
    until: 60_000,
  }),
  trace("first-frame-in-time", "once it is there, others may take as long as they like", "LIM-4", {
    needs: FIRST_FRAME,
    config: { ...PASSIVE, first_frame_timeout_ms: 3000 },
    inputs: [
      [1000, OCTETS],
      [3900, receive(data("hello"))],
      [4000, OCTETS],
    ],
    until: 60_000,
  }),
  trace("first-frame-not-begun", "where no octet has come, no time runs", "LIM-4 LIV-10", {
    needs: ["first_frame"],
    config: { ...PASSIVE, first_frame_timeout_ms: 3000 },
    until: 60_000,
  }),
  trace(
    "heartbeats-600",
    "600 heartbeats at once, and 40 a second after that, are lawful",
    "LIM-3",
    {
      config: PASSIVE,
      inputs: [
        [1000, receive(hb(), 600)],
        [2000, receive(hb(), 40)],
        [3000, receive(hb(), 40)],
        [5000, receive(hb(), 80)],
      ],
      until: 60_000,
    },
  ),
  trace("heartbeats-too-many", "far more at once are not", "LIM-3", {
    config: PASSIVE,
    inputs: [[1000, receive(hb(), 700)]],
    until: 60_000,
  }),
  trace("heartbeats-too-many-later", "nor are far more than 40 a second after them", "LIM-3", {
    config: PASSIVE,
    inputs: [
      [1000, receive(hb(), 600)],
      [2000, receive(hb(), 100)],
    ],
    until: 60_000,
  }),
  trace("heartbeats-after-a-pause", "each second without reading allows 40 more", "LIM-3", {
    needs: ["pause"],
    config: PASSIVE,
    inputs: [
      [1000, { in: "pause" }],
      [11_000, { in: "resume" }],
      [11_000, receive(hb(), 990)],
    ],
    until: 60_000,
  }),
  trace(
    "other-frames-are-not-heartbeats",
    "frames with other bodies have no such limit",
    "LIM-3 FRM-4",
    {
      config: PASSIVE,
      inputs: [
        [1000, receiveOctets(UNKNOWN_BODY, 1000)],
        [2000, receive(part(""), 1000)],
        [3000, receive(data("end"))],
      ],
      until: 60_000,
    },
  ),
  trace("message-of-the-limit", "a message may be as long as the limit", "LIM-2", {
    config: { ...PASSIVE, max_message_bytes: 100 },
    inputs: [
      [100, receive(data("x".repeat(100)))],
      [200, receive(part("y".repeat(60)))],
      [300, receive(data("y".repeat(40)))],
      [400, receive(data("z".repeat(100)))],
    ],
    until: 1000,
  }),
  trace("message-too-large", "a message that is longer ends the connection", "LIM-2", {
    config: { ...PASSIVE, max_message_bytes: 100 },
    inputs: [
      [100, receive(data("x".repeat(101)))],
      [200, receive(data("late"))],
    ],
    until: 60_000,
  }),
  trace(
    "message-too-large-in-parts",
    "as soon as its parts exceed the limit, whether there are more or not",
    "LIM-2",
    {
      config: { ...PASSIVE, max_message_bytes: 100 },
      inputs: [
        [100, receive(part("x".repeat(60)))],
        [200, receive(part("x".repeat(40)))],
        [300, receive(part("x"))],
        [400, receive(data("late"))],
      ],
      until: 60_000,
    },
  ),
  trace("frame-of-the-limit", "a frame may be as long as the limit", "LIM-1", {
    needs: ["frame_limit"],
    config: { ...PASSIVE, max_frame_bytes: 1024 },
    inputs: [[100, receive(data("x".repeat(1019)))]],
    until: 1000,
  }),
  trace("frame-too-large", "a frame that is longer ends the connection", "LIM-1", {
    needs: ["frame_limit"],
    config: { ...PASSIVE, max_frame_bytes: 1024 },
    inputs: [
      [100, receive(data("x".repeat(1020)))],
      [200, receive(data("late"))],
    ],
    until: 60_000,
  }),
];
