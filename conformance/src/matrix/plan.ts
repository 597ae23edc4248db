/** Which runs a matrix has: every ordered pair of peers, over everything, through everything. */
import { glob } from "../glob.ts";
import type { Role, TesteeInfo, TransportName } from "../model.ts";
import { setupFor } from "./configurations.ts";
import {
  CONFIGURATIONS,
  CONNECTION_FAULTS,
  type ConnectionFault,
  DISTURBANCES,
  type Disturbance,
  disturbanceOf,
  type Fault,
  type PairSetup,
  SIDES,
  type Side,
} from "./model.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLE_OF: Readonly<Record<Side, Role>> = { dialer: "dial", listener: "listen" };

/** A hole in one direction tells most where both have a heartbeat-time of their own. */
const ONE_WAY: readonly ConnectionFault[] = ["black-hole-to-dialer", "black-hole-to-listener"];

/** What the user asked for; everything where a list is absent. Patterns take `*` for anything. */
export interface MatrixSelection {
  /** "go:python", of the dialer and the listener. */
  readonly pairs?: readonly string[];
  readonly transports?: readonly TransportName[];
  readonly configurations?: readonly string[];
  readonly faults?: readonly string[];
}

/** Runs that share a process which is disturbed, or a run by itself. */
export interface Batch {
  readonly runs: readonly PairSetup[];
  /** Whose process it is, and what is done to it. */
  readonly disturbed?: { readonly peer: string; readonly kind: Disturbance };
}

/** Every fault by its name. */
export function allFaults(): Fault[] {
  return [
    ...CONNECTION_FAULTS,
    ...DISTURBANCES.flatMap((kind) => SIDES.map((side): Fault => `${kind}-${side}`)),
  ];
}

/** @param names the peers, in the order of the file, by which the runs are dealt. */
export function planBatches(
  names: readonly string[],
  selected: ReadonlySet<string>,
  selection: MatrixSelection,
  unitMs: number,
): Batch[] {
  const peers = names
    .map((name, index) => ({ name, index }))
    .filter(({ name }) => selected.has(name));
  const wanted = (setup: PairSetup): boolean => isSelected(setup, selection);
  const batches: Batch[] = [];
  for (const dialer of peers)
    for (const listener of peers)
      for (const transport of TRANSPORTS)
        for (const configuration of CONFIGURATIONS)
          for (const fault of CONNECTION_FAULTS) {
            if (ONE_WAY.includes(fault) && configuration !== "both") continue;
            const place = { dialer, listener, transport, configuration, fault };
            const setup = setupFor(place, unitMs);
            if (wanted(setup)) batches.push({ runs: [setup] });
          }
  for (const [at, victim] of peers.entries()) {
    const partner = peers[(at + 1) % peers.length] ?? victim;
    for (const kind of DISTURBANCES) {
      const runs = SIDES.flatMap((side) =>
        TRANSPORTS.map((transport) =>
          setupFor(
            {
              dialer: side === "dialer" ? victim : partner,
              listener: side === "dialer" ? partner : victim,
              transport,
              configuration: "both",
              fault: `${kind}-${side}`,
            },
            unitMs,
          ),
        ),
      ).filter(wanted);
      if (runs.length > 0) batches.push({ runs, disturbed: { peer: victim.name, kind } });
    }
  }
  return batches;
}

/** Patterns that fit nothing there is: a typo must not look like success. */
export function idlePattern(
  patterns: readonly string[] | undefined,
  names: readonly string[],
): string | undefined {
  return patterns?.find((pattern) => !names.some((name) => glob(pattern).test(name)));
}

function isSelected(
  { dialer, listener, transport, configuration, fault }: PairSetup,
  { pairs, transports, configurations, faults }: MatrixSelection,
): boolean {
  return (
    fits(`${dialer}:${listener}`, pairs) &&
    (transports === undefined || transports.includes(transport)) &&
    fits(configuration, configurations) &&
    fits(fault, faults)
  );
}

function fits(name: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some((pattern) => glob(pattern).test(name));
}

/** Why a run does not apply to these two, if it does not. */
export function whyNotApplicable(
  setup: PairSetup,
  infos: Readonly<Record<Side, TesteeInfo>>,
): string | undefined {
  for (const side of SIDES) {
    const { transports, roles } = infos[side];
    const who = setup[side];
    if (!transports.includes(setup.transport)) return `${who} does not claim ${setup.transport}`;
    const role = ROLE_OF[side];
    if (!roles.includes(role)) return `${who} does not claim the role ${role}`;
    const missing = featuresFor(setup, side).find((name) => !infos[side].features.includes(name));
    if (missing !== undefined) return `${who} does not claim the feature ${missing}`;
  }
  const kind = disturbanceOf(setup.fault)?.kind;
  if (process.platform === "win32" && kind !== undefined && kind !== "collect")
    return "this system has no such signal";
  return undefined;
}

function featuresFor({ sides, fault }: PairSetup, side: Side): string[] {
  const { legacy, peer_heartbeats } = sides[side];
  const disturbance = disturbanceOf(fault);
  return [
    ...(legacy === true ? ["legacy"] : []),
    ...(peer_heartbeats === "optional" ? ["optional_peers"] : []),
    ...(disturbance?.kind === "collect" && disturbance.victim === side ? ["collect"] : []),
  ];
}
