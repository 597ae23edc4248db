/** Octets that wait to be cut: cheap to add to, and copied only where a cut spans two chunks. */
import { concat } from "./protobuf.ts";

export class OctetQueue {
  #chunks: Uint8Array[] = [];
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    // No Buffer: its `slice` is a view, that of what is taken must be a copy.
    this.#chunks.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#length += chunk.length;
  }

  /** Lets go of all of it. */
  clear(): void {
    this.#chunks = [];
    this.#length = 0;
  }

  /** The first octets, at most `count`, left where they are. */
  peek(count: number): Uint8Array {
    const first = this.#chunks[0];
    if (first !== undefined && first.length >= count) return first.subarray(0, count);
    const parts: Uint8Array[] = [];
    let missing = Math.min(count, this.#length);
    for (const chunk of this.#chunks) {
      if (missing === 0) break;
      const part = chunk.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
    }
    return concat(parts);
  }

  /** Removes and returns the first `count` octets; there must be that many. */
  take(count: number): Uint8Array {
    if (count > this.#length) throw new RangeError(`${count} octets asked of ${this.#length}`);
    const taken = this.peek(count);
    let gone = count;
    while (gone > 0) {
      const first = this.#chunks[0] as Uint8Array;
      if (first.length > gone) {
        this.#chunks[0] = first.subarray(gone);
        break;
      }
      gone -= first.length;
      this.#chunks.shift();
    }
    this.#length -= count;
    return taken;
  }
}
