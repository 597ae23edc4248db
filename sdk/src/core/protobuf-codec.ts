import protobuf from "protobufjs/minimal.js";
import { pulsewire } from "#gen";
import type { Frame } from "./frame.ts";

const { Frame: FrameCodec } = pulsewire.v1;

/** The longest varint that is one, of 64 bits. */
const MAX_VARINT_OCTETS = 10;

/** Reads unknown varints as protobuf has them: protobufjs itself skips any length of one. */
class StrictReader extends protobuf.Reader {
  override skip(length?: number): this {
    const from = this.pos;
    super.skip(length);
    if (length === undefined && this.pos - from > MAX_VARINT_OCTETS) {
      throw new Error("a varint is longer than ten octets");
    }
    return this;
  }
}

/** Encodes any frame, with the code that is generated from frame.proto. */
export function encodeAnyFrame(frame: Frame): Uint8Array {
  return FrameCodec.encode(frame as pulsewire.v1.Frame.$Properties).finish();
}

/**
 * Decodes any octets, with the code that is generated from frame.proto. What is
 * malformed [PW-FRM-3] is a string that says why. Data is a view of `octets`.
 */
export function decodeAnyFrame(octets: Uint8Array): Frame | string {
  let frame: pulsewire.v1.Frame;
  try {
    frame = FrameCodec.decode(new StrictReader(plain(octets))) as pulsewire.v1.Frame;
  } catch (error) {
    return `no valid encoding of a frame: ${error instanceof Error ? error.message : String(error)}`;
  }
  const { version } = frame;
  if (version === 0) return "the frame has no version"; // PW-FRM-2
  switch (frame.body) {
    case "heartbeat": {
      const { heartbeat } = frame;
      if (heartbeat === null) break;
      return {
        version,
        body: "heartbeat",
        heartbeat: {
          heartbeatTimeMs: heartbeat.heartbeatTimeMs ?? undefined,
          replyRequested: heartbeat.replyRequested,
          timestamp: heartbeat.timestamp ?? undefined,
          echo: heartbeat.echo ?? undefined,
          heldUs: heartbeat.heldUs ?? undefined,
          lowestVersion: heartbeat.lowestVersion ?? undefined,
        },
      };
    }
    case "data": {
      const { data } = frame;
      if (data === null) break;
      return { version, body: "data", data, more: frame.more };
    }
    case "close": {
      const { close } = frame;
      if (close === null) break;
      return {
        version,
        body: "close",
        close: {
          code: close.code,
          reason: close.reason,
          retryAfterMs: close.retryAfterMs ?? undefined,
          lowestVersion: close.lowestVersion ?? undefined,
        },
      };
    }
  }
  return { version, body: "unknown" };
}

/**
 * Node's sockets bring Buffers, whose parts would be Buffers again: `slice` of
 * one does not copy. The application gets the same type on every transport.
 */
function plain(octets: Uint8Array): Uint8Array {
  if (octets.constructor === Uint8Array) return octets;
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}
