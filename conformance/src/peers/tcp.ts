/** Raw TCP peers. */
import { connect, createServer, type Socket } from "node:net";
import { DelimitedReader, delimit } from "../wire/delimited.ts";
import { varint } from "../wire/protobuf.ts";
import { listenOnLoopback } from "./loopback.ts";
import type { Address, Manners, RawListener, RawPeer } from "./peer.ts";
import { SocketPeer } from "./socket-peer.ts";

export class TcpPeer extends SocketPeer {
  readonly transport = "tcp" as const;

  constructor(socket: Socket, manners: Manners) {
    super(socket, new DelimitedReader(), manners);
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

export function dialTcp(address: Address, manners: Manners): RawPeer {
  return new TcpPeer(connect({ ...address, allowHalfOpen: true }), manners);
}

export function listenTcp(manners: Manners, accept: (peer: RawPeer) => void): Promise<RawListener> {
  const server = createServer({ allowHalfOpen: true }, (socket) =>
    accept(new TcpPeer(socket, manners)),
  );
  return listenOnLoopback(server);
}
