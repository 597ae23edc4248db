/** Raw peers for every transport. */
import type { TransportName } from "../model.ts";
import type { Machine } from "../time/machine.ts";
import { dialGrpc, listenGrpc } from "./grpc.ts";
import type { Address, Manners, RawListener, RawPeer } from "./peer.ts";
import { dialTcp, listenTcp } from "./tcp.ts";
import { dialWebSocket, listenWebSocket } from "./websocket.ts";

const DIAL: Record<
  TransportName,
  (machine: Machine, address: Address, manners: Manners) => RawPeer
> = { tcp: dialTcp, ws: dialWebSocket, grpc: dialGrpc };

const LISTEN: Record<
  TransportName,
  (machine: Machine, manners: Manners, accept: (peer: RawPeer) => void) => Promise<RawListener>
> = { tcp: listenTcp, ws: listenWebSocket, grpc: listenGrpc };

/** Begins a connection; whether it succeeds is told to the peer's sink. */
export function dial(
  machine: Machine,
  transport: TransportName,
  address: Address,
  manners: Manners = {},
): RawPeer {
  return DIAL[transport](machine, address, manners);
}

/** Listens on a free port of 127.0.0.1; `accept` must start each peer it is given, at once. */
export function listen(
  machine: Machine,
  transport: TransportName,
  manners: Manners,
  accept: (peer: RawPeer) => void,
): Promise<RawListener> {
  return LISTEN[transport](machine, manners, accept);
}
