import { expect, test } from "vitest";
import { MAX_DATA_PER_FRAME_BYTES, Outbox } from "../../src/core/outbox.ts";

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
  for (let part = outbox.shift(); part !== undefined; part = outbox.shift()) {
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
    expect(outbox.shift()).toEqual({ data: Uint8Array.of(n % 256, n >> 8), more: false });
    expect(outbox.bytes).toBe(2 * (3000 - n - 1));
    if (n === 1500) outbox.push(new Uint8Array(0));
  }
  expect(outbox.shift()).toEqual({ data: new Uint8Array(0), more: false });
  expect(outbox.shift()).toBeUndefined();
});

test("parts are views of the message", () => {
  const outbox = new Outbox();
  const message = new Uint8Array(70_000);
  outbox.push(message);
  expect(outbox.shift()?.data.buffer).toBe(message.buffer);
  expect(outbox.shift()?.data.byteOffset).toBe(65_536);
});

test("clear forgets everything, half-sent messages too", () => {
  const outbox = new Outbox();
  outbox.push(new Uint8Array(70_000));
  outbox.push(new Uint8Array(3));
  outbox.shift();
  outbox.clear();
  expect([outbox.bytes, outbox.isEmpty, outbox.shift()]).toEqual([0, true, undefined]);
  outbox.push(Uint8Array.of(9));
  expect(outbox.shift()).toEqual({ data: Uint8Array.of(9), more: false });
});
