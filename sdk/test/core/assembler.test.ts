import { expect, test } from "vitest";
import { MessageAssembler } from "../../src/core/assembler.ts";

const part = (...octets: number[]) => Uint8Array.from(octets);

test("a message of one part is that part, empty or not", () => {
  const assembler = new MessageAssembler(10);
  const whole = part(1, 2);
  expect(assembler.add(whole, false)).toBe(whole);
  expect(assembler.add(part(), false)).toEqual(part());
});

test("PW-DAT-2: parts are joined in the order of their arrival", () => {
  const assembler = new MessageAssembler(100);
  expect(assembler.add(part(1, 2), true)).toBe("incomplete");
  expect(assembler.add(part(), true)).toBe("incomplete");
  expect(assembler.add(part(3), true)).toBe("incomplete");
  expect(assembler.add(part(4, 5, 6, 7, 8), false)).toEqual(part(1, 2, 3, 4, 5, 6, 7, 8));
  expect(assembler.add(part(9), false)).toEqual(part(9));
});

test("an unfinished message of empty parts, and a last part that is empty", () => {
  const assembler = new MessageAssembler(10);
  expect(assembler.add(part(), true)).toBe("incomplete");
  expect(assembler.add(part(), false)).toEqual(part());
  expect(assembler.add(part(1), true)).toBe("incomplete");
  expect(assembler.add(part(), false)).toEqual(part(1));
});

test("PW-LIM-2: exactly the limit is accepted, one octet more is not", () => {
  const assembler = new MessageAssembler(4);
  expect(assembler.add(part(1, 2, 3, 4), false)).toHaveLength(4);
  expect(assembler.add(part(1, 2, 3, 4, 5), false)).toBe("too-large");
  expect(assembler.add(part(1, 2), true)).toBe("incomplete");
  expect(assembler.add(part(3, 4), false)).toEqual(part(1, 2, 3, 4));
  expect(assembler.add(part(1, 2), true)).toBe("incomplete");
  expect(assembler.add(part(3, 4, 5), true)).toBe("too-large");
});

test("a message that was too large, or discarded, leaves nothing behind", () => {
  const assembler = new MessageAssembler(4);
  assembler.add(part(1, 2, 3), true);
  assembler.add(part(4, 5), true);
  expect(assembler.add(part(6), false)).toEqual(part(6));
  assembler.add(part(1, 2, 3), true);
  assembler.discard();
  expect(assembler.add(part(7, 7, 7, 7), false)).toEqual(part(7, 7, 7, 7));
});

test("never allocates more than the limit, and copies what it keeps", () => {
  const assembler = new MessageAssembler(1000);
  const read = new Uint8Array(65_536);
  for (let count = 0; count < 700; count += 1) assembler.add(read.subarray(0, 1), true);
  const message = assembler.add(part(1), false);
  if (typeof message === "string") throw new Error(message);
  expect(message).toHaveLength(701);
  expect(message.buffer.byteLength).toBeLessThanOrEqual(1000);
});
