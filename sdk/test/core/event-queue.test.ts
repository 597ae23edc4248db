import { expect, test } from "vitest";
import { EventQueue } from "../../src/core/event-queue.ts";

const message = (octet: number) => ({ type: "message", data: Uint8Array.of(octet) });
const suspect = (silentForMs: number) => ({ type: "suspect", silentForMs }) as const;

test("what happened comes out in its order, however it is mixed with polling", () => {
  const queue = new EventQueue();
  for (let round = 0; round < 3; round += 1) {
    queue.pushMessage(Uint8Array.of(1));
    queue.push(suspect(2));
    queue.pushMessage(Uint8Array.of(3));
    expect(queue.take()).toEqual(message(1));
    expect(queue.take()).toEqual(suspect(2));
    queue.push(suspect(4));
    for (let n = 5; n < 300; n += 1) queue.push(suspect(n));
    expect(queue.take()).toEqual(message(3));
    for (let n = 4; n < 300; n += 1) expect(queue.take()).toEqual(suspect(n));
    expect(queue.take()).toBeUndefined();
    expect(queue.take()).toBeUndefined();
  }
});

test("a message is taken by itself only if it is the first", () => {
  const queue = new EventQueue();
  expect(queue.takeMessage()).toBeUndefined();
  queue.pushMessage(Uint8Array.of(1));
  expect(queue.takeMessage()).toEqual(Uint8Array.of(1));
  expect(queue.take()).toBeUndefined();
  queue.push(suspect(2));
  queue.pushMessage(Uint8Array.of(3));
  expect(queue.takeMessage()).toBeUndefined();
  expect([queue.take(), queue.take()]).toEqual([suspect(2), message(3)]);
});
