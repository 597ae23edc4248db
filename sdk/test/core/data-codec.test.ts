import fc from "fast-check";
import { expect, test } from "vitest";
import {
  dataFrameBytes,
  writeDataFrame,
  writeDataHeader,
  writeDataTrailer,
} from "../../src/core/data-codec.ts";
import { pulsewire } from "../../src/gen/frame.js";
import { uint32 } from "./numbers.ts";

const generated = (version: number, data: Uint8Array, more: boolean) =>
  new Uint8Array(pulsewire.v1.Frame.encode({ version, data, more }).finish());

const frame = fc.record({
  version: uint32.filter((version) => version > 0),
  data: fc.oneof(
    fc.uint8Array({ maxLength: 40 }),
    fc.constantFrom(0, 1, 127, 128, 16_383, 16_384, 65_536).map((length) => new Uint8Array(length)),
  ),
  more: fc.boolean(),
  at: fc.nat(9),
});

test("PW-DAT-1, PW-DAT-2: a data frame is what protobufjs writes, at any offset and no wider", () => {
  fc.assert(
    fc.property(frame, ({ version, data, more, at }) => {
      const expected = generated(version, data, more);
      expect(dataFrameBytes(version, data.length, more)).toBe(expected.length);
      const into = new Uint8Array(at + expected.length + 3).fill(0xee);
      expect(writeDataFrame(into, at, version, data, more)).toBe(at + expected.length);
      const around = new Uint8Array(into.length).fill(0xee);
      around.set(expected, at);
      expect(Buffer.compare(into, around)).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test("what stands around the data can be written without it", () => {
  const data = Uint8Array.of(7, 8, 9);
  const around = new Uint8Array(16);
  const from = writeDataHeader(around, 0, 1, data.length);
  const to = writeDataTrailer(around, from, true);
  expect([...around.subarray(0, from), ...data, ...around.subarray(from, to)]).toEqual([
    ...generated(1, data, true),
  ]);
  expect(writeDataTrailer(around, from, false)).toBe(from);
});
