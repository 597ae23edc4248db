import { describe, expect, test } from "vitest";
import { FrameTap } from "../../src/ws/frame-tap.ts";
import { wsFrame } from "./helpers.ts";

const PINGS = [wsFrame(9), wsFrame(10, "abc"), wsFrame(9, "x".repeat(125), { mask: true })];

/** Feeds `octets` in pieces of `size`; true if any of them was life. */
function isLife(tap: FrameTap, octets: Buffer, size = octets.length): boolean {
  let life = false;
  for (let at = 0; at < octets.length; at += size) {
    life = tap.push(octets.subarray(at, at + size)) || life;
  }
  return life;
}

describe("[PW-WS-6, PW-WS-7] which octets are life", () => {
  test.each([1, 2, 3, 7, 1000])("pings and pongs are not, in reads of %i octets", (size) => {
    const tap = new FrameTap();
    for (let i = 0; i < 5; i += 1) expect(isLife(tap, Buffer.concat(PINGS), size)).toBe(false);
  });

  test.each([
    ["short", 100],
    ["with a 16-bit length", 1000],
    ["with a 64-bit length", 70_000],
  ])("every read of an unfinished message is, %s", (_what, length) => {
    for (const mask of [false, true]) {
      const tap = new FrameTap();
      const frame = wsFrame(2, Buffer.alloc(length), { mask });
      const last = frame.length - 1;
      for (let at = 0; at < last; at += 13) {
        expect(tap.push(frame.subarray(at, Math.min(at + 13, last)))).toBe(true);
      }
      // The last octet completes it: now the message tells for itself.
      expect(tap.push(frame.subarray(last))).toBe(false);
      expect(isLife(tap, wsFrame(9), 1)).toBe(false);
    }
  });

  test("a ping between two fragments is not, a fragment is", () => {
    const tap = new FrameTap();
    expect(tap.push(wsFrame(2, "a", { fin: false }))).toBe(true);
    expect(isLife(tap, Buffer.concat(PINGS), 1)).toBe(false);
    expect(tap.push(wsFrame(0, "", { fin: false }))).toBe(true);
    expect(tap.push(wsFrame(0, "b"))).toBe(false);
  });

  test("a message and the beginning of a ping in one read leave nothing open", () => {
    const tap = new FrameTap();
    expect(tap.push(Buffer.concat([wsFrame(2, "whole"), wsFrame(9, "ping").subarray(0, 3)]))).toBe(
      false,
    );
    expect(tap.push(wsFrame(9, "ping").subarray(3))).toBe(false);
    expect(tap.push(wsFrame(2, "whole").subarray(0, 1))).toBe(true);
  });

  test("it knows how long a message says it is, and when the peer has closed", () => {
    const tap = new FrameTap();
    tap.push(wsFrame(2, "abc", { fin: false }));
    tap.push(wsFrame(9, "12345"));
    tap.push(wsFrame(0, Buffer.alloc(70_000)).subarray(0, 10));
    expect(tap.messageBytes).toBe(70_003);
    tap.push(Buffer.alloc(70_000));
    expect(tap.messageBytes).toBe(0);
    expect(tap.closeSeen).toBe(false);
    expect(isLife(tap, wsFrame(8, "\x03\xe8"), 1)).toBe(false);
    expect(tap.closeSeen).toBe(true);
    expect(tap.push(wsFrame(2, "abc").subarray(0, 2))).toBe(false);
  });
});
