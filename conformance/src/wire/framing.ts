/** What the three bindings have in common: frames are cut from octets, and octets made from frames. */

/** What a read turned out to hold, in order. */
export type Piece =
  /** A frame has begun and will have this many octets, which `head` octets said; comes before it is complete. */
  | { readonly kind: "announced"; readonly length: number; readonly head?: number }
  /** A whole frame. */
  | { readonly kind: "frame"; readonly octets: Uint8Array }
  /** Something whole that is no frame: a WebSocket ping, pong or text message. */
  | {
      readonly kind: "control";
      readonly what: "websocket ping" | "websocket pong" | "websocket text";
      readonly octets: Uint8Array;
    }
  /** A WebSocket close frame. */
  | { readonly kind: "close-code"; readonly code: number | undefined; readonly reason: string }
  /** The octets make no sense from here on. */
  | { readonly kind: "problem"; readonly what: string };

/** More than this of a frame, or of the parts of one, is not kept: nobody has sent so much of a lawful one. In octets. */
export const MOST_PENDING: number = 32 * 1_048_576;
/** What is said of more. */
export const ENDLESS: string = `a frame of more than ${MOST_PENDING} octets`;

/** Cuts what arrives on one connection. */
export interface FramingReader {
  /** Octets of a frame that is not complete yet, its framing included. */
  readonly pendingBytes: number;
  push(chunk: Uint8Array): Piece[];
}
