/** The framing of byte streams: an unsigned varint length before each frame [PW-TCP-1]. */
import { ENDLESS, type FramingReader, MOST_PENDING, type Piece } from "./framing.ts";
import { OctetQueue } from "./octet-queue.ts";
import { concat, varint } from "./protobuf.ts";

/** A length prefix has at most this many octets [PW-TCP-4]. */
const MAX_PREFIX_OCTETS = 5;

/** A frame with its length before it. */
export function delimit(frame: Uint8Array): Uint8Array {
  return concat([varint(frame.length), frame]);
}

/** Cuts a byte stream into frames. */
export class DelimitedReader implements FramingReader {
  readonly #queue = new OctetQueue();
  #expected: number | undefined;
  #prefixOctets = 0;
  #broken = false;

  get pendingBytes(): number {
    return this.#queue.length + this.#prefixOctets;
  }

  push(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    if (this.#broken) return pieces;
    this.#queue.push(chunk);
    for (;;) {
      if (this.#expected === undefined) {
        const prefix = readPrefix(this.#queue.peek(MAX_PREFIX_OCTETS));
        if (prefix === undefined) return pieces;
        if (typeof prefix === "string") {
          this.#broken = true;
          pieces.push({ kind: "problem", what: prefix });
          return pieces;
        }
        this.#queue.take(prefix.octets);
        this.#prefixOctets = prefix.octets;
        this.#expected = prefix.length;
        pieces.push({ kind: "announced", length: prefix.length, head: prefix.octets });
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
      this.#prefixOctets = 0;
    }
  }
}

/** The length that the octets begin with; undefined while it is incomplete, a string if it is wrong. */
function readPrefix(
  octets: Uint8Array,
): { readonly length: number; readonly octets: number } | string | undefined {
  let length = 0;
  for (const [index, octet] of octets.entries()) {
    length += (octet & 0x7f) * 2 ** (7 * index);
    if (octet >= 0x80) continue;
    return length > 0xffff_ffff
      ? `a length of ${length} does not fit 32 bits`
      : { length, octets: index + 1 };
  }
  return octets.length === MAX_PREFIX_OCTETS
    ? "a length is not complete after five octets"
    : undefined;
}
