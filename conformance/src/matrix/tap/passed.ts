/** What there is to see for one who looks on at one direction of a connection. */
import type { Piece } from "../../wire/framing.ts";
import type { EndHow } from "../model.ts";

/** What became whole with the octets that were read last. */
export type Passed =
  /** The connection: open for who sent this now, and for the other side once it has it. */
  | { readonly kind: "opens" }
  | { readonly kind: "frame"; readonly octets: Uint8Array }
  /** Something that is no frame. */
  | { readonly kind: "octets"; readonly what: string; readonly bytes: number }
  /** The end of the direction, or of the connection, in the words of its binding. */
  | { readonly kind: "end"; readonly how: EndHow; readonly code?: number };

/** Reads along with one direction, and takes no part in it. */
export interface Onlooker {
  /** Octets of a frame of Pulsewire that is not complete yet. */
  readonly pendingBytes: number;
  push(octets: Uint8Array): Passed[];
}

/** A piece of a framing, as far as it is of interest to one who looks on. */
export function passedOf(piece: Piece): Passed[] {
  switch (piece.kind) {
    case "announced":
      return [];
    case "frame":
      return [piece];
    case "control":
      return [{ kind: "octets", what: piece.what, bytes: piece.octets.length }];
    case "close-code": {
      const { code } = piece;
      return [{ kind: "end", how: "close-code", ...(code === undefined ? {} : { code }) }];
    }
    case "problem":
      return [{ kind: "octets", what: piece.what, bytes: 0 }];
  }
}
