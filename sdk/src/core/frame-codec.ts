import type { Close, Frame } from "./frame.ts";
import {
  HeartbeatFields,
  MAX_HEARTBEAT_FRAME_BYTES,
  readHeartbeat,
  toFields,
  writeHeartbeat,
} from "./heartbeat-codec.ts";
import { decodeAnyFrame } from "./protobuf-codec.ts";

// What stands before each field, field number * 8 + wire type, with the numbers of frame.proto.
const VERSION = 0x08; //     uint32 version = 1
const HEARTBEAT = 0x12; //   Heartbeat heartbeat = 2
const DATA = 0x1a; //        bytes data = 3
const MORE = 0x28; //        bool more = 5

/** What {@link FrameCodec.read} found: the body of the frame, or that it is malformed [PW-FRM-3]. */
export type FrameKind = Frame["body"] | "malformed";

/**
 * Reads frames into itself, one after the other, and writes heartbeats, without
 * an object on the way. What it holds is valid until it is used again, so that
 * many connections can share one.
 *
 * The encoding that everybody writes is read right here. Whatever else protobuf
 * allows goes to the code generated from frame.proto, which says what it is.
 */
export class FrameCodec {
  /** Of the last frame that was read, unless it was malformed. */
  version = 0;
  /** Of a frame that was a heartbeat. To send one, fill it and call {@link writeHeartbeat}. */
  readonly heartbeat: HeartbeatFields = new HeartbeatFields();
  /** Of a frame of data: its message goes on in the next one [PW-DAT-2]. */
  more = false;
  /** Of a frame that was a Close. */
  close: Close = { code: 0, reason: "" };
  /** Of octets that were malformed: what is wrong with them. */
  problem = "";
  readonly #scratch = new Uint8Array(MAX_HEARTBEAT_FRAME_BYTES);
  readonly #scratchView = new DataView(this.#scratch.buffer);
  /** Where the data stands in its frame. Offsets, because a view would keep the frame in memory. */
  #dataFrom = 0;
  #dataTo = 0;

  /** Reads one frame, which is `octets` from `from` up to `to`: by default all of them. Never throws. */
  read(octets: Uint8Array, from = 0, to: number = octets.length): FrameKind {
    // The shortest frame with a body is of four octets; a version of one octet, from 1 on [PW-FRM-2].
    if (to - from >= 4 && octets[from] === VERSION) {
      const version = octets[from + 1] as number;
      if (version > 0 && version < 0x80) {
        this.version = version;
        const body = octets[from + 2];
        if (body === DATA && this.#readData(octets, from + 3, to)) return "data";
        if (body === HEARTBEAT && this.#readHeartbeat(octets, from + 3, to)) return "heartbeat";
      }
    }
    return this.#readAny(octets, from, to);
  }

  /**
   * The data of the frame that was read last, which was in `octets`: a view, never a Buffer, of as
   * much of them as the data takes.
   */
  data(octets: Uint8Array): Uint8Array {
    // From an array like itself, because to ask an array for its buffer takes as long as all the rest.
    if (octets.constructor === Uint8Array) return octets.subarray(this.#dataFrom, this.#dataTo);
    const from = octets.byteOffset + this.#dataFrom;
    return new Uint8Array(octets.buffer, from, this.#dataTo - this.#dataFrom);
  }

  /** {@link heartbeat} as a frame of `version`, in a buffer of its own that is as long as it. */
  writeHeartbeat(version: number): Uint8Array {
    return this.#scratch.slice(0, writeHeartbeat(this.#scratchView, 0, version, this.heartbeat));
  }

  #readHeartbeat(octets: Uint8Array, from: number, to: number): boolean {
    const length = octets[from] as number;
    if (length > 0x7f || from + 1 + length !== to) return false;
    return readHeartbeat(octets, from + 1, to, this.heartbeat);
  }

  #readData(octets: Uint8Array, from: number, to: number): boolean {
    let at = from;
    let length = 0;
    let octet: number;
    let shift = 0;
    do {
      if (at >= to || shift > 21) return false;
      octet = octets[at++] as number;
      length |= (octet & 0x7f) << shift;
      shift += 7;
    } while (octet > 0x7f);
    const end = at + length;
    this.more = to !== end;
    // With `more` two octets follow, and otherwise none.
    if (this.more) {
      if (to !== end + 2) return false;
      if (octets[end] !== MORE || octets[end + 1] !== 1) return false;
    }
    this.#dataFrom = at;
    this.#dataTo = end;
    return true;
  }

  #readAny(octets: Uint8Array, from: number, to: number): FrameKind {
    const frame = decodeAnyFrame(octets.subarray(from, to));
    if (typeof frame === "string") {
      this.problem = frame;
      return "malformed";
    }
    this.version = frame.version;
    if (frame.body === "heartbeat") toFields(frame.heartbeat, this.heartbeat);
    else if (frame.body === "close") this.close = frame.close;
    else if (frame.body === "data") {
      this.more = frame.more;
      this.#dataFrom = frame.data.byteOffset - octets.byteOffset;
      this.#dataTo = this.#dataFrom + frame.data.length;
    }
    return frame.body;
  }
}
