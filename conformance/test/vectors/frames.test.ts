import { describe, expect, test } from "vitest";
import type { FrameJson } from "../../src/vectors/model.ts";
import { readFrame, writeFrame } from "../../src/vectors/sdk-frames.ts";
import { fromHex, toHex } from "../../src/wire/hex.ts";
import { frames } from "./load.ts";
import { readSuiteFrame, writeSuiteFrame } from "./suite-frames.ts";

interface Codec {
  readonly name: string;
  read(octets: Uint8Array): FrameJson | undefined;
  write(frame: FrameJson): Uint8Array;
}

const CODECS: readonly Codec[] = [
  { name: "the SDK", read: readFrame, write: writeFrame },
  { name: "the suite", read: readSuiteFrame, write: writeSuiteFrame },
];

describe.each(CODECS)("golden frames, by the codec of $name", ({ read, write }) => {
  test.each(frames)("$name", ({ hex, frame, either, canonical }) => {
    const decoded = read(fromHex(hex));
    if (!either) expect(decoded).toEqual(frame);
    else if (decoded !== undefined) expect(decoded).toMatchObject(frame ?? {});
    if (frame !== undefined && canonical) expect(toHex(write(frame))).toBe(hex);
  });
});
