/**
 * @import { Configuration, Disturbance, Fault } from "../../../../src/matrix/model.ts"
 * @import { TesteeConfig } from "../../../../src/testee/contract.ts"
 */

/** @type {Record<Configuration, string>} */
export const CONFIGURATION_WORDS = {
  both: "both configured, with different heartbeat-times",
  "one-passive": "one configured, the other passive",
  "both-passive": "both passive",
  legacy: "one from before heartbeats, the other configured and content without them",
};

/** @type {Record<string, string>} */
const FAULTS = {
  none: "nothing happens to the connection",
  slices: "every octet goes on in a write of its own",
  delay: "half a unit of latency in each direction",
  "black-hole": "from some moment on nothing reaches either side",
  "black-hole-to-dialer": "from some moment on nothing reaches the dialer",
  "black-hole-to-listener": "from some moment on nothing reaches the listener",
  reset: "both legs are reset",
};

/** @type {Record<Disturbance, string>} */
export const DISTURBANCE_WORDS = {
  kill: "is killed",
  "stop-short": "is stopped, for less than the deadline",
  "stop-long": "is stopped, for longer than the deadline",
  collect: "collects its garbage",
};

/** Above the line of a connection's name: short, as columns and rows are. */
export const TRANSPORT_WORDS = { tcp: "TCP", ws: "WebSocket", grpc: "gRPC" };

/**
 * What happens in a run.
 *
 * @param {Fault} fault
 */
export function faultWords(fault) {
  for (const [kind, words] of Object.entries(DISTURBANCE_WORDS))
    for (const side of ["dialer", "listener"])
      if (fault === `${kind}-${side}`) return `the process of the ${side} ${words}`;
  return FAULTS[fault] ?? fault;
}

/**
 * How a side is configured.
 *
 * @param {TesteeConfig} config
 */
export function configWords({ heartbeat_time_ms, slack_ms, peer_heartbeats, legacy, reply }) {
  const parts = [
    legacy === true
      ? "a peer from before heartbeats"
      : heartbeat_time_ms === undefined
        ? "passive"
        : `heartbeat-time ${heartbeat_time_ms} ms`,
    slack_ms === undefined ? undefined : `slack ${slack_ms} ms`,
    peer_heartbeats === "optional" ? "peer need not beat" : undefined,
    reply === undefined ? "speaks" : "sends back what it hears",
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}
