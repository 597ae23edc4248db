/**
 * What a message costs beyond its octets. Without it, a peer could fill memory
 * with empty messages that count for nothing.
 */
const OVERHEAD_BYTES = 64;

/** Memory that waiting messages may keep alive beyond twice what they cost, in octets: a few full reads. */
const HELD_BYTES = 262_144;

/** What a message is a view of, or was copied out of: octets, or the buffer behind them. */
type Source = Uint8Array | ArrayBufferLike;

/** Messages that follow each other and came from one read. */
interface Held {
  readonly source: Source;
  /** The memory behind it, in octets. */
  readonly bytes: number;
  messages: number;
  next: Held | undefined;
}

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
  /** What the messages that wait are views of, in their order, ... */
  #firstHeld: Held | undefined;
  #lastHeld: Held | undefined;
  /** ... and the memory behind all that, in octets. */
  #heldBytes = 0;
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

  /**
   * @param source the same object for all of a read. To ask the message for its
   *   buffer takes half as long as to make the message.
   */
  push(message: Uint8Array, source: Source): void {
    const reader = this.#readers.shift();
    if (reader !== undefined) {
      reader({ done: false, value: message });
      return;
    }
    this.#messages.push(message);
    this.#unreadBytes += message.length + OVERHEAD_BYTES;
    const last = this.#lastHeld;
    if (last?.source === source) {
      last.messages += 1;
      return;
    }
    const { byteLength } = ArrayBuffer.isView(source) ? source.buffer : source;
    this.#hold({ source, bytes: byteLength, messages: 1, next: undefined });
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
      this.#letGo();
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

  #hold(held: Held): void {
    this.#heldBytes += held.bytes;
    if (this.#lastHeld === undefined) this.#firstHeld = held;
    else this.#lastHeld.next = held;
    this.#lastHeld = held;
  }

  /** The first message that waited has been taken. */
  #letGo(): void {
    const held = this.#firstHeld;
    if (held === undefined) return;
    held.messages -= 1;
    if (held.messages > 0) return;
    this.#heldBytes -= held.bytes;
    this.#firstHeld = held.next;
    if (held.next === undefined) this.#lastHeld = undefined;
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
    this.#lastHeld = undefined;
    this.#heldBytes = 0;
    this.#hold({ source: octets, bytes: octets.length, messages: waiting.length, next: undefined });
  }
}
