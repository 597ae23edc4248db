/** Frames as cases sketch them, to octets. */
import { encodeFrame, type FrameSpec } from "../wire/encode.ts";
import { fromHex } from "../wire/hex.ts";
import { bytesField, concat, fixed32Field, varintField } from "../wire/protobuf.ts";
import type { FrameSketch } from "./model.ts";
import { parseTime } from "./times.ts";

/** Field numbers that no version of the protocol has given out. */
const UNKNOWN_FIELD = 900;
const UNKNOWN_BODY_FIELD = 901;

const utf8 = new TextEncoder();

/** The octets of the frame that a sketch describes. */
export function buildFrame(sketch: FrameSketch, unitMs: number): Uint8Array {
  if (sketch.octets !== undefined) return fromHex(sketch.octets);
  const extra = sketch.unknown_fields === true ? unknownFields() : undefined;
  const unknownBody =
    sketch.body === "unknown" ? bytesField(UNKNOWN_BODY_FIELD, utf8.encode("later")) : undefined;
  const spec: FrameSpec = {
    version: sketch.version === "none" ? null : sketch.version,
    heartbeat:
      sketch.heartbeat === undefined
        ? undefined
        : {
            heartbeatTimeMs:
              sketch.heartbeat === "none"
                ? undefined
                : Math.round(parseTime(sketch.heartbeat, unitMs)),
            replyRequested: sketch.probe,
            timestamp: sketch.timestamp,
            echo: sketch.echo,
            heldUs: sketch.held_us,
            lowestVersion: sketch.lowest_version,
            extra,
          },
    data: sketchedData(sketch),
    close: sketch.close === undefined ? undefined : { code: sketch.close, reason: sketch.reason },
    more: sketch.more,
    extra: extra ?? unknownBody,
  };
  return encodeFrame(spec);
}

function sketchedData(sketch: FrameSketch): Uint8Array | undefined {
  if (sketch.data !== undefined) return utf8.encode(sketch.data);
  return sketch.data_bytes === undefined ? undefined : new Uint8Array(sketch.data_bytes).fill(0x2e);
}

/** One field of each wire type. */
function unknownFields(): Uint8Array {
  return concat([
    varintField(UNKNOWN_FIELD, 7),
    fixed32Field(UNKNOWN_FIELD + 2, 7),
    bytesField(UNKNOWN_FIELD + 3, utf8.encode("later")),
  ]);
}
