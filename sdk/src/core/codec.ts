import { dataFrameBytes, writeDataFrame } from "./data-codec.ts";
import type { Frame } from "./frame.ts";
import { FrameCodec } from "./frame-codec.ts";
import { fromFields, toFields } from "./heartbeat-codec.ts";
import { encodeAnyFrame } from "./protobuf-codec.ts";

/** Encodes one frame, without the framing of any transport. */
export function encodeFrame(frame: Frame): Uint8Array {
  const version = frame.version >>> 0;
  if (version === 0) return encodeAnyFrame(frame); // which leaves it out
  if (frame.body === "heartbeat") {
    const codec = new FrameCodec();
    toFields(frame.heartbeat, codec.heartbeat);
    return codec.writeHeartbeat(version);
  }
  if (frame.body === "data") {
    const { data, more } = frame;
    const octets = new Uint8Array(dataFrameBytes(version, data.length, more));
    writeDataFrame(octets, 0, version, data, more);
    return octets;
  }
  return encodeAnyFrame(frame);
}

/**
 * Decodes one frame. Never throws: a malformed one [PW-FRM-3] is a string that
 * says what is wrong with it. `data` is a view of `octets`.
 */
export function decodeFrame(octets: Uint8Array): Frame | string {
  const codec = new FrameCodec();
  const body = codec.read(octets);
  const { version } = codec;
  switch (body) {
    case "heartbeat":
      return { version, body, heartbeat: fromFields(codec.heartbeat) };
    case "data":
      return { version, body, data: codec.data(octets), more: codec.more };
    case "close":
      return { version, body, close: codec.close };
    case "unknown":
      return { version, body };
    case "malformed":
      return codec.problem;
  }
}
