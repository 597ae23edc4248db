/**
 * What a message costs beyond its octets. Without it, a peer could fill memory
 * with empty messages that count for nothing.
 */
const OVERHEAD_BYTES = 64;

/** Memory that waiting messages may keep alive beyond twice what they cost, in octets: a few full reads. */
const HELD_BYTES = 262_144;

/**
 * The peer's messages on their way to the application: one reader, in order,
 * bounded by whoever looks at {@link unreadBytes}.
 *
 * Messages are views of what was read, and wait as such: most of a read is
 * messages, and a copy of each would cost more than all the rest of its way.
 * But a peer could send a little of every read as a message, and each would
 * keep the whole read in memory. So that is counted, and what waits is copied
 * together when it keeps too much.
 */
export class Inbox {
  readonly #onRead: () => void;
  /** From `#head` on; taking the front off one at a time would cost the length of the rest. */
  #messages: Uint8Array[] = [];
  #head = 0;
  #unreadBytes = 0;
  /** The buffers behind what waits, in octets; neighbours share theirs. */
  #heldBytes = 0;
  /** Of the last one that waits. */
  #lastBuffer: ArrayBufferLike | undefined;
  #ended = false;
  #readers: ((result: IteratorResult<Uint8Array, undefined>) => void)[] = [];

  /** @param onRead called when the application has taken a message that waited. */
  constructor(onRead: () => void) {
    this.#onRead = onRead;
  }

  /** Octets that wait to be read, and what keeping them costs. */
  get unreadBytes(): number {
    return this.#unreadBytes;
  }

  push(message: Uint8Array): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: message });
      return;
    }
    this.#messages.push(message);
    this.#unreadBytes += message.length + OVERHEAD_BYTES;
    const { buffer } = message;
    if (buffer === this.#lastBuffer) return;
    this.#lastBuffer = buffer;
    this.#heldBytes += buffer.byteLength;
    if (this.#heldBytes > HELD_BYTES + 2 * this.#unreadBytes) this.#copyTogether();
  }

  /** Nothing more will come; what waits can still be read. */
  end(): void {
    this.#ended = true;
    for (const reader of this.#readers.splice(0)) reader({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const message = this.#messages[this.#head];
    if (message !== undefined) {
      this.#head += 1;
      const next = this.#messages[this.#head];
      if (next?.buffer !== message.buffer) this.#heldBytes -= message.buffer.byteLength;
      if (next === undefined) this.#lastBuffer = undefined;
      if (this.#head === this.#messages.length || this.#head >= 1024) {
        this.#messages = this.#messages.slice(this.#head);
        this.#head = 0;
      }
      this.#unreadBytes -= message.length + OVERHEAD_BYTES;
      this.#onRead();
      return Promise.resolve({ done: false, value: message });
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#readers.push(resolve));
  }

  #copyTogether(): void {
    const waiting = this.#messages.slice(this.#head);
    const octets = new Uint8Array(this.#unreadBytes - OVERHEAD_BYTES * waiting.length);
    let at = 0;
    this.#messages = waiting.map((message) => {
      octets.set(message, at);
      at += message.length;
      return octets.subarray(at - message.length, at);
    });
    this.#head = 0;
    this.#lastBuffer = octets.buffer;
    this.#heldBytes = octets.length;
  }
}
