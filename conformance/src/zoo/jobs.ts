/** Which cases a broken peer is run against, and where. */
import type { CaseSpec } from "../cases/model.ts";
import type { Role, TransportName } from "../model.ts";
import { isPole } from "../poles/poles.ts";
import { isMutant, MUTANT_PLACES } from "../reference/mutants.ts";
import type { Job } from "../runner/run-case.ts";
import { GOOD, type PeerName } from "./observe.ts";

/** The role in which a mutant meets a case that does not name it: both roles and both transports. */
const ONE_ROLE: Readonly<Record<TransportName, Role>> = {
  tcp: "listen",
  ws: "dial",
  grpc: "listen",
};

/**
 * Every case in every place, for the good peer and for the poles. A mutant is
 * run in every place of TCP and WebSocket against the cases that name it, and
 * in one role on each against all others; over gRPC only where the case or its
 * fault exists nowhere else. A fault of the state machine is the same fault
 * wherever it is met: run in all places, what mutants fail differed in three
 * checks, all of them by transport.
 */
export function jobsFor(peer: PeerName, catalogue: readonly CaseSpec[]): Job[] {
  const everywhere = peer === GOOD || isPole(peer) || placeOf(peer)?.transport === "grpc";
  return catalogue.flatMap((spec) => {
    const all = spec.transports.flatMap((transport) =>
      spec.roles.map((role) => ({ spec, transport, role })),
    );
    if (everywhere) return all;
    const named = spec.checks.some(({ kills }) => kills.includes(peer));
    return all.filter(
      ({ transport, role }) =>
        (transport !== "grpc" || spec.transports.length === 1) &&
        (named || spec.roles.length === 1 || role === ONE_ROLE[transport]),
    );
  });
}

/** True if the fault of a peer exists in this place. */
export function isAt(peer: PeerName, { transport, role }: Omit<Job, "spec">): boolean {
  const place = placeOf(peer);
  return (place?.transport ?? transport) === transport && (place?.role ?? role) === role;
}

function placeOf(peer: PeerName): (typeof MUTANT_PLACES)[keyof typeof MUTANT_PLACES] {
  return isMutant(peer) ? MUTANT_PLACES[peer] : undefined;
}
