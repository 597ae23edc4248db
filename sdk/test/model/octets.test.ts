import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeFrame } from "../../src/core/index.ts";
import { FrameDecoder, prefixBytes, writePrefix } from "../../src/tcp/framing.ts";
import { arbitraries } from "../../src/testing/index.ts";

const any = arbitraries(fc);

function delimited(frames: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(
    frames.flatMap((frame) => {
      const prefix = new Uint8Array(prefixBytes(frame.length));
      writePrefix(prefix, 0, frame.length);
      return [...prefix, ...frame];
    }),
  );
}

function decoded(pieces: readonly Uint8Array[], maxFrameBytes = 100_000) {
  const decoder = new FrameDecoder(maxFrameBytes);
  const frames: string[] = [];
  for (const piece of pieces) {
    decoder.push(piece);
    while (decoder.next()) {
      const frame = decoder.octets.subarray(decoder.from, decoder.to);
      expect(frame.length).toBeLessThanOrEqual(maxFrameBytes);
      expect(frame.buffer.byteLength).toBeLessThanOrEqual(Math.max(2 * maxFrameBytes, 200_000));
      frames.push(frame.join());
    }
  }
  return { frames, violation: decoder.violation?.code };
}

test("PW-TCP-3: frames do not depend on how their octets are cut", () => {
  const stream = fc
    .array(fc.oneof(any.frame.map(encodeFrame), fc.uint8Array({ maxLength: 300 })), {
      maxLength: 8,
    })
    .chain((frames) => {
      const octets = delimited(frames);
      return fc.tuple(fc.constant(frames), any.splits(octets));
    });
  fc.assert(
    fc.property(stream, ([frames, pieces]) => {
      const expected = frames.map((frame) => frame.join());
      expect(decoded(pieces)).toEqual({ frames: expected, violation: undefined });
    }),
    { numRuns: 1000 },
  );
});

test("PW-TCP-4, PW-LIM-1: nor does what is wrong with them, and nothing exceeds the limit", () => {
  const noise = fc
    .uint8Array({ maxLength: 400 })
    .chain((octets) => fc.tuple(fc.constant(octets), any.splits(octets)));
  fc.assert(
    fc.property(noise, ([octets, pieces]) => {
      expect(decoded(pieces, 1024)).toEqual(decoded([octets], 1024));
    }),
    { numRuns: 2000 },
  );
});
