// Adoption, row by row: section 3 of the protocol. The slack is long, so that nobody dies meanwhile.
import {
  closeFrame,
  data,
  hb,
  part,
  receive,
  receiveOctets,
  send,
  trace,
  UNKNOWN_BODY,
} from "../script.mjs";

const PASSIVE = { slack_ms: 60_000, floor_ms: 1000 };
const CONFIGURED = { heartbeat_time_ms: 5000, slack_ms: 60_000, floor_ms: 1000 };

export const ADOPTION = [
  trace("adopt-passive-absent", "passive, hears no heartbeat-time: stays passive", "ADP-3 SND-9", {
    config: PASSIVE,
    inputs: [[100, receive(hb())]],
    until: 600_000,
  }),
  trace("adopt-passive-zero", "passive, hears 0: stays passive", "ADP-3 HBT-3", {
    config: PASSIVE,
    inputs: [[100, receive(hb(0))]],
    until: 600_000,
  }),
  trace(
    "adopt-passive",
    "passive, hears a value: adopts, announces, and keeps the beat",
    "ADP-2 SND-2 SND-5",
    {
      config: PASSIVE,
      inputs: [[100, receive(hb(4000))]],
      until: 9000,
    },
  ),
  trace("adopt-passive-at-floor", "passive, hears the floor: adopts it", "ADP-2 ADP-4", {
    config: PASSIVE,
    inputs: [[100, receive(hb(1000))]],
    until: 700,
  }),
  trace(
    "adopt-passive-below-floor",
    "passive, hears less than the floor: adopts and advertises the floor",
    "ADP-2 ADP-5",
    {
      config: PASSIVE,
      inputs: [[100, receive(hb(999))]],
      until: 1400,
    },
  ),
  trace("adopt-passive-one", "passive, hears 1 ms: the floor", "ADP-2 ADP-4", {
    config: { ...PASSIVE, floor_ms: 100 },
    inputs: [[100, receive(hb(1))]],
    until: 170,
  }),
  trace("adopt-passive-ceiling", "passive, hears the ceiling: adopts it", "ADP-2 HBT-3", {
    config: PASSIVE,
    inputs: [[100, receive(hb(3_600_000))]],
    until: 2_000_000,
  }),
  trace(
    "adopt-passive-above-ceiling",
    "passive, hears more than the ceiling: the ceiling",
    "HBT-3 ADP-2",
    {
      config: PASSIVE,
      inputs: [[100, receive(hb(3_600_001))]],
      until: 2_000_000,
    },
  ),
  trace("adopt-passive-greatest", "passive, hears 2^32-1: the ceiling", "HBT-3 ADP-2", {
    config: { ...PASSIVE, slack_ms: 2_000_000 },
    inputs: [[100, receive(hb(4_294_967_295))]],
    until: 4_000_000,
  }),
  trace("adopt-passive-great-floor", "the floor holds for great values too", "ADP-2 ADP-4", {
    config: { ...PASSIVE, floor_ms: 3_600_000 },
    inputs: [[100, receive(hb(5000))]],
    until: 2_000_000,
  }),
  trace(
    "adopt-not-less",
    "configured, hears nothing, 0, the same or more: keeps its own and says nothing",
    "ADP-3 SND-10",
    {
      config: CONFIGURED,
      inputs: [
        [100, receive(hb())],
        [200, receive(hb(0))],
        [300, receive(hb(5000))],
        [400, receive(hb(5001))],
        [500, receive(hb(60_000))],
        [600, receive(hb(4_294_967_295))],
      ],
      until: 3000,
    },
  ),
  trace("adopt-less", "configured, hears less: adopts and announces", "ADP-2 SND-2", {
    config: CONFIGURED,
    inputs: [[100, receive(hb(4999))]],
    until: 3000,
  }),
  trace(
    "adopt-restarts-cadence",
    "the new rhythm counts from the announcement",
    "ADP-2 SND-2 SND-3",
    {
      config: { ...CONFIGURED, heartbeat_time_ms: 20_000 },
      inputs: [[1000, receive(hb(2000))]],
      until: 3900,
    },
  ),
  trace(
    "adopt-less-below-floor",
    "configured, hears less than the floor: adopts the floor",
    "ADP-2 ADP-5",
    {
      config: CONFIGURED,
      inputs: [[100, receive(hb(200))]],
      until: 700,
    },
  ),
  trace(
    "adopt-floor-of-configured",
    "a configured value below the floor is the floor",
    "ADP-4 ADP-6",
    {
      config: { ...CONFIGURED, heartbeat_time_ms: 500 },
      inputs: [[50, receive(hb(200))]],
      until: 350,
    },
  ),
  trace(
    "adopt-floor-of-configured-least",
    "with the smallest there is, nothing can be adopted",
    "ADP-4 ADP-6",
    {
      config: { ...CONFIGURED, heartbeat_time_ms: 100 },
      inputs: [[50, receive(hb(1))]],
      until: 70,
    },
  ),
  trace(
    "adopt-again-and-again",
    "each smaller value is adopted and announced",
    "ADP-2 SND-2 ADP-6",
    {
      config: CONFIGURED,
      inputs: [
        [100, receive(hb(4000))],
        [200, receive(hb(3000))],
        [300, receive(hb(3000))],
        [400, receive(hb(1000))],
      ],
      until: 1100,
    },
  ),
  trace(
    "adopt-floor-once",
    "at the floor already: less changes nothing and is not announced",
    "ADP-2 SND-10",
    {
      config: PASSIVE,
      inputs: [
        [100, receive(hb(100))],
        [200, receive(hb(100))],
        [300, receive(hb(50))],
      ],
      until: 800,
    },
  ),
  trace("adopt-never-rises", "what was adopted never rises", "ADP-6 ADP-3", {
    config: PASSIVE,
    inputs: [
      [100, receive(hb(2000))],
      [200, receive(hb(4000))],
      [300, receive(hb(0))],
      [400, receive(hb())],
    ],
    until: 2900,
  }),
  trace(
    "adopt-only-by-heartbeat",
    "nothing but a heartbeat makes a passive side beat",
    "ADP-8 SND-9",
    {
      config: PASSIVE,
      inputs: [
        [100, receive(data("hello"))],
        [200, receive(part("he"))],
        [300, receive(data("llo"))],
        [400, receiveOctets(UNKNOWN_BODY)],
        [500, receiveOctets("0801")],
      ],
      until: 600_000,
    },
  ),
  trace("adopt-not-by-malformed", "a malformed heartbeat is not adopted", "ADP-8 FRM-3", {
    config: PASSIVE,
    inputs: [[100, receiveOctets("12020864")]],
    until: 5000,
  }),
  trace("adopt-not-by-close", "after Close nothing is adopted", "CLS-9", {
    config: PASSIVE,
    inputs: [
      [100, receive(closeFrame(1))],
      [110, receive(hb(1000))],
    ],
    until: 5000,
  }),
  trace(
    "announce-beside-data",
    "data that has just gone does not stand for the announcement",
    "SND-2",
    {
      config: PASSIVE,
      inputs: [
        [100, send("one")],
        [100, receive(hb(4000))],
        [101, send("two")],
      ],
      until: 3000,
    },
  ),
];
