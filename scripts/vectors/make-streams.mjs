// Scripts of octet streams to vectors, by the suite's own reader of delimited frames.
import { readFrame } from "../../conformance/dist/vectors/sdk-frames.js";
import { DelimitedReader } from "../../conformance/dist/wire/delimited.js";
import { fromHex, toHex } from "../../conformance/dist/wire/hex.js";

/**
 * @import { StreamVector } from "../../conformance/src/vectors/model.ts"
 * @import { StreamScript } from "./streams.mjs"
 */

const DEFAULT_LIMIT = 1_048_576;

/**
 * @param {readonly StreamScript[]} scripts
 * @returns {StreamVector[]}
 */
export function makeStreams(scripts) {
  return scripts.map((script) => {
    const octets = fromHex(script.hex);
    return { ...script, hex: toHex(octets), ...outcome(octets, script.max_frame_bytes) };
  });
}

/**
 * @param {Uint8Array} octets
 * @returns {Pick<StreamVector, "frames" | "partial" | "error" | "found_by">}
 */
function outcome(octets, limit = DEFAULT_LIMIT) {
  /** @type {string[]} */
  const frames = [];
  const reader = new DelimitedReader();
  for (const piece of reader.push(octets)) {
    if (piece.kind === "problem") return { frames, error: "PROTOCOL_ERROR", found_by: "length" };
    if (piece.kind === "announced" && piece.length > limit)
      return { frames, error: "FRAME_TOO_LARGE", found_by: "length" };
    if (piece.kind !== "frame") continue;
    frames.push(toHex(piece.octets));
    if (readFrame(piece.octets) === undefined)
      return { frames, error: "PROTOCOL_ERROR", found_by: "frame" };
  }
  return reader.pendingBytes > 0 ? { frames, partial: true } : { frames };
}
