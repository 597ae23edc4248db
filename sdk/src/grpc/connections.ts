import type { Socket } from "node:net";

/**
 * From an accepted connection to its first call, in ms. A client connects in
 * order to call, and what comes before it (TLS, HTTP/2's first frames) is a few
 * round trips: 10 s is what `connect` itself gives an attempt, and a session its
 * peer's first frame. Whoever needs longer only holds a file descriptor.
 */
const FIRST_CALL_MS = 10_000;

interface Connection {
  readonly socket: Socket;
  /** Those that are sessions. */
  calls: number;
  /** Runs until the first call. */
  readonly timer: NodeJS.Timeout;
}

/**
 * The TCP connections under the calls of a server.
 *
 * grpc-js cannot reset a stream from the server's side: of a client that is
 * gone, its HTTP/2 stream, and the socket below, would stay until the operating
 * system gives up, minutes later. So the server keeps its sockets itself, and
 * lets go of one whose last call ended because the peer was down, and of one
 * that never makes a call.
 */
export class Connections {
  /** By the client's address, which is all that a call tells of its connection. */
  readonly #byPeer = new Map<string, Connection>();
  readonly #firstCallMs: number;

  /** @param firstCallMs for tests. */
  constructor(firstCallMs: number = FIRST_CALL_MS) {
    this.#firstCallMs = firstCallMs;
  }

  /** A connection was accepted. */
  add(socket: Socket): void {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    const timer = setTimeout(() => socket.destroy(), this.#firstCallMs);
    timer.unref();
    const connection: Connection = { socket, calls: 0, timer };
    this.#byPeer.set(peer, connection);
    socket.once("close", () => {
      clearTimeout(timer);
      // The same address may be another connection's by now.
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer);
    });
  }

  /** `peer` made a call, whatever becomes of it. */
  callMade(peer: string): void {
    clearTimeout(this.#byPeer.get(peer)?.timer);
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
