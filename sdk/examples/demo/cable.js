import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * A cable to a server of this machine. A client that is cut off hears nothing more, is told nothing,
 * and its side of the TCP connection stays as open as it was: what a firewall does that has forgotten
 * a connection, and a server that hangs.
 */
export class Cable {
  #wires = new Set();
  #cutOff = new Set();
  #server;

  /** @param {number} port The server's, on loopback. */
  constructor(port) {
    this.#server = createServer((near) => {
      const far = connect(port, "127.0.0.1");
      const wire = { near, far, client: undefined };
      this.#wires.add(wire);
      for (const socket of [near, far]) {
        socket.on("error", () => {});
        socket.once("close", () => {
          near.destroy();
          far.destroy();
          this.#wires.delete(wire);
        });
      }
      // The first line of the first request says whose connection it is.
      near.once("data", (head) => {
        near.pause();
        near.unshift(head);
        const [, client] = /^GET \/live\?client=(\S*)/.exec(head.toString("latin1")) ?? [];
        wire.client = client && decodeURIComponent(client);
        if (!this.#cutOff.has(wire.client)) join(wire);
      });
    });
  }

  /** Returns the port that clients dial. */
  async listen(port) {
    this.#server.listen(port, "127.0.0.1");
    await once(this.#server, "listening");
    return this.#server.address().port;
  }

  /** Cuts the client's connections, and those that it will make. */
  cut(client) {
    this.#cutOff.add(client);
    for (const wire of this.#of(client)) {
      for (const socket of [wire.near, wire.far]) socket.unpipe().pause();
    }
  }

  /** Joins them again; what was on its way arrives. */
  mend(client) {
    this.#cutOff.delete(client);
    for (const wire of this.#of(client)) join(wire);
  }

  close() {
    this.#server.close();
    for (const { near } of this.#wires) near.destroy();
  }

  #of(client) {
    return [...this.#wires].filter((wire) => wire.client === client);
  }
}

function join({ near, far }) {
  near.pipe(far);
  far.pipe(near);
}
