/** Raw peers for every transport. */
import type { TransportName } from "../model.ts";
import { dialGrpc, listenGrpc } from "./grpc.ts";
import type { Address, Manners, RawListener, RawPeer } from "./peer.ts";
import { dialTcp, listenTcp } from "./tcp.ts";
import { dialWebSocket, listenWebSocket } from "./websocket.ts";

const DIAL: Record<TransportName, (address: Address, manners: Manners) => RawPeer> = {
  tcp: dialTcp,
  ws: dialWebSocket,
  grpc: dialGrpc,
};

const LISTEN: Record<
  TransportName,
  (manners: Manners, accept: (peer: RawPeer) => void) => Promise<RawListener>
> = { tcp: listenTcp, ws: listenWebSocket, grpc: listenGrpc };

/** Begins a connection; whether it succeeds is told to the peer's sink. */
export function dial(transport: TransportName, address: Address, manners: Manners = {}): RawPeer {
  return DIAL[transport](address, manners);
}

/** Listens on a free port of 127.0.0.1; `accept` must start each peer it is given, at once. */
export function listen(
  transport: TransportName,
  manners: Manners,
  accept: (peer: RawPeer) => void,
): Promise<RawListener> {
  return LISTEN[transport](manners, accept);
}
