/** Raw TCP peers. */
import type { StreamSocket } from "../network/network.ts";
import type { Machine } from "../time/machine.ts";
import type { Time } from "../time/time.ts";
import { DelimitedReader, delimit } from "../wire/delimited.ts";
import { varint } from "../wire/protobuf.ts";
import type { Address, Manners, RawListener, RawPeer } from "./peer.ts";
import { SocketPeer } from "./socket-peer.ts";

export class TcpPeer extends SocketPeer {
  readonly transport = "tcp" as const;

  constructor(socket: StreamSocket, manners: Manners, time: Time) {
    super(socket, new DelimitedReader(), manners, time);
  }

  framed(frame: Uint8Array): Uint8Array {
    return delimit(frame);
  }

  head(length: number): Uint8Array {
    return varint(length);
  }

  sendText(): void {
    throw new Error("TCP has no text messages");
  }

  ping(): void {
    throw new Error("TCP has no ping");
  }

  end(): void {
    this.halfClose();
  }
}

export function dialTcp(machine: Machine, address: Address, manners: Manners): RawPeer {
  return new TcpPeer(machine.network.connect(address), manners, machine.time);
}

export function listenTcp(
  machine: Machine,
  manners: Manners,
  accept: (peer: RawPeer) => void,
): Promise<RawListener> {
  return machine.network.listen((socket) => accept(new TcpPeer(socket, manners, machine.time)));
}
