import { expect, test } from "vitest";
import { Inbox } from "../../src/driver/inbox.ts";

const message = (length: number) => new Uint8Array(length);

test("messages are read in order, and their cost is counted", async () => {
  let reads = 0;
  const inbox = new Inbox(() => {
    reads += 1;
  });
  inbox.push(Uint8Array.of(1));
  inbox.push(Uint8Array.of(2, 2));
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
  inbox.push(Uint8Array.of(1));
  inbox.push(Uint8Array.of(2));
  expect(inbox.unreadBytes).toBe(0);
  expect((await first).value).toEqual(Uint8Array.of(1));
  expect((await second).value).toEqual(Uint8Array.of(2));
});

test("after the end what waits can be read, and whoever waits is told", async () => {
  const inbox = new Inbox(() => {});
  inbox.push(message(1));
  inbox.end();
  expect(await inbox.next()).toMatchObject({ done: false });
  expect(await inbox.next()).toEqual({ done: true, value: undefined });
  const empty = new Inbox(() => {});
  const waiting = empty.next();
  empty.end();
  expect(await waiting).toEqual({ done: true, value: undefined });
});

test("a small part of a large read does not keep all of it, be it a Buffer or not", async () => {
  for (const read of [new Uint8Array(65_536), Buffer.alloc(65_536)]) {
    const inbox = new Inbox(() => {});
    inbox.push(read.subarray(0, 10));
    expect((await inbox.next()).value?.buffer.byteLength).toBe(10);
    inbox.push(read.subarray(0, 40_000));
    expect((await inbox.next()).value?.buffer).toBe(read.buffer);
  }
});

test("a peer cannot make reading slow: a quarter of a million empty messages", async () => {
  const inbox = new Inbox(() => {});
  for (let count = 0; count < 250_000; count += 1) inbox.push(message(0));
  const started = performance.now();
  for (let count = 0; count < 250_000; count += 1) await inbox.next();
  // A fifth of a second here; twenty with a list that is moved up for every message.
  expect(performance.now() - started).toBeLessThan(5000);
  expect(inbox.unreadBytes).toBe(0);
});
