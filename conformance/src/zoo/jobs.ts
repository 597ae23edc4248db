/** Which cases a broken peer is run against, and where. */
import type { CaseSpec } from "../cases/model.ts";
import type { Role, TransportName } from "../model.ts";
import { isPole } from "../poles/poles.ts";
import { isMutant, MUTANT_PLACES } from "../reference/mutants.ts";
import type { Job } from "../runner/run-case.ts";
import { GOOD, type PeerName } from "./observe.ts";

/** The role in which a mutant meets megabytes of data. */
const BULK_ROLE: Readonly<Record<TransportName, Role>> = {
  tcp: "listen",
  ws: "dial",
  grpc: "listen",
};

/**
 * Every case in every place, for the good peer and for the poles. A mutant is
 * run over gRPC only where the case or its fault exists nowhere else, and
 * against cases that move megabytes in one role on each transport: a fault of
 * the state machine is the same fault wherever it is met.
 */
export function jobsFor(peer: PeerName, catalogue: readonly CaseSpec[]): Job[] {
  const place = isMutant(peer) ? MUTANT_PLACES[peer] : undefined;
  const everywhere = peer === GOOD || isPole(peer) || place?.transport === "grpc";
  return catalogue.flatMap((spec) =>
    spec.transports
      .filter((name) => everywhere || name !== "grpc" || spec.transports.length === 1)
      .flatMap((transport) =>
        spec.roles
          .filter((role) => everywhere || spec.process !== "bulk" || role === BULK_ROLE[transport])
          .map((role) => ({ spec, transport, role })),
      ),
  );
}

/** True if the fault of a peer exists in this place. */
export function isAt(peer: PeerName, { transport, role }: Omit<Job, "spec">): boolean {
  const place = isMutant(peer) ? MUTANT_PLACES[peer] : undefined;
  return (place?.transport ?? transport) === transport && (place?.role ?? role) === role;
}
