// Data one way over WebSocket, from the server, whose frames are not masked: with the mask, both
// would be slower and closer to each other. The corked contender takes the socket out of ws, which
// is no public way; Pulsewire's is.
import { atLeast, oneWayRow } from "../flow/one-way-row.mjs";

export const small = oneWayRow({
  id: "ws-100B",
  title: "100 octets one way, WebSocket",
  unit: "M/s",
  best: "ws.send 0.19; corked 1.8",
  baseline: "ws, corked",
  target: atLeast(0.9, "ws, corked"),
  plot: "flow-small",
  octets: 100,
  contenders: {
    pulsewire: ["pulsewire", "ws"],
    "ws.send": ["ws", "send"],
    "ws, corked": ["ws", "cork"],
  },
});

export const large = oneWayRow({
  id: "ws-64KiB",
  title: "64 KiB one way, WebSocket",
  unit: "GB/s",
  best: "ws 0.47",
  baseline: "ws.send",
  target: atLeast(1, "ws.send"),
  plot: "flow-large",
  octets: 65_536,
  contenders: {
    pulsewire: ["pulsewire", "ws"],
    "ws.send": ["ws", "send"],
  },
});
