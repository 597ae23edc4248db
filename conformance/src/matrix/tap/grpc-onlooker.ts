/**
 * Looks on at gRPC: HTTP/2 frames, and the messages of the one call.
 *
 * Header blocks stay compressed: that a call begins, is accepted and is over can be seen without
 * reading them. Statuses cannot, and are left to the cases of the suite.
 */
import { GrpcMessageReader } from "../../wire/grpc-messages.ts";
import {
  Http2Flag,
  type Http2Frame,
  Http2FrameReader,
  Http2Type,
  http2Data,
} from "../../wire/http2-frames.ts";
import type { Side } from "../model.ts";
import { type Onlooker, type Passed, passedOf } from "./passed.ts";

const NO_ERROR = 0;

export class GrpcOnlooker implements Onlooker {
  readonly #from: Side;
  readonly #frames: Http2FrameReader;
  readonly #messages = new GrpcMessageReader();
  /** The stream of the call, once it has begun. */
  #call: number | undefined;

  constructor(from: Side) {
    this.#from = from;
    this.#frames = new Http2FrameReader(from === "dialer");
  }

  get pendingBytes(): number {
    return this.#messages.pendingBytes;
  }

  push(octets: Uint8Array): Passed[] {
    return this.#frames.push(octets).flatMap((frame) => this.#onFrame(frame));
  }

  #onFrame(frame: Http2Frame): Passed[] {
    const isLast = (frame.flags & Http2Flag.endStream) !== 0;
    switch (frame.type) {
      case Http2Type.headers: {
        const isFirst = this.#call === undefined;
        this.#call ??= frame.stream;
        if (frame.stream !== this.#call) return [noted("http2 headers of another call", frame)];
        return [
          noted(isFirst ? "http2 headers" : "http2 trailers", frame),
          // For a client when it has been started, for a server when it arrives [PW-GRPC-4].
          ...(isFirst && this.#from === "dialer" ? [{ kind: "opens" } as const] : []),
          ...(isLast ? [this.#end()] : []),
        ];
      }
      case Http2Type.data:
        if (frame.stream !== this.#call) return [];
        return [
          ...this.#messages.push(http2Data(frame)).flatMap(passedOf),
          ...(isLast ? [this.#end()] : []),
        ];
      case Http2Type.resetStream: {
        if (frame.stream !== this.#call) return [];
        const code = readUint32(frame.payload, 0);
        // After its trailers a server says so that it reads no more: no second end.
        if (code === NO_ERROR && this.#from === "listener")
          return [noted("http2 RST_STREAM NO_ERROR", frame)];
        return [{ kind: "end", how: "cancel", code }];
      }
      case Http2Type.ping:
        return [noted((frame.flags & Http2Flag.ack) === 0 ? "http2 ping" : "http2 pong", frame)];
      case Http2Type.goAway:
        return [noted(`http2 GOAWAY ${readUint32(frame.payload, 4)}`, frame)];
      default:
        return [];
    }
  }

  #end(): Passed {
    return { kind: "end", how: this.#from === "dialer" ? "half-close" : "status" };
  }
}

function noted(what: string, { payload }: Http2Frame): Passed {
  return { kind: "octets", what, bytes: payload.length };
}

/** Of a payload that may be too short: then 0. */
function readUint32(octets: Uint8Array, at: number): number {
  if (octets.length < at + 4) return 0;
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength).getUint32(at);
}
