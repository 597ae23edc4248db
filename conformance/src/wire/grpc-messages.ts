/** The framing of gRPC: a flag, a length of four octets, the message. */
import { ENDLESS, type FramingReader, MOST_PENDING, type Piece } from "./framing.ts";
import { OctetQueue } from "./octet-queue.ts";
import { concat } from "./protobuf.ts";

const PREFIX_OCTETS = 5;

/** A frame as one gRPC message, not compressed. */
export function grpcMessage(frame: Uint8Array): Uint8Array {
  return concat([grpcPrefix(frame.length), frame]);
}

/** What comes before a message of so many octets. */
export function grpcPrefix(length: number): Uint8Array {
  const prefix = new Uint8Array(PREFIX_OCTETS);
  new DataView(prefix.buffer).setUint32(1, length);
  return prefix;
}

/** Cuts the DATA of a call into messages. */
export class GrpcMessageReader implements FramingReader {
  readonly #queue = new OctetQueue();
  #expected: number | undefined;
  #broken = false;

  get pendingBytes(): number {
    return this.#queue.length + (this.#expected === undefined ? 0 : PREFIX_OCTETS);
  }

  push(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    if (this.#broken) return pieces;
    this.#queue.push(chunk);
    for (;;) {
      if (this.#expected === undefined) {
        if (this.#queue.length < PREFIX_OCTETS) return pieces;
        const prefix = this.#queue.take(PREFIX_OCTETS);
        if (prefix[0] !== 0) {
          this.#broken = true;
          pieces.push({ kind: "problem", what: "a compressed gRPC message" });
          return pieces;
        }
        this.#expected = new DataView(prefix.buffer, prefix.byteOffset).getUint32(1);
        pieces.push({ kind: "announced", length: this.#expected });
      }
      if (this.#queue.length < this.#expected) {
        if (this.#queue.length <= MOST_PENDING) return pieces;
        this.#broken = true;
        this.#queue.clear();
        pieces.push({ kind: "problem", what: ENDLESS });
        return pieces;
      }
      pieces.push({ kind: "frame", octets: this.#queue.take(this.#expected) });
      this.#expected = undefined;
    }
  }
}
