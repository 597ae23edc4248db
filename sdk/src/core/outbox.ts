import { dataFrameBytes, writeDataFrame, writeDataHeader } from "./data-codec.ts";
import type { FrameParts } from "./frame-parts.ts";

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
 * The application's messages on their way out, cut into frames. The data of a
 * frame is a view of its message wherever it can be.
 */
export class Outbox {
  #messages: Uint8Array[] = [];
  /** Where the first that waits stands in `#messages`, and how much of it is out. */
  #first = 0;
  #offset = 0;
  #bytes = 0;
  /** Of the last frame; the next one is mostly as long. */
  #head: { version: number; length: number; octets: Uint8Array } | undefined;

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
    return this.#messages.length - this.#first;
  }

  get isEmpty(): boolean {
    return this.length === 0;
  }

  push(message: Uint8Array): void {
    this.#messages.push(message);
    this.#bytes += message.length;
  }

  /** The next frame, of `version`; undefined when nothing waits. */
  take(version: number): FrameParts | undefined {
    const part = this.#shift();
    if (part === undefined) return undefined;
    const { data, more } = part;
    if (!more) return { head: this.#headOf(version, data.length), data };
    // `more` stands after the data; parts of long messages are few, and can be copied.
    const frame = new Uint8Array(dataFrameBytes(version, data.length, more));
    writeDataFrame(frame, 0, version, data, more);
    return { head: frame, data: undefined };
  }

  #shift(): { readonly data: Uint8Array; readonly more: boolean } | undefined {
    const message = this.#messages[this.#first];
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
      this.#first += 1;
      // Dropping the spent front now and then keeps every shift cheap.
      if (this.#first === this.#messages.length || this.#first >= 1024) {
        this.#messages = this.#messages.slice(this.#first);
        this.#first = 0;
      }
    }
    return { data, more };
  }

  #headOf(version: number, length: number): Uint8Array {
    const last = this.#head;
    if (last?.length === length && last.version === version) return last.octets;
    const octets = new Uint8Array(dataFrameBytes(version, length, false) - length);
    writeDataHeader(octets, 0, version, length);
    this.#head = { version, length, octets };
    return octets;
  }
}
