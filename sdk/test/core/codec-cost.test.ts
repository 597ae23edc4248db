import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import fc from "fast-check";
import { beforeEach, expect, test, vi } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/core/codec.ts";
import type { Frame } from "../../src/core/frame.ts";
import * as generated from "../../src/core/protobuf-codec.ts";
import { frame } from "./wire.ts";

vi.mock("../../src/core/protobuf-codec.ts", { spy: true });
beforeEach(() => void vi.clearAllMocks());

const usual: fc.Arbitrary<Frame> = frame
  .filter(({ body }) => body === "heartbeat" || body === "data")
  .map((any) => ({ ...any, version: (any.version % 127) + 1 }));

test("protobufjs is not asked for heartbeats and data in their usual encoding", () => {
  fc.assert(
    fc.property(usual, (any) => {
      decodeFrame(encodeFrame(any));
      expect(generated.encodeAnyFrame).not.toHaveBeenCalled();
      expect(generated.decodeAnyFrame).not.toHaveBeenCalled();
    }),
    { numRuns: 1000 },
  );
});

test("it is for everything else", () => {
  const close: Frame = { version: 1, body: "close", close: { code: 1, reason: "" } };
  decodeFrame(encodeFrame(close));
  expect(generated.encodeAnyFrame).toHaveBeenCalledOnce();
  expect(generated.decodeAnyFrame).toHaveBeenCalledOnce();
  decodeFrame(Uint8Array.of(8, 1, 0x12, 3, 0x38, 0x88, 0x27));
  expect(generated.decodeAnyFrame).toHaveBeenCalledTimes(2);
});

test("a million heartbeats are written and read without an allocation", async () => {
  const program = fileURLToPath(new URL("codec-allocations.mjs", import.meta.url));
  // Room for all that would be allocated, so that no collection hides it.
  const flags = ["--expose-gc", "--min-semi-space-size=64", "--max-semi-space-size=64"];
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, program]);
  const { control, ...octetsACall }: Record<string, number> = JSON.parse(stdout);
  expect(control).toBeGreaterThan(8);
  // A single number that is no small integer would be 16 for each call.
  for (const [what, octets] of Object.entries(octetsACall)) expect(octets, what).toBeLessThan(1);
});
