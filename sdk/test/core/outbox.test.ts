import { expect, test } from "vitest";
import { decodeFrame } from "../../src/core/codec.ts";
import { joinParts } from "../../src/core/frame-parts.ts";
import { MAX_DATA_PER_FRAME_BYTES, Outbox } from "../../src/core/outbox.ts";

/** What the next frame carries. */
function next(outbox: Outbox): { data: Uint8Array; more: boolean } | undefined {
  const parts = outbox.take(1);
  if (parts === undefined) return undefined;
  const frame = decodeFrame(joinParts(parts));
  if (typeof frame === "string" || frame.body !== "data") throw new Error(`no data: ${frame}`);
  expect(frame.version).toBe(1);
  return { data: frame.data, more: frame.more };
}

test("PW-DAT-4: no frame carries more than 65536 octets of data", () => {
  expect(MAX_DATA_PER_FRAME_BYTES).toBe(65_536);
});

test.each([
  [0, [[0, false]]],
  [1, [[1, false]]],
  [65_536, [[65_536, false]]],
  [
    65_537,
    [
      [65_536, true],
      [1, false],
    ],
  ],
  [
    131_072,
    [
      [65_536, true],
      [65_536, false],
    ],
  ],
  [
    131_073,
    [
      [65_536, true],
      [65_536, true],
      [1, false],
    ],
  ],
])("PW-DAT-1, PW-DAT-2: a message of %s octets goes out as %o", (length, expected) => {
  const outbox = new Outbox();
  outbox.push(new Uint8Array(length));
  expect(outbox.bytes).toBe(length);
  const parts: [number, boolean][] = [];
  for (let part = next(outbox); part !== undefined; part = next(outbox)) {
    parts.push([part.data.length, part.more]);
  }
  expect(parts).toEqual(expected);
  expect(outbox.bytes).toBe(0);
  expect(outbox.isEmpty).toBe(true);
});

test("PW-DAT-3: messages keep their order and are not mixed, however many", () => {
  const outbox = new Outbox();
  for (let n = 0; n < 3000; n += 1) outbox.push(Uint8Array.of(n % 256, n >> 8));
  for (let n = 0; n < 3000; n += 1) {
    expect(outbox.isEmpty).toBe(false);
    expect(next(outbox)).toEqual({ data: Uint8Array.of(n % 256, n >> 8), more: false });
    expect(outbox.bytes).toBe(2 * (3000 - n - 1));
    if (n === 1500) outbox.push(new Uint8Array(0));
  }
  expect(next(outbox)).toEqual({ data: new Uint8Array(0), more: false });
  expect(next(outbox)).toBeUndefined();
});

test("nothing that is sent whole is copied", () => {
  const outbox = new Outbox();
  const message = new Uint8Array(70_000);
  outbox.push(message.subarray(0, 10));
  outbox.push(message);
  expect(outbox.take(1)?.data?.buffer).toBe(message.buffer);
  outbox.take(1);
  const rest = outbox.take(1)?.data;
  expect([rest?.buffer, rest?.byteOffset]).toEqual([message.buffer, 65_536]);
});

test("each frame is of the version it is taken in", () => {
  const outbox = new Outbox();
  for (let n = 0; n < 3; n += 1) outbox.push(Uint8Array.of(n));
  const heads = [1, 300, 1].map((version) => outbox.take(version)?.head);
  expect(heads).toEqual([
    Uint8Array.of(0x08, 1, 0x1a, 1),
    Uint8Array.of(0x08, 0xac, 0x02, 0x1a, 1),
    Uint8Array.of(0x08, 1, 0x1a, 1),
  ]);
});
