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
  readonly #stream: Duplex;
  #waiting = 0;
  #given: number | undefined;
  #queued: number | undefined;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Octets were taken since the last call. */
  hasMoved(): boolean {
    const { writableLength } = this.#stream;
    const handle = handleOf(this.#stream);
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

/**
 * Octets that the system has taken of all that was ever written to a socket,
 * those of a write that it has taken in part too; of TLS in octets of the
 * connection below. Undefined for a stream that is no socket, or none any more.
 */
export function octetsPassedOn(stream: Duplex): number | undefined {
  const { bytesWritten, writeQueueSize } = handleOf(stream) ?? {};
  if (bytesWritten === undefined || writeQueueSize === undefined) return undefined;
  return bytesWritten - writeQueueSize;
}

function handleOf(stream: Duplex): SocketHandle | null | undefined {
  const { _handle } = stream as { readonly _handle?: SocketHandle | null };
  return _handle?._parent ?? _handle; // TLS hands a long write down as one
}

interface SocketHandle {
  /** Of TLS: the handle of the connection below. */
  readonly _parent?: SocketHandle | null;
  readonly bytesWritten?: number;
  readonly writeQueueSize?: number;
}
