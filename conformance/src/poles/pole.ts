/**
 * A pole: a peer that does next to nothing, or all too much, and keeps no rule.
 *
 * What a pole passes says nothing about whoever else passes it, so a pole
 * passes nothing: see zoo/poles.ts.
 */
import type { StreamSocket } from "../network/network.ts";
import { dial, listen } from "../peers/index.ts";
import type { Address, Manners, PeerSink, RawPeer } from "../peers/peer.ts";
import type { TesteeCommand, TesteeLine } from "../testee/contract.ts";
import type { Machine } from "../time/machine.ts";

export type Open = Extract<TesteeCommand, { cmd: "open" }>;

/** What a pole works with while one `open` lasts. */
export interface Ground {
  readonly machine: Machine;
  readonly write: (line: TesteeLine) => void;
  /** A name for a connection that the pole accepted, announced to the harness. */
  announce(): string;
  /** Remembers how to let go of something. */
  keep(release: () => void): void;
}

export interface Pole {
  /** In words. */
  readonly does: string;
  /** Serves one `open`; resolves with where it listens, if it does. */
  open(command: Open, ground: Ground): Promise<Address | undefined>;
}

/** A pole that lets the transport shake hands, and then does this with each connection. */
export function onPeers(
  does: string,
  meet: (peer: RawPeer, ground: Ground, command: Open) => Partial<PeerSink>,
  manners: Manners = {},
): Pole {
  return {
    does,
    async open(command, ground) {
      const begin = (peer: RawPeer): void => {
        const sink = meet(peer, ground, command);
        ground.keep(() => peer.abort());
        peer.start({
          onFrame: () => undefined,
          onOctets: () => undefined,
          onEnd: () => undefined,
          onGone: () => undefined,
          ...sink,
          onOpen: (at) => {
            if (command.role === "listen") ground.announce();
            sink.onOpen?.(at);
          },
        });
      };
      if (command.role === "dial") {
        if (command.address !== undefined)
          begin(dial(ground.machine, command.transport, command.address, manners));
        return undefined;
      }
      const listener = await listen(ground.machine, command.transport, manners, begin);
      ground.keep(() => listener.close());
      return listener.address;
    },
  };
}

/** A pole that does this with each byte stream, before anybody has said anything on it. */
export function onSockets(does: string, meet: (socket: StreamSocket) => void): Pole {
  return {
    does,
    async open({ role, address }, { machine, announce, keep }) {
      const begin = (socket: StreamSocket): void => {
        socket.on("error", () => {
          // Its end is all that it was for.
        });
        keep(() => socket.destroy());
        meet(socket);
      };
      if (role === "dial") {
        if (address === undefined) return undefined;
        const socket = machine.network.connect(address);
        socket.once("connect", () => begin(socket));
        socket.on("error", () => undefined);
        return undefined;
      }
      const listener = await machine.network.listen((socket) => {
        announce();
        begin(socket);
      });
      keep(() => listener.close());
      return listener.address;
    },
  };
}
