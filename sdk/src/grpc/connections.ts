import type { Socket } from "node:net";

/**
 * The TCP connections under the calls of a server.
 *
 * grpc-js cannot reset a stream from the server's side: of a client that is
 * gone, its HTTP/2 stream, and the socket below, would stay until the operating
 * system gives up, minutes later. So the server keeps its sockets itself, and
 * lets go of one whose last call ended because the peer was down.
 */
export class Connections {
  /** By the client's address, which is all that a call tells of its connection. */
  readonly #byPeer = new Map<string, { readonly socket: Socket; calls: number }>();

  /** A connection was accepted. */
  add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    this.#byPeer.set(peer, { socket, calls: 0 });
    socket.once("close", () => this.#byPeer.delete(peer));
  }

  /** A call of `peer` became a session. */
  callOpened(peer: string): void {
    const connection = this.#byPeer.get(peer);
    if (connection !== undefined) connection.calls += 1;
  }

  /** The session of a call of `peer` has ended. */
  callEnded(peer: string): void {
    const connection = this.#byPeer.get(peer);
    if (connection !== undefined) connection.calls -= 1;
  }

  /** A call of `peer` was aborted because nobody is there; other calls may know better [PW-LIV-6]. */
  abandon(peer: string): void {
    const connection = this.#byPeer.get(peer);
    if (connection?.calls === 0) connection.socket.destroy();
  }

  /** Lets go of all of them. */
  destroy(): void {
    for (const { socket } of this.#byPeer.values()) socket.destroy();
  }
}
