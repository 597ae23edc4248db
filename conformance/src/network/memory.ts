/** A network within one world of virtual time. */
import { connect as connectHttp2 } from "node:http2";
import type { VirtualSide } from "../time/virtual.ts";
import { MemorySocket } from "./memory-socket.ts";
import type { Address, Listener, Network, StreamSocket } from "./network.ts";
import { LATENCY_NS, Pipe } from "./pipe.ts";

const HOST = "127.0.0.1";
const FIRST_PORT = 40_000;

interface Door {
  readonly side: VirtualSide;
  readonly accept: (socket: StreamSocket) => void;
  readonly halfOpen: boolean;
}

export class MemoryNetwork {
  readonly #doors = new Map<number, Door>();
  #nextPort = FIRST_PORT;

  /** The network as one side finds it. */
  at(side: VirtualSide): Network {
    return {
      connect: (address) => this.#connect(side, address, true),
      listen: async (accept) => this.#listen(side, accept, true),
      connectHttp2: (address) =>
        connectHttp2(`http://${address.host}:${address.port}`, {
          createConnection: () => this.#connect(side, address, false),
        }),
      listenHttp2: async (server) =>
        this.#listen(side, (socket) => server.emit("connection", socket), false),
    };
  }

  #listen(side: VirtualSide, accept: (socket: StreamSocket) => void, halfOpen: boolean): Listener {
    const port = this.#nextPort++;
    this.#doors.set(port, { side, accept, halfOpen });
    return { address: { host: HOST, port }, close: () => void this.#doors.delete(port) };
  }

  #connect(side: VirtualSide, { port }: Address, halfOpen: boolean): StreamSocket {
    const client = new MemorySocket(side, halfOpen);
    const door = this.#doors.get(port);
    if (door === undefined) {
      side.read(LATENCY_NS, () => client.refuse());
      return client;
    }
    const server = new MemorySocket(door.side, door.halfOpen);
    const there = new Pipe(client, server);
    const back = new Pipe(server, client);
    // The operating system shakes hands, also for a process that is stopped.
    side.read(LATENCY_NS, () => client.join(back, there));
    door.side.read(LATENCY_NS, () => {
      server.join(there, back);
      door.accept(server);
    });
    return client;
  }
}
