/** How two peers are set against each other: who is configured with what, who speaks, who closes. */
import type { TransportName } from "../model.ts";
import type { TesteeConfig } from "../testee/contract.ts";
import {
  CONFIGURATIONS,
  type Configuration,
  type Fault,
  otherSide,
  type PairSetup,
  type Side,
} from "./model.ts";

/** The heartbeat-times of the two, and what silence they bear beyond, in units. */
const SMALLER = 2;
const LARGER = 4;
const SLACK = 2;
/** The least that the protocol allows: no value of these runs is below it. */
const FLOOR_MS = 100;

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];

/** Two peers and their places in the file, and what is done with them. */
export interface Place {
  readonly dialer: { readonly name: string; readonly index: number };
  readonly listener: { readonly name: string; readonly index: number };
  readonly transport: TransportName;
  readonly configuration: Configuration;
  readonly fault: Fault;
}

/**
 * The setup of a run. What two sides can do either way round is dealt out by the places of the
 * peers in the file: every run of the same file is the same.
 */
export function setupFor({ dialer, listener, ...place }: Place, unitMs: number): PairSetup {
  const { transport, configuration } = place;
  const over = TRANSPORTS.indexOf(transport);
  const as = CONFIGURATIONS.indexOf(configuration);
  const deal = (number: number): Side => (number % 2 === 0 ? "dialer" : "listener");
  const speaker = deal(dialer.index + over + as);
  const sides = configure(configuration, deal(dialer.index + listener.index + over), unitMs);
  const echoing = otherSide(speaker);
  return {
    dialer: dialer.name,
    listener: listener.name,
    ...place,
    unitMs,
    sides: { ...sides, [echoing]: { ...sides[echoing], reply: "echo" } },
    speaker,
    closer: deal(listener.index + over + as + 1),
  };
}

/** @param chosen which of the two has the smaller value, or the only one, or is the legacy peer. */
function configure(
  configuration: Configuration,
  chosen: Side,
  unitMs: number,
): Record<Side, TesteeConfig> {
  const common = { slack_ms: SLACK * unitMs, floor_ms: FLOOR_MS };
  const beating = (units: number): TesteeConfig => ({
    heartbeat_time_ms: units * unitMs,
    ...common,
  });
  const two = (first: TesteeConfig, second: TesteeConfig): Record<Side, TesteeConfig> =>
    chosen === "dialer" ? { dialer: first, listener: second } : { dialer: second, listener: first };
  switch (configuration) {
    case "both":
      return two(beating(SMALLER), beating(LARGER));
    case "one-passive":
      return two(beating(SMALLER), common);
    case "both-passive":
      return two(common, common);
    case "legacy":
      return two({ legacy: true }, { ...beating(SMALLER), peer_heartbeats: "optional" });
  }
}
