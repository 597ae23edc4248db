/** RFC 6455, section 5.2. */
const FIN = 0x80;
const OPCODE = 0x0f;
const OPCODE_CLOSE = 0x8;
const MASKED = 0x80;
const LENGTH = 0x7f;

/**
 * Follows the frames of a WebSocket stream, octet for octet and without their
 * content, to tell life from the transport's own talk: octets of messages
 * count, also of one that is not complete yet [PW-WS-7]; octets of pings and
 * pongs do not, wherever a read may have cut them [PW-LIV-2, PW-WS-6].
 *
 * It trusts the stream: that is checked by who reads it in earnest.
 */
export class FrameTap {
  /**
   * The header of the frame at hand, as far as it has come: at most 2 + 8 + 4
   * octets. Made for the first frame that does not lie whole in one read.
   */
  #header: Uint8Array | undefined;
  #headerLength = 0;
  /** Octets of its payload still to come. */
  #remaining = 0;
  /** Between two fragments of one message. */
  #fragmented = false;
  #messageBytes = 0;
  #closeSeen = false;

  /** What the message at hand has announced so far: its length, unless it comes in fragments. */
  get messageBytes(): number {
    return this.#messageBytes;
  }

  /** A whole close frame has passed: nothing follows it. */
  get closeSeen(): boolean {
    return this.#closeSeen;
  }

  /**
   * Takes what was read.
   *
   * @returns true if octets of a message were in it and that message is not
   *   complete yet; a complete one tells for itself.
   */
  push(chunk: Uint8Array): boolean {
    let ofMessage = false;
    let at = 0;
    while (at < chunk.length && !this.#closeSeen) {
      const end = this.#headerLength === 0 ? endOfFrame(chunk, at) : undefined;
      if (end !== undefined) {
        // Octet for octet it would cost as much as all that is done with a small message.
        ofMessage = this.#passFrame(chunk[at] ?? 0) || ofMessage;
        at = end;
        continue;
      }
      if (!this.#headerIsWhole) {
        this.#header ??= new Uint8Array(14);
        this.#header[this.#headerLength] = chunk[at] ?? 0;
        this.#headerLength += 1;
        at += 1;
        if (this.#headerIsWhole) this.#beginPayload(this.#header);
      } else {
        const taken = Math.min(this.#remaining, chunk.length - at);
        this.#remaining -= taken;
        at += taken;
      }
      ofMessage ||= this.#isOfMessage;
      if (this.#headerIsWhole && this.#remaining === 0) this.#endFrame();
    }
    const incomplete = this.#fragmented || (this.#headerLength > 0 && this.#isOfMessage);
    return ofMessage && incomplete;
  }

  /** A whole frame that begins with `first`, and is no fragment but the last. True if it was of a message. */
  #passFrame(first: number): boolean {
    const opcode = first & OPCODE;
    if (opcode === OPCODE_CLOSE) this.#closeSeen = true;
    if (opcode >= OPCODE_CLOSE) return false;
    this.#fragmented = false;
    this.#messageBytes = 0;
    return true;
  }

  get #first(): number {
    return this.#header?.[0] ?? 0;
  }

  /** The frame at hand is part of a message; the others are the control frames 8, 9 and 10. */
  get #isOfMessage(): boolean {
    return (this.#first & OPCODE) < OPCODE_CLOSE;
  }

  get #headerIsWhole(): boolean {
    if (this.#headerLength < 2) return false;
    const second = this.#header?.[1] ?? 0;
    const length = second & LENGTH;
    const extended = length === 127 ? 8 : length === 126 ? 2 : 0;
    return this.#headerLength === 2 + extended + (second & MASKED ? 4 : 0);
  }

  #beginPayload(header: Uint8Array): void {
    this.#remaining = payloadLength(header);
    if (this.#isOfMessage) this.#messageBytes += this.#remaining;
  }

  #endFrame(): void {
    if (this.#isOfMessage) this.#fragmented = (this.#first & FIN) === 0;
    else if ((this.#first & OPCODE) === OPCODE_CLOSE) this.#closeSeen = true;
    this.#headerLength = 0;
    if (this.#isOfMessage && !this.#fragmented) this.#messageBytes = 0;
  }
}

function payloadLength(header: Uint8Array): number {
  const view = new DataView(header.buffer);
  const length = view.getUint8(1) & LENGTH;
  if (length === 127) return view.getUint32(2) * 2 ** 32 + view.getUint32(6);
  return length === 126 ? view.getUint16(2) : length;
}

/** Where the frame that begins at `at` ends, if all of it is in `chunk`, it ends a message, and is not very long. */
function endOfFrame(chunk: Uint8Array, at: number): number | undefined {
  const second = chunk[at + 1];
  if (second === undefined || ((chunk[at] ?? 0) & FIN) === 0) return undefined;
  let length = second & LENGTH;
  let payload = at + (second & MASKED ? 6 : 2);
  if (length === 127) return undefined;
  if (length === 126) {
    length = (chunk[at + 2] ?? 0) * 256 + (chunk[at + 3] ?? 0);
    payload += 2;
  }
  const end = payload + length;
  return end <= chunk.length ? end : undefined;
}
