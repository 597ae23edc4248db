/**
 * Octets in the hands of grpc-js at which `send` asks for a pause. What waits
 * there can no longer be overtaken by a heartbeat [PW-SND-8], so it is about two
 * full data frames and not the 16 messages that grpc-js itself allows. With one,
 * each would wait until grpc-js has told of the one before: a quarter slower,
 * and small messages by a third.
 */
const HIGH_WATER_BYTES = 131_072;
/** What a frame costs beyond its octets, so that empty ones count too. */
const OVERHEAD_BYTES = 64;
/** How long an aborted call may still work on what it was given before. */
const LAST_WORDS_MS = 100;

/** The part of a call that is written to. */
export interface FrameWriter {
  write(frame: Uint8Array, done: (error?: Error | null) => void): boolean;
}

/** What was handed to grpc-js and what of it the connection has taken. */
export class Outflow {
  readonly #writer: FrameWriter;
  readonly #onDrain: () => void;
  #waitingBytes = 0;
  #takenBytes = 0;
  #isFull = false;
  #longest = 0;
  #whenFlushed: (() => void) | undefined;

  /** @param onDrain called when there is room again after `write` was false. */
  constructor(writer: FrameWriter, onDrain: () => void) {
    this.#writer = writer;
    this.#onDrain = onDrain;
  }

  /** Octets that the connection has taken, with what they cost. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  /** Octets in the longest frame so far. */
  get longest(): number {
    return this.#longest;
  }

  /** Whether there is room for more. */
  write(frame: Uint8Array): boolean {
    const cost = frame.length + OVERHEAD_BYTES;
    this.#longest = Math.max(this.#longest, frame.length);
    this.#waitingBytes += cost;
    this.#writer.write(frame, (error) => this.#handleWritten(cost, error ?? undefined));
    this.#isFull = this.#waitingBytes >= HIGH_WATER_BYTES;
    return !this.#isFull;
  }

  /** Calls `run` once everything has been taken, and in any case soon: the peer may not read. */
  flushed(run: () => void): void {
    if (this.#waitingBytes === 0) {
      run();
      return;
    }
    const timer = setTimeout(() => {
      this.#whenFlushed = undefined;
      run();
    }, LAST_WORDS_MS);
    timer.unref();
    this.#whenFlushed = () => {
      clearTimeout(timer);
      run();
    };
  }

  #handleWritten(cost: number, error: Error | undefined): void {
    this.#waitingBytes -= cost;
    if (error === undefined) this.#takenBytes += cost;
    if (this.#waitingBytes === 0) {
      this.#whenFlushed?.();
      this.#whenFlushed = undefined;
    }
    if (!this.#isFull || this.#waitingBytes > HIGH_WATER_BYTES / 2) return;
    this.#isFull = false;
    this.#onDrain();
  }
}
