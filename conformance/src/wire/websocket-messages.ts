/** The framing of WebSocket, RFC 6455 sections 5 to 7: enough of it to keep the rules and to break them. */
import { ENDLESS, type FramingReader, MOST_PENDING, type Piece } from "./framing.ts";
import { OctetQueue } from "./octet-queue.ts";
import { concat } from "./protobuf.ts";

export const Opcode = {
  continuation: 0x0,
  text: 0x1,
  binary: 0x2,
  close: 0x8,
  ping: 0x9,
  pong: 0xa,
} as const;

/** The longest head of a WebSocket frame: two octets, a length of eight, a mask of four. */
const MAX_HEAD_OCTETS = 14;
const MASK_OCTETS = 4;

/** One WebSocket frame, final, masked if a client sends it. */
export function webSocketFrame(opcode: number, payload: Uint8Array, masked: boolean): Uint8Array {
  const head = webSocketHead(opcode, payload.length, masked);
  return concat([head, masked ? applyMask(payload, head.subarray(-MASK_OCTETS)) : payload]);
}

/** What comes before a payload of so many octets: opcode, length, mask. */
export function webSocketHead(opcode: number, length: number, masked: boolean): Uint8Array {
  const maskBit = masked ? 0x80 : 0;
  const head = [0x80 | opcode];
  if (length < 126) head.push(maskBit | length);
  else if (length < 65536) head.push(maskBit | 126, length >>> 8, length & 0xff);
  else {
    const octets = new Uint8Array(8);
    new DataView(octets.buffer).setBigUint64(0, BigInt(length));
    head.push(maskBit | 127, ...octets);
  }
  if (masked) for (let i = 0; i < MASK_OCTETS; i++) head.push(Math.floor(Math.random() * 256));
  return Uint8Array.from(head);
}

/** The payload of a close frame. */
export function closePayload(code: number | undefined): Uint8Array {
  if (code === undefined) return new Uint8Array(0);
  return Uint8Array.from([code >>> 8, code & 0xff]);
}

function applyMask(octets: Uint8Array, mask: Uint8Array): Uint8Array {
  const out = octets.slice();
  // Four octets at a time: megabytes of data must not stall the clock of other cases.
  const words = new Uint32Array(out.buffer, 0, out.length >>> 2);
  const word = new Uint32Array(mask.slice().buffer)[0] as number;
  for (let i = 0; i < words.length; i++) words[i] = (words[i] as number) ^ word;
  for (let i = words.length * 4; i < out.length; i++)
    out[i] = (out[i] as number) ^ (mask[i & 3] as number);
  return out;
}

interface Head {
  readonly final: boolean;
  readonly opcode: number;
  readonly length: number;
  readonly mask: Uint8Array | undefined;
  readonly octets: number;
}

/** Cuts what follows the handshake into messages. */
export class WebSocketReader implements FramingReader {
  readonly #queue = new OctetQueue();
  #head: Head | undefined;
  /** The parts of a fragmented message and the opcode it began with. */
  #message: { readonly opcode: number; readonly parts: Uint8Array[]; bytes: number } | undefined;
  #broken = false;

  get pendingBytes(): number {
    return this.#queue.length + (this.#head?.octets ?? 0) + this.#partsBytes;
  }

  get #partsBytes(): number {
    return this.#message?.bytes ?? 0;
  }

  push(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    if (this.#broken) return pieces;
    this.#queue.push(chunk);
    for (;;) {
      if (this.#head === undefined) {
        this.#head = readHead(this.#queue.peek(MAX_HEAD_OCTETS));
        if (this.#head === undefined) return pieces;
        this.#queue.take(this.#head.octets);
        if (this.#head.opcode === Opcode.binary)
          pieces.push({ kind: "announced", length: this.#head.length });
      }
      const head = this.#head;
      if (this.#queue.length + this.#partsBytes > MOST_PENDING) {
        this.#broken = true;
        this.#queue.clear();
        this.#message = undefined;
        pieces.push({ kind: "problem", what: ENDLESS });
        return pieces;
      }
      if (this.#queue.length < head.length) return pieces;
      const payload = this.#queue.take(head.length);
      this.#head = undefined;
      const piece = this.#complete(head, head.mask ? applyMask(payload, head.mask) : payload);
      if (piece !== undefined) pieces.push(piece);
      this.#broken = piece?.kind === "problem";
      if (this.#broken) return pieces;
    }
  }

  #complete(head: Head, payload: Uint8Array): Piece | undefined {
    switch (head.opcode) {
      case Opcode.ping:
        return { kind: "control", what: "websocket ping", octets: payload };
      case Opcode.pong:
        return { kind: "control", what: "websocket pong", octets: payload };
      case Opcode.close:
        return {
          kind: "close-code",
          code:
            payload.length >= 2
              ? new DataView(payload.buffer, payload.byteOffset).getUint16(0)
              : undefined,
          reason: new TextDecoder().decode(payload.subarray(2)),
        };
      case Opcode.text:
      case Opcode.binary:
        this.#message = { opcode: head.opcode, parts: [payload], bytes: payload.length };
        break;
      case Opcode.continuation:
        if (this.#message === undefined)
          return { kind: "problem", what: "a continuation of no message" };
        this.#message.parts.push(payload);
        this.#message.bytes += payload.length;
        break;
      default:
        return { kind: "problem", what: `websocket opcode ${head.opcode}` };
    }
    if (!head.final) return undefined;
    const { opcode, parts } = this.#message;
    this.#message = undefined;
    const octets = parts.length === 1 ? payload : concat(parts);
    return opcode === Opcode.binary
      ? { kind: "frame", octets }
      : { kind: "control", what: "websocket text", octets };
  }
}

function readHead(octets: Uint8Array): Head | undefined {
  if (octets.length < 2) return undefined;
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const first = view.getUint8(0);
  const second = view.getUint8(1);
  let at = 2;
  let length = second & 0x7f;
  const need = (length === 126 ? 2 : length === 127 ? 8 : 0) + (second & 0x80 ? 4 : 0);
  if (octets.length < at + need) return undefined;
  if (length === 126) {
    length = view.getUint16(at);
    at += 2;
  } else if (length === 127) {
    length = Number(view.getBigUint64(at));
    at += 8;
  }
  const mask = second & 0x80 ? octets.slice(at, at + 4) : undefined;
  if (mask !== undefined) at += 4;
  return { final: (first & 0x80) !== 0, opcode: first & 0x0f, length, mask, octets: at };
}
