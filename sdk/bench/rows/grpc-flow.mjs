// Data one way in a bidirectional gRPC stream, beside grpc-js with a message of one bytes field.
import { atLeast, oneWayRow } from "../flow/one-way-row.mjs";

/** @type {Readonly<Record<string, readonly [string, string]>>} */
const contenders = {
  pulsewire: ["pulsewire", "grpc"],
  "grpc-js": ["grpc-js", ""],
};

export const small = oneWayRow({
  id: "grpc-100B",
  title: "100 octets one way, gRPC",
  unit: "M/s",
  best: "grpc-js 0.080",
  baseline: "grpc-js",
  target: atLeast(1, "grpc-js"),
  plot: "flow-small",
  octets: 100,
  contenders,
});

export const large = oneWayRow({
  id: "grpc-64KiB",
  title: "64 KiB one way, gRPC",
  unit: "GB/s",
  best: "grpc-js 0.36",
  baseline: "grpc-js",
  target: atLeast(1, "grpc-js"),
  plot: "flow-large",
  octets: 65_536,
  contenders,
});
