// How connections end: section 9 of the protocol.
import {
  close,
  closeFrame,
  data,
  hb,
  PROBE,
  part,
  receive,
  receiveOctets,
  send,
  trace,
} from "../script.mjs";

const FOUR = { heartbeat_time_ms: 4000, slack_ms: 1000 };
const PASSIVE = { slack_ms: 1000 };

export const CLOSING = [
  trace("close-normal", "the application closes: Close, and nothing after it", "CLS-10 CLS-2", {
    config: FOUR,
    inputs: [
      [500, close(1)],
      [600, receive(hb(4000, PROBE))],
      [700, receive(hb(1000))],
    ],
    until: 60_000,
  }),
  trace("close-code-and-reason", "a code and a reason of the application's", "CLS-1 CLS-10", {
    config: PASSIVE,
    inputs: [[500, close(2, "maintenance")]],
    until: 60_000,
    keep: ["reason"],
  }),
  trace("close-after-data", "what the application sent before goes first", "CLS-8 CLS-2", {
    config: PASSIVE,
    inputs: [
      [500, send("one")],
      [500, send("two")],
      [500, close(1)],
    ],
    until: 60_000,
  }),
  trace("close-after-data-that-waits", "also when it has to wait for the transport", "CLS-8", {
    needs: ["outbound"],
    config: PASSIVE,
    inputs: [
      [100, { in: "block" }],
      [200, send("one")],
      [300, close(1)],
      [400, { in: "unblock" }],
    ],
    until: 60_000,
  }),
  trace("close-crosses-close", "both close at once: each sends one Close", "CLS-2 CLS-3", {
    config: FOUR,
    inputs: [
      [500, close(1)],
      [510, receive(closeFrame(1))],
    ],
    until: 60_000,
  }),
  trace("closed-by-peer", "a Close ends the connection and is not answered", "CLS-3 CLS-9", {
    config: FOUR,
    inputs: [[500, receive(closeFrame(1))]],
    until: 60_000,
  }),
  trace("closed-by-peer-going-away", "its code is what is reported", "CLS-3", {
    config: PASSIVE,
    inputs: [
      [500, receive({ version: 1, close: { code: 2, reason: "drain", retry_after_ms: 5000 } })],
    ],
    until: 60_000,
  }),
  trace("closed-by-peer-zero", "0 is read as NORMAL", "CLS-5", {
    config: PASSIVE,
    inputs: [[500, receive(closeFrame())]],
    until: 60_000,
  }),
  trace("closed-by-peer-unknown-code", "a code that nobody knows ends it like any other", "CLS-5", {
    config: PASSIVE,
    inputs: [[500, receive(closeFrame(99))]],
    until: 60_000,
  }),
  trace(
    "closed-by-peer-long-reason",
    "a reason that is too long is no reason to do anything",
    "CLS-6",
    {
      config: PASSIVE,
      inputs: [[500, receive({ version: 1, close: { code: 1, reason: "x".repeat(513) } })]],
      until: 60_000,
    },
  ),
  trace(
    "closed-by-peer-while-data-waits",
    "after the peer's Close nothing is sent, data that waited neither",
    "CLS-3",
    {
      needs: ["outbound"],
      config: FOUR,
      inputs: [
        [100, { in: "block" }],
        [200, send("one")],
        [300, receive(closeFrame(1))],
        [400, { in: "unblock" }],
      ],
      until: 60_000,
    },
  ),
  trace(
    "after-the-end",
    "whatever comes after the end is ignored, and the end is told once",
    "CLS-9 CLS-3",
    {
      config: FOUR,
      inputs: [
        [500, receive(closeFrame(1))],
        [510, receive(hb(1000, PROBE))],
        [520, receive(data("late"))],
        [530, receiveOctets("0800")],
        [540, receive(closeFrame(2))],
        [550, { in: "peer-ended" }],
      ],
      until: 60_000,
    },
  ),
  trace(
    "peer-ended",
    "the end of the peer's direction without Close ends the connection at once",
    "CLS-4",
    {
      config: FOUR,
      inputs: [[500, { in: "peer-ended" }]],
      until: 60_000,
    },
  ),
  trace("peer-ended-passive", "for a passive side too", "CLS-4", {
    config: PASSIVE,
    inputs: [[500, { in: "peer-ended" }]],
    until: 60_000,
  }),
  trace(
    "peer-ended-within-a-message",
    "what there is of an unfinished message is not delivered",
    "DAT-5 CLS-4",
    {
      config: PASSIVE,
      inputs: [
        [400, receive(part("hel"))],
        [500, { in: "peer-ended" }],
      ],
      until: 60_000,
    },
  ),
  trace("closed-within-a-message", "nor where a Close cuts it off", "DAT-5 CLS-3", {
    config: PASSIVE,
    inputs: [
      [400, receive(part("hel"))],
      [500, receive(closeFrame(1))],
      [510, receive(data("lo"))],
    ],
    until: 60_000,
  }),
  trace("transport-failed", "a reset is neither silence nor a Close", "CLS-9", {
    config: FOUR,
    inputs: [[500, { in: "transport-failed" }]],
    until: 60_000,
  }),
  trace(
    "silent-and-then-not",
    "a peer that was declared down and speaks again is ignored",
    "CLS-9 LIV-6",
    {
      config: FOUR,
      inputs: [
        [5100, receive(hb(4000, PROBE))],
        [5200, receive(data("here I am"))],
        [5300, { in: "peer-ended" }],
      ],
      until: 60_000,
    },
  ),
  trace("malformed", "a malformed frame ends the connection", "FRM-3 CLS-1", {
    config: FOUR,
    inputs: [
      [500, receiveOctets("08011a0500")],
      [510, receive(hb(1000))],
      [520, receive(data("late"))],
    ],
    until: 60_000,
  }),
  trace("malformed-empty", "a frame of no octets is malformed", "FRM-3", {
    config: PASSIVE,
    inputs: [[500, receiveOctets("")]],
    until: 60_000,
  }),
  trace("malformed-version-zero", "so is one of version 0, a Close as well", "FRM-2 FRM-3", {
    config: PASSIVE,
    inputs: [[500, receiveOctets("080022020801")]],
    until: 60_000,
  }),
];
