/** The framing of HTTP/2, RFC 9113 section 4: enough of it to look on. */
import { OctetQueue } from "./octet-queue.ts";

/** What a client sends before its first frame. */
const PREFACE_OCTETS = 24;
const HEAD_OCTETS = 9;

export const Http2Type = {
  data: 0x0,
  headers: 0x1,
  resetStream: 0x3,
  ping: 0x6,
  goAway: 0x7,
} as const;

export const Http2Flag = { endStream: 0x1, ack: 0x1, padded: 0x8 } as const;

export interface Http2Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Uint8Array;
}

/** Cuts one direction of a connection into frames. A frame has at most 2^24 - 1 octets, by its head. */
export class Http2FrameReader {
  readonly #queue = new OctetQueue();
  #prefaceLeft: number;

  constructor(isClient: boolean) {
    this.#prefaceLeft = isClient ? PREFACE_OCTETS : 0;
  }

  get pendingBytes(): number {
    return this.#queue.length;
  }

  push(chunk: Uint8Array): Http2Frame[] {
    const preface = Math.min(this.#prefaceLeft, chunk.length);
    this.#prefaceLeft -= preface;
    this.#queue.push(chunk.subarray(preface));
    const frames: Http2Frame[] = [];
    while (this.#queue.length >= HEAD_OCTETS) {
      const head = this.#queue.peek(HEAD_OCTETS);
      const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
      const length = view.getUint32(0) >>> 8;
      if (this.#queue.length < HEAD_OCTETS + length) break;
      const whole = this.#queue.take(HEAD_OCTETS + length);
      frames.push({
        type: view.getUint8(3),
        flags: view.getUint8(4),
        stream: view.getUint32(5) & 0x7fff_ffff,
        payload: whole.subarray(HEAD_OCTETS),
      });
    }
    return frames;
  }
}

/** What a DATA frame carries, without its padding. */
export function http2Data({ flags, payload }: Http2Frame): Uint8Array {
  if ((flags & Http2Flag.padded) === 0) return payload;
  const padding = payload[0] ?? 0;
  return payload.subarray(1, Math.max(1, payload.length - padding));
}
