import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { prefixBytes, writePrefix } from "./framing.ts";
import { octetsPassedOn } from "./write-progress.ts";

/** Frames that are written together come to no more than this, in octets: about what Node reads at once. */
const SLAB_BYTES = 65_536;
/**
 * Of a stream that is no socket only whole writes are seen to be taken, so long
 * ones would make one that is slow look stuck [PW-OUT-2].
 */
const SLAB_OF_STREAM_BYTES = 4096;
/**
 * Nor do those that go to the stream in one piece come to more, in octets: four
 * full frames, which a receiver reads whole where it would have to read the end of each by itself.
 */
const BATCH_BYTES = 4 * SLAB_BYTES;
/** A heartbeat that overtakes what is announced has room with it. */
const HEARTBEAT_BYTES = 64;
/** Up to here a loop copies faster than `set` is called. */
const FEW_OCTETS = 16;

/**
 * Writes frames to a stream of octets, each after its length [PW-TCP-1], with as
 * few writes and copies as it takes: small frames are copied into one slab,
 * because a write costs more than a thousand octets copied; those that fill
 * the stream by themselves are not copied at all.
 */
export class FrameWriter {
  readonly #stream: Duplex;
  /** Only a socket is known to let go of what it has written; a stream of somebody's own may pass it on. */
  readonly #letsGo: boolean;
  #octetsGiven = 0;
  /** Frames that wait to be written, up to `#filled`. */
  #slab: Buffer | undefined;
  #filled = 0;
  /** Octets that are expected between cork and uncork; undefined while not corked. */
  #expected: number | undefined;
  /** ... and those that came. */
  #gathered = 0;
  /** Among them some that were not copied. */
  #hasUncopied = false;
  /** What the stream said to the last write. */
  #room = true;

  constructor(stream: Duplex) {
    this.#stream = stream;
    this.#letsGo = stream instanceof Socket;
  }

  /**
   * Octets that have been taken off this side's hands. A stream counts one as
   * long as its write has not completed, and a batch may take a slow reader many
   * seconds: of a socket it is what the system has taken [PW-OUT-2].
   */
  get octetsTaken(): number {
    return octetsPassedOn(this.#stream) ?? this.#octetsGiven - this.#stream.writableLength;
  }

  /** One frame, of `head` and then `data`. False: `Link.sendParts` says what it means. */
  write(head: Uint8Array, data: Uint8Array): boolean {
    const length = head.length + data.length;
    if (this.#letsGo && length >= this.#stream.writableHighWaterMark) {
      return this.#writeUncopied(length, head, data);
    }
    const octets = prefixBytes(length) + length;
    const slab = this.#reserve(octets);
    let at = writePrefix(slab, this.#filled, length);
    at = copy(head, slab, at);
    this.#filled = copy(data, slab, at);
    if (this.#expected === undefined) return this.#flush();
    this.#gathered += octets;
    return (this.#room || this.#letsGo) && this.#gathered < BATCH_BYTES;
  }

  /** Frames of about so many octets follow, and then {@link uncork}. */
  cork(octets: number): void {
    this.#expected = octets + HEARTBEAT_BYTES;
    this.#gathered = 0;
    this.#room = true;
    // Whoever made another stream may throw from what it does then.
    if (this.#letsGo) this.#stream.cork();
  }

  uncork(): boolean {
    this.#expected = undefined;
    this.#flush();
    if (this.#letsGo) this.#stream.uncork();
    if (this.#hasUncopied) this.#room = this.#isTaken;
    this.#hasUncopied = false;
    return this.#room;
  }

  /**
   * At 64 KiB the copy would cost a third of the throughput. There is room when
   * the system has taken the frame by the end of the call, or of the batch, and
   * otherwise with "drain", which follows because this frame alone fills the stream.
   */
  #writeUncopied(length: number, head: Uint8Array, data: Uint8Array): boolean {
    this.#flush();
    const front = Buffer.allocUnsafe(prefixBytes(length) + head.length);
    front.set(head, writePrefix(front, 0, length));
    this.#stream.cork();
    this.#give(front);
    this.#give(data);
    this.#stream.uncork();
    if (this.#expected === undefined) {
      this.#room = this.#isTaken;
      return this.#room;
    }
    this.#hasUncopied = true;
    this.#gathered += length;
    return this.#gathered < BATCH_BYTES;
  }

  get #isTaken(): boolean {
    return this.#stream.writableLength === 0;
  }

  /** The slab, with `octets` free behind `#filled`. */
  #reserve(octets: number): Buffer {
    if (this.#slab !== undefined && this.#slab.length - this.#filled >= octets) return this.#slab;
    this.#flush();
    const most = this.#letsGo ? SLAB_BYTES : SLAB_OF_STREAM_BYTES;
    const expected = Math.min((this.#expected ?? 0) - this.#gathered, most);
    this.#slab = Buffer.allocUnsafe(Math.max(octets, expected));
    return this.#slab;
  }

  #flush(): boolean {
    if (this.#slab === undefined) return this.#room;
    const isFull = this.#filled === this.#slab.length;
    const octets = isFull ? this.#slab : this.#slab.subarray(0, this.#filled);
    this.#slab = undefined;
    this.#filled = 0;
    this.#give(octets);
    return this.#room;
  }

  #give(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#octetsGiven += octets.length;
    try {
      this.#room = this.#stream.write(octets);
    } catch (error) {
      // Only a stream of somebody's own can do that.
      this.#stream.destroy(error instanceof Error ? error : new Error(String(error)));
      this.#room = false;
    }
  }
}

/** Copies `from` to `at`; where it ends. */
function copy(from: Uint8Array, to: Uint8Array, at: number): number {
  const { length } = from;
  if (length > FEW_OCTETS) to.set(from, at);
  else for (let index = 0; index < length; index += 1) to[at + index] = from[index] ?? 0;
  return at + length;
}
