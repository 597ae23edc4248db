// Messages and their parts: section 5 of the protocol.
import {
  data,
  hb,
  PROBE,
  part,
  receive,
  receiveOctets,
  send,
  trace,
  UNKNOWN_BODY,
} from "../script.mjs";

const PASSIVE = { slack_ms: 2000 };

export const MESSAGES = [
  trace("message", "a message in one frame", "DAT-1", {
    config: PASSIVE,
    inputs: [
      [100, receive(data("one"))],
      [100, receive(data("two"))],
    ],
    until: 1000,
  }),
  trace("message-empty", "an empty message is a message", "DAT-1", {
    config: PASSIVE,
    inputs: [
      [100, receive(data(""))],
      [200, send("")],
    ],
    until: 1000,
  }),
  trace("message-any-octets", "octets arrive as they are", "DAT-1", {
    config: PASSIVE,
    inputs: [[100, receive({ version: 1, data_hex: "00ff7f80c3280d0a" })]],
    until: 1000,
  }),
  trace("message-in-parts", "parts are joined in their order, when the last has come", "DAT-2", {
    config: PASSIVE,
    inputs: [
      [100, receive(part("he"))],
      [200, receive(part(""))],
      [300, receive(part("ll"))],
      [400, receive(data("o"))],
      [500, receive(data("next"))],
    ],
    until: 1000,
  }),
  trace("message-ends-in-an-empty-part", "the last part may be empty", "DAT-2", {
    config: PASSIVE,
    inputs: [
      [100, receive(part("hello"))],
      [200, receive(data(""))],
    ],
    until: 1000,
  }),
  trace(
    "message-with-others-between",
    "frames with other bodies may stand between the parts",
    "DAT-3 FRM-4",
    {
      config: PASSIVE,
      inputs: [
        [100, receive(part("he"))],
        [200, receive(hb())],
        [300, receiveOctets(UNKNOWN_BODY)],
        [400, receiveOctets("08012801")],
        [500, receive(part("ll"))],
        [600, receive(hb(undefined, PROBE))],
        [700, receive(data("o"))],
      ],
      until: 1000,
    },
  ),
  trace(
    "message-and-adoption",
    "an adoption between the parts leaves the message alone",
    "DAT-3 ADP-2",
    {
      config: { slack_ms: 60_000 },
      inputs: [
        [100, receive(part("he"))],
        [200, receive(hb(5000))],
        [300, receive(data("llo"))],
      ],
      until: 1000,
    },
  ),
  trace("messages-sent", "messages go out in their order, each whole", "DAT-1 DAT-3", {
    config: PASSIVE,
    inputs: [
      [100, send("one")],
      [100, send("")],
      [100, send("three")],
    ],
    until: 1000,
  }),
  trace("unknown-fields", "fields of a later version change nothing in what is known", "FRM-4", {
    config: { slack_ms: 60_000 },
    inputs: [
      [100, receiveOctets("08011206088827f83801f83801")],
      [200, receiveOctets("08011a0568656c6c6ff83801")],
      [300, receiveOctets("080122050802f83801f83801")],
    ],
    until: 60_000,
  }),
];
