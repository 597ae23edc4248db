import { expect, test } from "vitest";
import { Inbox } from "../../src/driver/inbox.ts";

const message = (length: number) => new Uint8Array(length);

function push(inbox: Inbox, message: Uint8Array): void {
  inbox.push(message, message.buffer);
}

test("messages are read in order, and their cost is counted", async () => {
  let reads = 0;
  const inbox = new Inbox(() => {
    reads += 1;
  });
  push(inbox, Uint8Array.of(1));
  push(inbox, Uint8Array.of(2, 2));
  expect(inbox.unreadBytes).toBe(3 + 2 * 64);
  expect(await inbox.next()).toEqual({ done: false, value: Uint8Array.of(1) });
  expect(inbox.unreadBytes).toBe(2 + 64);
  expect(await inbox.next()).toEqual({ done: false, value: Uint8Array.of(2, 2) });
  expect([inbox.unreadBytes, reads]).toEqual([0, 2]);
});

test("who waits gets the next one, each its own; it never counts as unread", async () => {
  const inbox = new Inbox(() => {});
  const first = inbox.next();
  const second = inbox.next();
  push(inbox, Uint8Array.of(1));
  push(inbox, Uint8Array.of(2));
  expect(inbox.unreadBytes).toBe(0);
  expect((await first).value).toEqual(Uint8Array.of(1));
  expect((await second).value).toEqual(Uint8Array.of(2));
});

test("after the end what waits can be read, and whoever waits is told", async () => {
  const inbox = new Inbox(() => {});
  push(inbox, message(1));
  inbox.end();
  expect(await inbox.next()).toMatchObject({ done: false });
  expect(await inbox.next()).toEqual({ done: true, value: undefined });
  const empty = new Inbox(() => {});
  const waiting = empty.next();
  empty.end();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("messages of one read wait as views of it", async () => {
  const read = new Uint8Array(65_536);
  const inbox = new Inbox(() => {});
  for (let at = 0; at < 65_536; at += 128) push(inbox, read.subarray(at, at + 100));
  for (let at = 0; at < 65_536; at += 128) {
    expect((await inbox.next()).value?.buffer).toBe(read.buffer);
  }
});

test("small parts of many reads do not keep all of them, be they Buffers or not", async () => {
  for (const make of [
    (size: number) => new Uint8Array(size),
    (size: number) => Buffer.alloc(size),
  ]) {
    const inbox = new Inbox(() => {});
    const kept = (messages: readonly Uint8Array[]) => {
      const buffers = new Set(messages.map(({ buffer }) => buffer));
      return [...buffers].reduce((octets, { byteLength }) => octets + byteLength, 0);
    };
    for (let nth = 0; nth < 1000; nth += 1) {
      const read = make(65_536).fill(nth % 256);
      push(inbox, read.subarray(7, 7 + (nth % 10)));
      // Some are read meanwhile, so that what is counted is also what is let go of.
      if (nth % 10 === 9) expect((await inbox.next()).value).toHaveLength(((nth - 9) / 10) % 10);
    }
    const waiting: Uint8Array[] = [];
    while (inbox.unreadBytes > 0) waiting.push((await inbox.next()).value ?? new Uint8Array());
    expect(waiting).toHaveLength(900);
    expect(kept(waiting)).toBeLessThan(600_000);
    for (const [index, message] of waiting.entries()) {
      const nth = index + 100;
      expect(message).toHaveLength(nth % 10);
      expect(message.every((octet) => octet === nth % 256)).toBe(true);
    }
  }
});

test("a message that was copied out of a read hides no view of it", async () => {
  const inbox = new Inbox(() => {});
  for (let nth = 0; nth < 20; nth += 1) {
    const read = new Uint8Array(65_536);
    inbox.push(message(1), read);
    inbox.push(read.subarray(0, 1), read);
  }
  const buffers = new Set<ArrayBufferLike>();
  for (let nth = 0; nth < 40; nth += 1)
    buffers.add((await inbox.next()).value?.buffer as ArrayBuffer);
  const kept = [...buffers].reduce((octets, { byteLength }) => octets + byteLength, 0);
  expect([kept < 400_000, inbox.unreadBytes]).toEqual([true, 0]);
});

test("a peer cannot make reading slow: a quarter of a million empty messages", async () => {
  const inbox = new Inbox(() => {});
  for (let count = 0; count < 250_000; count += 1) push(inbox, message(0));
  const started = performance.now();
  for (let count = 0; count < 250_000; count += 1) await inbox.next();
  // A fifth of a second here; twenty with a list that is moved up for every message.
  expect(performance.now() - started).toBeLessThan(5000);
  expect(inbox.unreadBytes).toBe(0);
});
