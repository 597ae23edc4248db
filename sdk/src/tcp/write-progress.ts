import type { Duplex } from "node:stream";

/**
 * Whether the octets that wait in a stream become fewer, seen by somebody who
 * does not write them.
 *
 * A stream counts a write as waiting until its last octet has been taken, so a
 * long one would look stuck. What a socket has taken of it only its handle
 * knows, which is where Node's own `setTimeout` of sockets looks too. A stream
 * without one shows less: whole writes, and only while its owner does not add
 * more than goes out.
 */
export class WriteProgress {
  readonly #stream: Duplex & { readonly _handle?: SocketHandle | null };
  #waiting = 0;
  #given: number | undefined;
  #queued: number | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Octets were taken since the last call. */
  hasMoved(): boolean {
    const { writableLength, _handle } = this.#stream;
    const handle = _handle?._parent ?? _handle; // TLS hands a long write down as one
    const moved =
      writableLength < this.#waiting ||
      // The next write is given to the system when it has taken the one before.
      handle?.bytesWritten !== this.#given ||
      handle?.writeQueueSize !== this.#queued;
    this.#waiting = writableLength;
    this.#given = handle?.bytesWritten;
    this.#queued = handle?.writeQueueSize;
    return moved;
  }
}

interface SocketHandle {
  /** Of TLS: the handle of the connection below. */
  readonly _parent?: SocketHandle | null;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}
