import { CloseCode } from "../core/index.ts";

/** A length is a 32-bit varint: never more than five octets [PW-TCP-4]. */
const MAX_PREFIX_BYTES = 5;
/** Of the fifth octet, what still fits 32 bits. */
const LAST_OCTET_MAX = 0x0f;
/** What is set aside at once for a frame that is announced and not there yet. */
const FIRST_ALLOCATION_BYTES = 4096;

const NO_OCTETS = new Uint8Array(0);

/** A rule of the framing that the peer broke; the stream cannot be read any further. */
export interface FramingViolation {
  /** The close code for it: PROTOCOL_ERROR or FRAME_TOO_LARGE. */
  readonly code: number;
  readonly detail: string;
}

/** How many octets the length prefix of a frame of `length` octets takes: 1 to 5. */
export function prefixBytes(length: number): number {
  let octets = 1;
  for (let rest = length; rest >= 0x80; rest = Math.floor(rest / 0x80)) octets += 1;
  return octets;
}

/**
 * Writes the length prefix of a frame at `at` of `into`: an unsigned base-128
 * varint, least significant group first [PW-TCP-1].
 *
 * @returns where it ends.
 */
export function writePrefix(into: Uint8Array, at: number, length: number): number {
  let end = at;
  let rest = length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) into[end++] = (rest % 0x80) + 0x80;
  into[end++] = rest;
  return end;
}

/**
 * Cuts a stream of octets into frames, however it arrives [PW-TCP-3]. No IO:
 * {@link push} a read, then take what {@link next} finds until it finds nothing.
 *
 * A frame that lies whole in one read stays where it is; only one that spans
 * reads is copied, once but for its beginning. What is set aside is never more
 * than four times what really arrived, nor than `maxFrameBytes`, and a quarter
 * more while it grows.
 */
export class FrameDecoder {
  readonly #maxFrameBytes: number;
  /** The octets that have the frame that was found last, {@link from} to {@link to} of them. */
  octets: Uint8Array = NO_OCTETS;
  from = 0;
  to = 0;
  #read: Uint8Array = NO_OCTETS;
  #at = 0;
  /** The prefix so far. */
  #length = 0;
  #prefixOctets = 0;
  /** The frame so far, once its prefix is whole and it does not lie in one read. */
  #partial: Uint8Array | undefined;
  #partialOctets = 0;
  #prefixDone = false;
  #violation: FramingViolation | undefined;

  /** @param maxFrameBytes a longer frame is a violation, before anything is set aside for it [PW-LIM-1]. */
  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes;
  }

  /** The octets end, so far, in the middle of a frame or its prefix. */
  get isMidFrame(): boolean {
    return this.#prefixOctets > 0;
  }

  /** Nothing of the read is left. */
  get isSpent(): boolean {
    return this.#at === this.#read.length;
  }

  /** What broke the stream; from then on nothing is decoded. */
  get violation(): FramingViolation | undefined {
    return this.#violation;
  }

  /** The next octets of the stream. All frames of the read before have to be taken. */
  push(read: Uint8Array): void {
    // No Buffer: views of one are Buffers too, which are dearer and whose `slice` does not copy.
    this.#read = new Uint8Array(read.buffer, read.byteOffset, read.length);
    this.#at = 0;
  }

  /**
   * Finds the next whole frame: {@link octets} from {@link from} up to {@link to},
   * until the next call. False if the rest of the read has none, or breaks a rule.
   */
  next(): boolean {
    return this.#nextShort() || this.#nextAny();
  }

  /**
   * A frame that lies whole in the read behind a prefix of one octet or two, as
   * nearly all do. Nothing to remember, and so half the price of {@link #nextAny}.
   */
  #nextShort(): boolean {
    const read = this.#read;
    let at = this.#at;
    if (this.#prefixOctets > 0 || at >= read.length) return false;
    let octet = read[at++] as number;
    let length = octet;
    if (octet >= 0x80 && at < read.length) {
      octet = read[at++] as number;
      length += (octet - 1) * 0x80; // less the bit that says that it goes on
    }
    const end = at + length;
    if (octet >= 0x80 || end > read.length || length > this.#maxFrameBytes) return false;
    this.#at = end;
    return this.#found(read, at, end);
  }

  #nextAny(): boolean {
    if (this.#violation !== undefined || !this.#readPrefix()) return this.#letGo();
    const missing = this.#length - this.#partialOctets;
    const there = this.#read.length - this.#at;
    if (this.#partial === undefined && there >= missing) {
      const from = this.#at;
      this.#at += missing;
      this.#begin();
      return this.#found(this.#read, from, this.#at);
    }
    const taken = Math.min(there, missing);
    const partial = this.#room(this.#partialOctets + taken);
    partial.set(this.#read.subarray(this.#at, this.#at + taken), this.#partialOctets);
    this.#at += taken;
    this.#partialOctets += taken;
    if (taken < missing) return this.#letGo();
    this.#begin();
    return this.#found(partial, 0, partial.length);
  }

  #found(octets: Uint8Array, from: number, to: number): true {
    this.octets = octets;
    this.from = from;
    this.to = to;
    return true;
  }

  /** There is nothing more in the read: between two reads an idle stream keeps none of its own. */
  #letGo(): false {
    this.#read = NO_OCTETS;
    this.#at = 0;
    this.octets = NO_OCTETS;
    return false;
  }

  /** Gives back what of the read has not been decoded, for a reader that has to stop between two frames. */
  takeRest(): Uint8Array {
    const rest = this.#read.subarray(this.#at);
    this.#at = this.#read.length;
    return rest;
  }

  /** True if the prefix is whole and within bounds. */
  #readPrefix(): boolean {
    while (!this.#prefixDone) {
      const octet = this.#read[this.#at];
      if (octet === undefined) return false;
      this.#at += 1;
      const isLast = this.#prefixOctets === MAX_PREFIX_BYTES - 1;
      if (isLast && octet > LAST_OCTET_MAX) {
        const what = octet >= 0x80 ? "is not complete after five octets" : "does not fit 32 bits";
        return this.#violate(CloseCode.PROTOCOL_ERROR, `the length of a frame ${what}`); // PW-TCP-4
      }
      // Not `<<`: that would make a length of 2^31 and more negative.
      this.#length += (octet & 0x7f) * 0x80 ** this.#prefixOctets;
      this.#prefixOctets += 1;
      this.#prefixDone = octet < 0x80;
    }
    if (this.#length <= this.#maxFrameBytes) return true;
    const detail = `a frame of ${this.#length} octets; the limit is ${this.#maxFrameBytes}`;
    return this.#violate(CloseCode.FRAME_TOO_LARGE, detail); // PW-LIM-1
  }

  /**
   * The buffer of the frame so far, with room for `octets`. It grows with what
   * arrives: an announced length alone must not cost a peer's five octets what
   * it would cost us.
   */
  #room(octets: number): Uint8Array {
    const old = this.#partial;
    if (old !== undefined && old.length >= octets) return old;
    const size = Math.min(this.#length, Math.max(4 * octets, FIRST_ALLOCATION_BYTES));
    // Not filled with zeros first: nobody sees more of it than what has arrived.
    const grown = new Uint8Array(Buffer.allocUnsafeSlow(size).buffer);
    if (old !== undefined) grown.set(old.subarray(0, this.#partialOctets));
    this.#partial = grown;
    return grown;
  }

  #begin(): void {
    this.#length = 0;
    this.#prefixOctets = 0;
    this.#prefixDone = false;
    this.#partial = undefined;
    this.#partialOctets = 0;
  }

  #violate(code: number, detail: string): false {
    this.#violation = { code, detail };
    this.#partial = undefined;
    return false;
  }
}
