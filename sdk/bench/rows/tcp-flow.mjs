// Data one way over TCP. The bare contenders put Pulsewire's own length prefix before each message,
// and their receiver looks for nothing but where a message ends: it makes no view of it, hands
// nothing on and has no bound. Pulsewire's receiver hands each message to a `for await`.
import { atLeast, oneWayRow } from "../flow/one-way-row.mjs";

export const small = oneWayRow({
  id: "tcp-100B",
  title: "100 octets one way, TCP",
  unit: "M/s",
  best: "one write per frame 0.28; rsocket-js 0.32; cork/writev 3.6; copied into a slab 9.0",
  baseline: "cork/writev",
  // 3.0 million a second where cork/writev does 3.6: a figure of this machine holds nowhere else.
  target: atLeast(0.83, "cork/writev"),
  plot: "flow-small",
  octets: 100,
  contenders: {
    pulsewire: ["pulsewire", "tcp"],
    "one write per frame": ["net", "write"],
    "cork/writev": ["net", "cork"],
    "copied into a slab": ["net", "slab"],
    "rsocket-js": ["rsocket-js", "4096"],
  },
  packages: ["rsocket-core", "rsocket-tcp-server", "rsocket-tcp-client"],
});

export const large = oneWayRow({
  id: "tcp-64KiB",
  title: "64 KiB one way, TCP",
  unit: "GB/s",
  best: "cork/writev 3.4, about C's; rsocket-js 2.0; ws 0.47; grpc-js 0.36",
  baseline: "cork/writev",
  target: atLeast(0.85, "cork/writev"),
  plot: "flow-large",
  octets: 65_536,
  contenders: {
    pulsewire: ["pulsewire", "tcp"],
    "cork/writev": ["net", "cork"],
    // A message of 64 KiB never lies in one read of 64 KiB, so whoever hands on messages copies.
    "cork/writev, whole messages": ["net", "cork, joined"],
    "rsocket-js": ["rsocket-js", "64"],
    ws: ["ws", "send"],
    "grpc-js": ["grpc-js", ""],
  },
  packages: ["rsocket-core", "rsocket-tcp-server", "rsocket-tcp-client"],
});
