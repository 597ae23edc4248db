/**
 * What a message costs beyond its octets. Without it, a peer could fill memory
 * with empty messages that count for nothing.
 */
const OVERHEAD_BYTES = 64;

/**
 * The peer's messages on their way to the application: one reader, in order,
 * bounded by whoever looks at {@link unreadBytes}.
 */
export class Inbox {
  readonly #onRead: () => void;
  /** From `#head` on; taking the front off one at a time would cost the length of the rest. */
  #messages: Uint8Array[] = [];
  #head = 0;
  #unreadBytes = 0;
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
    // A small view would keep the whole read buffer behind it alive while it waits.
    const kept = message.length * 2 < message.buffer.byteLength ? new Uint8Array(message) : message;
    this.#messages.push(kept);
    this.#unreadBytes += kept.length + OVERHEAD_BYTES;
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
}
