/**
 * One direction of a connection: what the operating system holds between a
 * writer and a reader, and no more than that.
 */
import type { VirtualSide } from "../time/virtual.ts";

/** What the buffers of both ends hold together. */
const CAPACITY_BYTES = 1_048_576;
/** The most that one read returns, as in libuv. */
const READ_BYTES = 65_536;
/** From one end to the other, in nanoseconds: about what loopback takes. */
export const LATENCY_NS = 20_000;

const NOTHING = new Uint8Array(0);

/** How a direction ended. */
export type PipeEnd = "fin" | "reset";

/** Who is at an end of it. */
export interface PipeUser {
  readonly side: VirtualSide;
  /** The reader: octets came, or the end. */
  onReadable(): void;
  /** The writer: there is room again. */
  onRoom(): void;
}

export class Pipe {
  readonly #writer: PipeUser;
  readonly #reader: PipeUser;
  readonly #chunks: Uint8Array[] = [];
  /** Octets in `#chunks`, and how many of them have reached the reader's end. */
  #held = 0;
  #arrived = 0;
  #end: PipeEnd | undefined;
  #arrivedEnd: PipeEnd | undefined;
  #abandoned = false;
  #underWay = false;

  constructor(writer: PipeUser, reader: PipeUser) {
    this.#writer = writer;
    this.#reader = reader;
  }

  /** Octets that the reader has not read, wherever they are. */
  get heldBytes(): number {
    return this.#held;
  }

  /** Octets that the reader can read now. */
  get arrivedBytes(): number {
    return this.#arrived;
  }

  /** How it ended, once that has reached the reader's end. */
  get ended(): PipeEnd | undefined {
    return this.#arrivedEnd;
  }

  /** The reader is gone: whatever is sent is answered with a reset. */
  get isAbandoned(): boolean {
    return this.#abandoned;
  }

  /** Takes what there is room for; returns how many octets that were. */
  write(octets: Uint8Array): number {
    const taken = octets.subarray(0, CAPACITY_BYTES - this.#held);
    if (taken.length === 0) return 0;
    // A copy, as the operating system makes one: HTTP/2 uses its buffer again.
    this.#chunks.push(new Uint8Array(taken));
    this.#held += taken.length;
    this.#deliver();
    return taken.length;
  }

  /** The writer writes no more. A reset outdoes a FIN. */
  end(how: PipeEnd): void {
    if (this.#end === "reset" || this.#end === how) return;
    this.#end = how;
    this.#deliver();
  }

  /** One read: what has arrived, up to what one read returns. */
  read(): Uint8Array {
    const wasFull = this.#held >= CAPACITY_BYTES;
    const pieces: Uint8Array[] = [];
    let missing = Math.min(this.#arrived, READ_BYTES);
    while (missing > 0) {
      const chunk = this.#chunks[0] as Uint8Array;
      const piece = chunk.subarray(0, missing);
      pieces.push(piece);
      missing -= piece.length;
      if (piece.length === chunk.length) this.#chunks.shift();
      else this.#chunks[0] = chunk.subarray(piece.length);
    }
    const [first = NOTHING] = pieces;
    const out = pieces.length > 1 ? Buffer.concat(pieces) : first;
    this.#held -= out.length;
    this.#arrived -= out.length;
    if (wasFull) this.#writer.side.read(LATENCY_NS, () => this.#writer.onRoom());
    return out;
  }

  /** The reader is gone: what is under way goes nowhere. */
  abandon(): void {
    this.#abandoned = true;
    this.#chunks.length = 0;
    this.#held = 0;
    this.#arrived = 0;
  }

  /** Brings everything to the reader's end; what is written until it gets there comes with it. */
  #deliver(): void {
    if (this.#underWay) return;
    this.#underWay = true;
    this.#reader.side.read(LATENCY_NS, () => {
      this.#underWay = false;
      if (this.#abandoned) return;
      this.#arrived = this.#held;
      this.#arrivedEnd = this.#end;
      this.#reader.onReadable();
    });
  }
}
