/**
 * Joins the parts of a message [PW-DAT-2]. It counts before it keeps [PW-LIM-2],
 * and copies what it keeps: a list of parts would let a peer pin a whole read
 * buffer with every octet it sends.
 */
export class MessageAssembler {
  readonly #maxBytes: number;
  #buffer: Uint8Array | undefined;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /**
   * Takes one part. Returns the message when it is whole, "incomplete" while
   * `more` is to come, "too-large" once the parts exceed the limit.
   */
  add(part: Uint8Array, more: boolean): Uint8Array | "incomplete" | "too-large" {
    const bytes = this.#bytes + part.length;
    if (bytes > this.#maxBytes) {
      this.discard();
      return "too-large";
    }
    if (!more && this.#buffer === undefined) return part;
    this.#reserve(bytes).set(part, this.#bytes);
    this.#bytes = bytes;
    if (more) return "incomplete";
    const message = this.#reserve(bytes).subarray(0, bytes);
    this.discard();
    return message;
  }

  /** Forgets an unfinished message [PW-DAT-5]. */
  discard(): void {
    this.#buffer = undefined;
    this.#bytes = 0;
  }

  /** A buffer of at least `bytes`; it doubles, so that joining costs each octet two copies at most. */
  #reserve(bytes: number): Uint8Array {
    const old = this.#buffer;
    if (old !== undefined && old.length >= bytes) return old;
    const grown = new Uint8Array(Math.min(this.#maxBytes, Math.max(bytes, 2 * (old?.length ?? 0))));
    if (old !== undefined) grown.set(old.subarray(0, this.#bytes));
    this.#buffer = grown;
    return grown;
  }
}
