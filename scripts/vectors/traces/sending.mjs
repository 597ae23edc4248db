// The rhythm of one's own heartbeats: section 4 of the protocol. The slack is long, so that nobody dies meanwhile.
import { data, hb, PROBE, receive, receiveOctets, send, trace, UNKNOWN_BODY } from "../script.mjs";

const FOUR = { heartbeat_time_ms: 4000, slack_ms: 60_000, floor_ms: 1000 };

export const SENDING = [
  trace("cadence-idle", "each beat is 0.75 E to E after the one before", "SND-3 SND-4 SND-5", {
    config: FOUR,
    until: 8900,
  }),
  trace("cadence-while-hearing", "what is heard postpones nothing", "SND-7 SND-10", {
    config: FOUR,
    inputs: [
      [1000, receive(hb(4000))],
      [2000, receive(data("hello"))],
      [2500, receiveOctets(UNKNOWN_BODY)],
      [2900, receive(hb(4000))],
    ],
    until: 5900,
  }),
  trace("cadence-is-one", "however many heartbeats come, one rhythm goes out", "SND-11 SND-10", {
    config: FOUR,
    inputs: [
      [1000, receive(hb(4000), 50)],
      [2000, receive(hb(), 50)],
    ],
    until: 8900,
  }),
  trace(
    "cadence-after-data",
    "data takes the place of a beat: the next counts from it",
    "SND-6 SND-3",
    {
      config: FOUR,
      inputs: [[2000, send("hello")]],
      until: 7500,
    },
  ),
  trace("cadence-in-a-stream", "while data flows all the time, no beat is needed", "SND-6 SND-1", {
    config: FOUR,
    inputs: [0, 1, 2, 3, 4, 5, 6, 7, 8].map((n) => [500 + 2500 * n, send(`message ${n}`)]),
    until: 23_000,
  }),
  trace("cadence-always", "with always_beat, data takes the place of nothing", "SND-6", {
    needs: ["always_beat"],
    config: { ...FOUR, always_beat: true },
    inputs: [
      [2000, send("one")],
      [2900, send("two")],
      [5000, send("three")],
      [5900, send("four")],
    ],
    until: 8900,
  }),
  trace("cadence-after-answer", "an answer is a transmission too", "SND-3 SND-4 PRB-2", {
    config: FOUR,
    inputs: [[2000, receive(hb(4000, PROBE))]],
    until: 7900,
  }),
  trace(
    "cadence-adopted",
    "a side that adopted keeps the beat as a configured one does",
    "SND-3 SND-6 ADP-2",
    {
      config: { slack_ms: 60_000 },
      inputs: [
        [100, receive(hb(4000))],
        [2000, send("hello")],
      ],
      until: 7500,
    },
  ),
  trace("passive-sends-data", "data makes no side beat", "SND-9", {
    config: { slack_ms: 2000 },
    inputs: [
      [1000, send("hello")],
      [50_000, send("again")],
    ],
    until: 600_000,
  }),
  trace(
    "blocked-beat-overtakes",
    "a beat that had to wait goes before the data that waits, once",
    "SND-8 SND-4",
    {
      needs: ["outbound"],
      config: FOUR,
      inputs: [
        [100, { in: "block" }],
        [200, send("one")],
        [300, send("two")],
        [9000, { in: "unblock" }],
      ],
      until: 11_500,
    },
  ),
  trace(
    "blocked-announcement",
    "an announcement waits for the transport, goes first, and is the beat too",
    "SND-2 SND-8",
    {
      needs: ["outbound"],
      config: { ...FOUR, heartbeat_time_ms: 20_000 },
      inputs: [
        [100, { in: "block" }],
        [200, send("one")],
        [300, receive(hb(2000))],
        [5000, { in: "unblock" }],
      ],
      until: 6400,
    },
  ),
  trace(
    "blocked-says-what-is-true",
    "a beat that waited says what is true when it goes",
    "HBT-1 SND-8",
    {
      needs: ["outbound"],
      config: FOUR,
      inputs: [
        [100, { in: "block" }],
        [5000, receive(hb(3000))],
        [6000, receive(hb(2000))],
        [7000, { in: "unblock" }],
      ],
      until: 8400,
    },
  ),
];
