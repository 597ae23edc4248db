import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/core/codec.ts";
import type { Frame } from "../../src/core/frame.ts";
import { FrameCodec } from "../../src/core/frame-codec.ts";
import { fromFields } from "../../src/core/heartbeat-codec.ts";
import { decodeAnyFrame, encodeAnyFrame } from "../../src/core/protobuf-codec.ts";
import { frame, octetsOfAnyKind } from "./wire.ts";

/*
 * The codec is held to protobufjs: the same octets out, and the same frame, or
 * the same complaint, in. After a change to it run these with more:
 * PULSEWIRE_CODEC_RUNS=200000 npx vitest run --project sdk sdk/test/core/codec-oracle.test.ts
 */
const numRuns = Number(process.env["PULSEWIRE_CODEC_RUNS"] ?? 4000);

/** What `codec` reads, copied out. */
function read(codec: FrameCodec, octets: Uint8Array): Frame | string {
  const body = codec.read(octets);
  const { version, more, close } = codec;
  if (body === "malformed") return codec.problem;
  if (body === "heartbeat") return { version, body, heartbeat: fromFields(codec.heartbeat) };
  if (body === "data") return { version, body, data: codec.data(octets), more };
  return body === "close" ? { version, body, close } : { version, body };
}

test("what is written is what protobufjs writes", () => {
  fc.assert(
    fc.property(frame, (any) => {
      expect(Buffer.compare(encodeFrame(any), encodeAnyFrame(any))).toBe(0);
    }),
    { numRuns },
  );
});

test("so is a number that does not fit 32 bits", () => {
  const number = fc.oneof(
    fc.integer({ min: -(2 ** 33), max: 2 ** 34 }),
    fc.double({ noNaN: true, min: -2, max: 300 }),
  );
  const heartbeat = fc.record({ heartbeatTimeMs: number, timestamp: number, heldUs: number });
  fc.assert(
    fc.property(number, heartbeat, (version, heartbeat) => {
      const any: Frame = { version, body: "heartbeat", heartbeat };
      expect(Buffer.compare(encodeFrame(any), encodeAnyFrame(any))).toBe(0);
    }),
  );
});

test("PW-FRM-3, PW-FRM-4: what is read is what protobufjs reads, and what is refused as well", () => {
  // One for all cases, so that nothing of one shows in the next.
  const codec = new FrameCodec();
  fc.assert(
    fc.property(octetsOfAnyKind, (octets) => {
      const expected = decodeAnyFrame(octets);
      const found = decodeFrame(octets);
      // Much faster than toEqual, which only has to show the difference. Tells a Buffer from an array.
      if (!isDeepStrictEqual(found, expected)) expect(found).toStrictEqual(expected);
      if (!isDeepStrictEqual(read(codec, octets), expected)) {
        expect(read(codec, octets)).toStrictEqual(expected);
      }
    }),
    { numRuns },
  );
});

test.each([
  ["a heartbeat of more than 127 octets", [0x12, 0x84, 0x01, ...Array(66).fill([8, 1]).flat()]],
  [
    "one whose length goes on in what would be its first octet",
    [0x12, 0x84, ...Array(66).fill([8, 1]).flat()],
  ],
  ["a timestamp of three octets, which are the last", [0x12, 4, 0x1d, 1, 2, 3]],
  ["a true of more than 32 bits", [0x12, 6, 0x10, 0x80, 0x80, 0x80, 0x80, 0x10]],
  ["a number of more than 32 bits", [0x12, 7, 8, 0x85, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ["more without an end", [0x1a, 0, 0x28, 0x80]],
  ["a heartbeat with field 0", [0x12, 2, 0, 0]],
  ["two heartbeats, which are merged", [0x12, 2, 8, 1, 0x12, 2, 0x10, 1]],
  ["more, and then once again less", [0x1a, 0, 0x28, 1, 0x28, 0]],
])("it is of %s", (_, body) => {
  const octets = Uint8Array.from([8, 1, ...body]);
  expect(decodeFrame(octets)).toStrictEqual(decodeAnyFrame(octets));
});

test("PW-DAT-1: data is a view of the frame, and no Buffer, also where the frame is one", () => {
  const around = Buffer.concat([Buffer.alloc(5, 0xee), encodeAnyFrame(data(9)), Buffer.alloc(3)]);
  const octets = around.subarray(5, -3);
  const found = decodeFrame(octets);
  if (typeof found === "string" || found.body !== "data") throw new Error("it is data");
  expect(found.data).toStrictEqual(new Uint8Array(9).fill(7));
  expect(found.data.buffer).toBe(octets.buffer);
  expect(found).toStrictEqual(decodeAnyFrame(octets));
});

function data(length: number): Frame {
  return { version: 1, body: "data", data: new Uint8Array(length).fill(7), more: true };
}
