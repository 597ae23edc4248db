/** How the harness comes by its raw peers. */
import type { TransportName } from "../model.ts";
import type { Machine } from "../time/machine.ts";
import { dial, listen } from "./index.ts";
import type { Address, Manners, RawListener, RawPeer } from "./peer.ts";

/** A connection on loopback is there within this time, or it never will be, in milliseconds. */
const LOOPBACK_PATIENCE_MS = 5_000;

export interface Wire {
  /** A connection that is not there within this time never will be, in milliseconds. */
  readonly patienceMs: number;
  /** Begins a connection; whether it succeeds is told to the peer's sink. */
  dial(transport: TransportName, address: Address, manners: Manners): RawPeer;
  /** Waits to be dialled; `accept` must start each peer it is given, at once. */
  listen(
    transport: TransportName,
    manners: Manners,
    accept: (peer: RawPeer) => void,
  ): Promise<RawListener>;
}

/** Everything on 127.0.0.1, each listener on a free port: for testees that can be told where to go. */
export function loopbackWire(machine: Machine): Wire {
  return {
    patienceMs: LOOPBACK_PATIENCE_MS,
    dial: (transport, address, manners) => dial(machine, transport, address, manners),
    listen: (transport, manners, accept) => listen(machine, transport, manners, accept),
  };
}
