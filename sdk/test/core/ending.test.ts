import { beforeEach, expect, test } from "vitest";
import { decodeFrame, encodeFrame } from "../../src/core/codec.ts";
import { type CloseReason, Ending } from "../../src/core/ending.ts";
import type { Close } from "../../src/core/frame.ts";

let ending = new Ending(2000);
beforeEach(() => {
  ending = new Ending(2000);
});
const goingAway = { code: 2, reason: "aborted" };
const protocolError = { kind: "protocol-error", code: 4, detail: "x" } as const;

test("PW-CLS-10: closing says NORMAL unless told otherwise, and ends when the link is gone", () => {
  ending.close({}, 10);
  expect([ending.isClosing, ending.hasClose, ending.isSilenced]).toEqual([true, true, false]);
  expect(ending.takeClose()).toEqual({ code: 1, reason: "", retryAfterMs: undefined });
  expect([ending.hasClose, ending.isSilenced]).toEqual([false, true]); // PW-CLS-2
  expect(ending.takeClose()).toBeUndefined();
  expect(ending.takeLinkAction()).toEqual({ action: "close", code: 1, reason: "" });
  expect(ending.takeLinkAction()).toBeUndefined();
  expect(ending.end).toBeUndefined();
  ending.linkClosed({ kind: "local" }, 20);
  expect(ending.end).toEqual({ kind: "closed", by: "local", code: 1, reason: "" });
  expect(ending.isClosing).toBe(false);
});

test("code, reason and retryAfterMs go out and into the end", () => {
  ending.close({ code: 5000, reason: "later", retryAfterMs: 30_000 }, 0);
  expect(ending.takeClose()).toEqual({ code: 5000, reason: "later", retryAfterMs: 30_000 });
  ending.linkClosed({ kind: "peer-closed" }, 1);
  expect(ending.end).toEqual({
    kind: "closed",
    by: "local",
    code: 5000,
    reason: "later",
    retryAfterMs: 30_000,
  });
});

test("a second close changes nothing", () => {
  ending.close({ reason: "first" }, 0);
  ending.close({ reason: "second" }, 1500);
  expect(ending.deadline(0)).toBe(2000);
  expect(ending.takeClose()?.reason).toBe("first");
  ending.close({ reason: "third" }, 1600);
  expect(ending.takeClose()).toBeUndefined();
});

test.each<[CloseReason, string]>([
  [{ code: 0 }, "code of a close must be a whole number from 1 to 2147483647; got 0"],
  [{ code: 2 ** 31 }, "got 2147483648"],
  [{ code: 1.5 }, "got 1.5"],
  [{ retryAfterMs: -1 }, "retryAfterMs of a close must be a whole number from 0 to 4294967295"],
  [{ retryAfterMs: 2 ** 32 }, "got 4294967296"],
])("%o is refused", (reason, message) => {
  expect(() => ending.close(reason, 0)).toThrow(message);
  expect(ending.isClosing).toBe(false);
});

test.each<[CloseReason]>([
  [{ code: 1, retryAfterMs: 0 }],
  [{ code: 2 ** 31 - 1, retryAfterMs: 2 ** 32 - 1 }],
])("%o is accepted", (reason) => {
  ending.close(reason, 0);
  expect(ending.takeClose()).toMatchObject(reason);
});

test.each([
  ["a".repeat(512), "a".repeat(512)],
  ["a".repeat(513), `${"a".repeat(509)}…`],
  ["é".repeat(256), "é".repeat(256)],
  ["é".repeat(257), `${"é".repeat(254)}…`],
  ["€".repeat(170), "€".repeat(170)],
  ["€".repeat(171), `${"€".repeat(169)}…`],
  ["😀".repeat(128), "😀".repeat(128)],
  ["😀".repeat(129), `${"😀".repeat(127)}…`],
  [`a${"😀".repeat(128)}`, `a${"😀".repeat(127)}…`],
])(
  "PW-CLS-6: a reason has at most 512 octets, and all of them can be used (case %#)",
  (given, sent) => {
    ending.close({ reason: given }, 0);
    const close = ending.takeClose();
    expect(close?.reason).toBe(sent);
    expect(new TextEncoder().encode(close?.reason).length).toBeLessThanOrEqual(512);
    const other = new Ending(1);
    other.say({ code: 4, reason: given }, protocolError, 0);
    expect(other.takeClose()?.reason).toBe(sent);
  },
);

test("PW-CLS-6: half a character in a reason does not make the Close malformed", () => {
  ending.close({ reason: "😀 cut: 😀".slice(0, -1) }, 0);
  const close = ending.takeClose();
  expect(close?.reason).toBe("😀 cut: \ufffd");
  const octets = encodeFrame({ version: 1, body: "close", close: close as Close });
  expect(decodeFrame(octets)).toMatchObject({ body: "close", close });
});

test("the peer is at fault: the end is known at once, and Close says why", () => {
  ending.say({ code: 4, reason: "x" }, protocolError, 5);
  expect(ending.end).toBe(protocolError);
  expect([ending.isClosing, ending.isSilenced, ending.hasClose]).toEqual([false, false, true]);
  expect(ending.deadline(0)).toBe(2005);
  expect(ending.takeClose()).toEqual({ code: 4, reason: "x" });
  expect(ending.takeLinkAction()).toEqual({ action: "close", code: 4, reason: "x" });
  ending.say({ code: 6, reason: "y" }, { kind: "peer-closed" }, 6);
  expect(ending.takeClose()).toBeUndefined();
  expect(ending.end).toBe(protocolError);
});

test("a peer at fault after our Close hears nothing more", () => {
  ending.close({}, 0);
  ending.takeClose();
  ending.say({ code: 4, reason: "x" }, protocolError, 5);
  expect(ending.end).toBe(protocolError);
  expect([ending.hasClose, ending.takeClose()]).toEqual([false, undefined]);
});

test("a peer at fault while our Close waits hears why, instead", () => {
  ending.close({}, 0);
  ending.say({ code: 4, reason: "x" }, protocolError, 5);
  expect(ending.takeClose()?.code).toBe(4);
});

test("PW-CLS-3, PW-CLS-5: the peer's Close ends it, 0 reads as NORMAL", () => {
  ending.heard({ code: 0, reason: "bye", retryAfterMs: 7 }, 0);
  expect(ending.end).toEqual({
    kind: "closed",
    by: "remote",
    code: 1,
    reason: "bye",
    retryAfterMs: 7,
  });
  expect(ending.isSilenced).toBe(true);
  expect(ending.takeLinkAction()).toEqual({ action: "close", code: 1, reason: "" });
  const unknown = new Ending(1);
  unknown.heard({ code: 4711, reason: "" }, 0);
  expect(unknown.end).toEqual({ kind: "closed", by: "remote", code: 4711, reason: "" });
});

test("both close at once: each side's own Close was first", () => {
  ending.close({ code: 2 }, 0);
  ending.heard({ code: 1, reason: "" }, 5);
  expect(ending.end).toMatchObject({ by: "local", code: 2 });
  expect(ending.takeClose()).toBeUndefined();
});

test("aborting waits for nobody and says nothing", () => {
  ending.close({}, 0);
  ending.abort({ kind: "aborted", reason: 7 }, goingAway, 1);
  expect(ending.end).toEqual({ kind: "aborted", reason: 7 });
  expect(ending.hasClose).toBe(false);
  expect(ending.takeLinkAction()).toEqual({ action: "abort", ...goingAway });
  expect(ending.takeLinkAction()).toBeUndefined();
  expect(ending.isSilenced).toBe(true);
  expect(ending.deadline(0)).toBeUndefined();
});

test("aborting after an end hurries the link and changes no end", () => {
  ending.heard({ code: 1, reason: "" }, 0);
  ending.abort({ kind: "aborted", reason: 7 }, goingAway, 1);
  expect(ending.end).toMatchObject({ kind: "closed", by: "remote" });
  expect(ending.takeLinkAction()).toMatchObject({ action: "abort" });
  expect(ending.takeLinkAction()).toBeUndefined();
});

test("what was said before an abort has its chance, and the link is asked one thing only", () => {
  ending.say({ code: 3, reason: "" }, protocolError, 0);
  ending.abort(protocolError, goingAway, 0);
  expect(ending.takeClose()?.code).toBe(3);
  expect(ending.takeLinkAction()).toMatchObject({ action: "abort" });
  expect(ending.takeLinkAction()).toBeUndefined();
});

test("what was said before an abort has no chance once the link is aborted", () => {
  ending.say({ code: 3, reason: "" }, protocolError, 0);
  ending.abort(protocolError, goingAway, 0);
  ending.takeLinkAction();
  expect(ending.takeClose()).toBeUndefined();
});

test.each([
  [{ kind: "peer-closed" }, { kind: "peer-closed" }], // PW-CLS-4
  [
    { kind: "peer-close-code", code: 2, reason: "off" },
    { kind: "closed", by: "remote", code: 2, reason: "off" },
  ],
  [{ kind: "local" }, { kind: "aborted", reason: undefined }],
] as const)("the link is gone: %o", (how, end) => {
  ending.linkClosed(how, 0);
  expect(ending.end).toEqual(end);
  expect([ending.isSilenced, ending.takeLinkAction(), ending.deadline(0)]).toEqual([
    true,
    undefined,
    undefined,
  ]);
  ending.abort({ kind: "aborted", reason: 1 }, goingAway, 1);
  expect(ending.takeLinkAction()).toBeUndefined();
});

test("the link is lost: with its cause", () => {
  const cause = new Error("ECONNRESET");
  ending.linkClosed({ kind: "lost", cause }, 0);
  expect(ending.end).toEqual({ kind: "link-lost", cause });
});

test("PW-CLS-9: the first end stands", () => {
  ending.linkClosed({ kind: "peer-closed" }, 0);
  ending.linkClosed({ kind: "lost", cause: new Error() }, 1);
  ending.heard({ code: 1, reason: "" }, 2);
  ending.close({}, 3);
  ending.giveUp(4);
  expect(ending.end).toEqual({ kind: "peer-closed" });
});

test("PW-CLS-8: the link has closeTimeoutMs after closing began, or after it last took anything", () => {
  expect(ending.deadline(500)).toBeUndefined();
  ending.close({}, 1000);
  expect(ending.deadline(500)).toBe(3000);
  expect(ending.deadline(1500)).toBe(3500);
  ending.giveUp(3500);
  expect(ending.end).toMatchObject({ kind: "closed", by: "local" });
  expect(ending.takeLinkAction()).toEqual({ action: "abort", code: 1, reason: "" });
  expect([ending.deadline(0), ending.isSilenced, ending.hasClose]).toEqual([
    undefined,
    true,
    false,
  ]);
});
