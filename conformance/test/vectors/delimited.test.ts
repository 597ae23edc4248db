import { describe, expect, test } from "vitest";
import { CloseCode } from "../../../sdk/src/core/index.ts";
import { FrameDecoder } from "../../../sdk/src/tcp/framing.ts";
import type { StreamVector } from "../../src/vectors/model.ts";
import { readFrame } from "../../src/vectors/sdk-frames.ts";
import { DelimitedReader } from "../../src/wire/delimited.ts";
import { fromHex, toHex } from "../../src/wire/hex.ts";
import { streams } from "./load.ts";
import { readSuiteFrame } from "./suite-frames.ts";

const DEFAULT_LIMIT = 1_048_576;
/** A longer stream is cut at so many places, spread over it. */
const MOST_CUTS = 64;

type Outcome = Pick<StreamVector, "frames" | "partial" | "error" | "found_by">;

const READERS = [
  { name: "the SDK", read: readWithSdk },
  { name: "the suite", read: readWithSuite },
];

describe.each(READERS)("octet streams, by the reader of $name", ({ read }) => {
  test.each(streams)("$name", ({ hex, max_frame_bytes = DEFAULT_LIMIT, ...vector }) => {
    const { frames, partial, error, found_by } = vector;
    const octets = fromHex(hex);
    for (const reads of cuts(octets)) {
      expect(read(reads, max_frame_bytes)).toEqual({ frames, partial, error, found_by });
    }
  });
});

/** In one read, an octet a read, and in two reads. */
function cuts(octets: Uint8Array): Uint8Array[][] {
  const step = Math.ceil(octets.length / MOST_CUTS);
  const places = Array.from({ length: octets.length }, (_, at) => at).filter(
    (at) => at % step === 0,
  );
  return [
    [octets],
    Array.from(octets, (octet) => Uint8Array.of(octet)),
    ...places.map((at) => [octets.subarray(0, at), octets.subarray(at)]),
  ];
}

function readWithSdk(reads: readonly Uint8Array[], limit: number): Outcome {
  const decoder = new FrameDecoder(limit);
  const frames: string[] = [];
  for (const read of reads) {
    decoder.push(read);
    while (decoder.next()) {
      const frame = decoder.octets.subarray(decoder.from, decoder.to);
      frames.push(toHex(frame));
      if (readFrame(frame) === undefined) return malformed(frames);
    }
    const { violation } = decoder;
    if (violation !== undefined) return broken(frames, nameOf(violation.code));
  }
  return over(frames, decoder.isMidFrame);
}

function readWithSuite(reads: readonly Uint8Array[], limit: number): Outcome {
  const reader = new DelimitedReader();
  const frames: string[] = [];
  for (const piece of reads.flatMap((read) => reader.push(read))) {
    if (piece.kind === "problem") return broken(frames, "PROTOCOL_ERROR");
    // The length is known before the frame is there; the limit is for who reads.
    if (piece.kind === "announced" && piece.length > limit)
      return broken(frames, "FRAME_TOO_LARGE");
    if (piece.kind !== "frame") continue;
    frames.push(toHex(piece.octets));
    if (readSuiteFrame(piece.octets) === undefined) return malformed(frames);
  }
  return over(frames, reader.pendingBytes > 0);
}

function nameOf(code: number): NonNullable<Outcome["error"]> {
  if (code === CloseCode.PROTOCOL_ERROR) return "PROTOCOL_ERROR";
  if (code === CloseCode.FRAME_TOO_LARGE) return "FRAME_TOO_LARGE";
  throw new Error(`no code of the framing: ${code}`);
}

function malformed(frames: readonly string[]): Outcome {
  return { frames, error: "PROTOCOL_ERROR", found_by: "frame" };
}

function broken(frames: readonly string[], error: NonNullable<Outcome["error"]>): Outcome {
  return { frames, error, found_by: "length" };
}

function over(frames: readonly string[], isPartial: boolean): Outcome {
  return isPartial ? { frames, partial: true } : { frames };
}
