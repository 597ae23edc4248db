import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/core/codec.ts";
import type { Frame } from "../../src/core/frame.ts";
import { arbitraries } from "../../src/testing/index.ts";

const any = arbitraries(fc);
const hex = (text: string) =>
  Uint8Array.from(text.split(" "), (octet) => Number.parseInt(octet, 16));

const heartbeat = {
  heartbeatTimeMs: undefined,
  replyRequested: false,
  timestamp: undefined,
  echo: undefined,
  heldUs: undefined,
  lowestVersion: undefined,
};

test("the heartbeat of a side that beats every 5 s is seven octets", () => {
  const octets = hex("08 01 12 03 08 88 27");
  expect(
    new Uint8Array(
      encodeFrame({ version: 1, body: "heartbeat", heartbeat: { heartbeatTimeMs: 5000 } }),
    ),
  ).toEqual(octets);
  expect(decodeFrame(octets)).toEqual({
    version: 1,
    body: "heartbeat",
    heartbeat: { ...heartbeat, heartbeatTimeMs: 5000 },
  });
});

test("decode(encode(frame)) is the frame", () => {
  fc.assert(
    fc.property(any.frame, (frame) => {
      expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
    }),
    { numRuns: 2000 },
  );
});

test("PW-FRM-3: no octets make it throw; what is wrong is said in words", () => {
  fc.assert(
    fc.property(any.octets, (octets) => {
      const frame = decodeFrame(octets);
      if (typeof frame === "string") expect(frame).not.toBe("");
      else expect(frame.version).toBeGreaterThan(0);
    }),
    { numRuns: 5000 },
  );
});

test.each([
  ["no octets", ""],
  ["version 0", "08 00 1a 00"],
  ["no version", "12 03 08 88 27"],
])("PW-FRM-2, PW-FRM-3: %s", (_, text) => {
  expect(decodeFrame(text === "" ? new Uint8Array() : hex(text))).toBe("the frame has no version");
});

test.each([
  ["a cut tag", "08"],
  ["a cut varint", "08 80"],
  ["a varint of eleven octets", "08 80 80 80 80 80 80 80 80 80 80 00"],
  ["a length beyond the end", "08 01 1a 05 00"],
  ["a heartbeat beyond the end", "08 01 12 7f 08"],
  ["field number 0", "08 01 00 00"],
  ["wire type 7", "08 01 0f"],
  ["a group that is not closed", "08 01 53"],
  ["a group that was not opened", "08 01 54"],
  ["a reason that is not UTF-8", "08 01 22 04 12 02 c3 28"],
])("PW-FRM-3: %s is malformed", (_, text) => {
  expect(decodeFrame(hex(text))).toMatch(/^no valid encoding of a frame: ./);
});

test("PW-FRM-4: unknown fields are ignored, in the frame and in its body", () => {
  expect(decodeFrame(hex("08 01 12 06 08 88 27 fa 01 00 f8 06 01"))).toEqual({
    version: 1,
    body: "heartbeat",
    heartbeat: { ...heartbeat, heartbeatTimeMs: 5000 },
  });
});

test.each([
  ["none", "08 01"],
  ["of a later version", "08 01 f2 06 02 01 02"],
  ["a known number with another wire type", "08 01 10 05"],
])("PW-FRM-4: a body that is unknown: %s", (_, text) => {
  expect(decodeFrame(hex(text))).toEqual({ version: 1, body: "unknown" });
});

test("the last body wins, as in every protobuf", () => {
  expect(decodeFrame(hex("08 01 12 00 1a 01 07"))).toEqual({
    version: 1,
    body: "data",
    data: Uint8Array.of(7),
    more: false,
  });
});

test("a present 0 is not an absent one", () => {
  const frame: Frame = {
    version: 1,
    body: "heartbeat",
    heartbeat: {
      ...heartbeat,
      heartbeatTimeMs: 0,
      timestamp: 0,
      echo: 0,
      heldUs: 0,
      lowestVersion: 0,
    },
  };
  expect(decodeFrame(encodeFrame(frame))).toEqual(frame);
  const close: Frame = {
    version: 1,
    body: "close",
    close: { code: 0, reason: "", retryAfterMs: 0, lowestVersion: 0 },
  };
  expect(decodeFrame(encodeFrame(close))).toEqual(close);
});
