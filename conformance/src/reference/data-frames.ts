/** Messages to data frames and back [PW-DAT-1 to 4]. */
import { encodeFrame } from "../wire/encode.ts";

/** The most data one frame should hold [PW-DAT-4]. */
const PART_BYTES = 65_536;

export function dataFrames(message: Uint8Array, partBytes: number = PART_BYTES): Uint8Array[] {
  const frames: Uint8Array[] = [];
  let at = 0;
  do {
    const end = Math.min(at + partBytes, message.length);
    frames.push(encodeFrame({ data: message.subarray(at, end), more: end < message.length }));
    at = end;
  } while (at < message.length);
  return frames;
}
