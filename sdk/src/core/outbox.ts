/** Data in one frame at most [PW-DAT-4]: what waits in here a heartbeat overtakes, between two frames. */
export const MAX_DATA_PER_FRAME_BYTES: number = 65_536;

/**
 * What a message costs beyond its octets. Without it, a peer that makes us
 * answer and does not read could fill memory with messages that count for nothing.
 */
const OVERHEAD_BYTES = 64;
/** What a frame has besides its data, and a stream before it, in octets at most. */
const FRAMING_BYTES = 16;

/**
 * The application's messages on their way out, cut into the parts that travel
 * in one frame each. Parts are views: nothing is copied before it is encoded.
 */
export class Outbox {
  #messages: Uint8Array[] = [];
  #head = 0;
  #offset = 0;
  #bytes = 0;

  /** Octets of data that wait. */
  get bytes(): number {
    return this.#bytes;
  }

  /** What keeping them takes, in octets. */
  get cost(): number {
    return this.#bytes + OVERHEAD_BYTES * this.length;
  }

  /** What the messages come to as frames, in octets at most; of long ones, which are several, a little less. */
  get frameBytes(): number {
    return this.#bytes + FRAMING_BYTES * this.length;
  }

  /** Messages that wait, the one of which a part is out among them. */
  get length(): number {
    return this.#messages.length - this.#head;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += message.length;
  }

  /** The next part, and whether its message goes on after it; undefined when nothing waits. */
  shift(): { readonly data: Uint8Array; readonly more: boolean } | undefined {
    const message = this.#messages[this.#head];
    if (message === undefined) return undefined;
    const end = Math.min(this.#offset + MAX_DATA_PER_FRAME_BYTES, message.length);
    const isWhole = this.#offset === 0 && end === message.length;
    const data = isWhole ? message : message.subarray(this.#offset, end);
    this.#bytes -= data.length;
    const more = end < message.length;
    if (more) {
      this.#offset = end;
    } else {
      this.#offset = 0;
      this.#head += 1;
      // Dropping the spent front now and then keeps every shift cheap.
      if (this.#head === this.#messages.length || this.#head >= 1024) {
        this.#messages = this.#messages.slice(this.#head);
        this.#head = 0;
      }
    }
    return { data, more };
  }

  clear(): void {
    this.#messages = [];
    this.#head = 0;
    this.#offset = 0;
    this.#bytes = 0;
  }
}
