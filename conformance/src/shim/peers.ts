/** The other ends of a check: a raw peer, a listener that only counts, and ports. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { Address, Manners, RawPeer } from "../peers/peer.ts";
import { decodeFrame } from "../wire/decode.ts";
import { eventually } from "./process.ts";

/** On loopback a connection is there within this time, or it never will be, in milliseconds. */
const CONNECT_LIMIT_MS = 2_000;

/** Takes whatever the testee does in its handshake: that is for the cases to judge. */
export const TOLERANT: Manners = { anySubprotocol: true, anyResponse: true };

/** A raw peer that says nothing and knows whether it is open and whether it has ended. */
export class QuietPeer {
  readonly #peer: RawPeer;
  opened = false;
  ended = false;

  constructor(peer: RawPeer) {
    this.#peer = peer;
    peer.start({
      onOpen: () => {
        this.opened = true;
      },
      onFrame: (octets) => {
        // Who receives Close closes; a gRPC server may wait for that with its status [PW-GRPC-6].
        if (peer.transport === "grpc" && decodeFrame(octets).body === "close") peer.halfClose();
      },
      onOctets: () => undefined,
      onEnd: () => {
        this.ended = true;
      },
      onGone: () => {
        this.ended = true;
      },
    });
  }

  abort(): void {
    this.#peer.abort();
  }
}

/** A listener that accepts and says nothing: no handshake ever comes to its end. */
export class SilentListener {
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((socket) => {
    this.accepted += 1;
    this.#sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => this.#sockets.delete(socket));
    socket.resume();
  });
  accepted = 0;

  async start(): Promise<Address> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(0, "127.0.0.1", resolve);
    });
    const address = this.#server.address();
    if (address === null || typeof address === "string")
      throw new Error("a listener without a port");
    return { host: "127.0.0.1", port: address.port };
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A port of 127.0.0.1 at which nobody listens, nor can before it is released. */
export interface DeadPort {
  readonly address: Address;
  release(): void;
}

/** Whoever dials has a port for it: so nobody else is given it, as may be one that was only free a moment ago. */
export async function holdDeadPort(): Promise<DeadPort> {
  const listener = new SilentListener();
  const socket = connect(await listener.start());
  socket.on("error", () => undefined);
  await once(socket, "connect");
  return {
    address: { host: "127.0.0.1", port: socket.localPort as number },
    release: () => {
      socket.destroy();
      listener.close();
    },
  };
}

/** True if somebody accepts connections there. */
export function accepts(address: Address): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(address);
    const settle = (is: boolean): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(is);
    };
    const timer = setTimeout(() => settle(false), CONNECT_LIMIT_MS);
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

/** True if nobody accepts connections there, or no longer does within so many milliseconds. */
export function isFreed(address: Address, withinMs: number): Promise<boolean> {
  return eventually(async () => !(await accepts(address)), withinMs);
}
