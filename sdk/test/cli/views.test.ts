import { describe, expect, it } from "vitest";
import { describeEnd, isOrderly } from "../../src/cli/evidence.ts";
import { toJson } from "../../src/cli/json-view.ts";
import { toLines } from "../../src/cli/terminal-view.ts";
import { showMessage } from "../../src/cli/text.ts";

const evidence = {
  silentForMs: 4001.2,
  lastHeartbeatAgoMs: 4001.2,
  heartbeatTimeMs: 2000,
  peerHeartbeatTimeMs: 2000,
  heartbeatSlackTimeMs: 2000,
  lateByMs: 1.2,
  probedAgoMs: 1000.4,
  pardoned: false,
  extensions: 0,
};
const plain = { color: false, quiet: false, numbered: true };
const at = new Date(2026, 0, 2, 3, 4, 5, 6);

describe("the view for people", () => {
  it("puts the evidence under an end by silence", () => {
    const end = { kind: "peer-silent", evidence } as const;
    expect(toLines({ type: "ended", session: 2, end }, at, plain)).toEqual([
      "03:04:05.006  #2  DOWN      the peer said nothing for 4.00 s",
      "                            allowed: 2 s + 2 s slack; judged 1.20 ms after that",
      "                            last heartbeat 4.00 s ago; probed 1.00 s ago, no answer",
    ]);
  });

  it("says when the peer's own promise counted, and when this side was late", () => {
    const end = {
      kind: "peer-silent",
      evidence: {
        ...evidence,
        peerHeartbeatTimeMs: 60_000,
        lastHeartbeatAgoMs: undefined,
        pardoned: true,
        extensions: 2,
      },
    } as const;
    const because = describeEnd(end).because.join("\n");
    expect(because).toContain("allowed: 1 min + 2 s slack, as the peer itself promised");
    expect(because).toContain("never sent a heartbeat");
    expect(because).toContain("had been late itself");
    expect(because).toContain("given more time: 2 times");
  });

  it("leaves heartbeats out if told to, and nothing else", () => {
    const beat = {
      type: "heartbeat-sent",
      session: 1,
      cause: "cadence",
      heartbeatTimeMs: 2000,
    } as const;
    const quiet = { ...plain, quiet: true };
    expect(toLines(beat, at, quiet)).toEqual([]);
    expect(toLines(beat, at, plain)).toEqual(["03:04:05.006  #1  → beat    2 s, it was time"]);
    const suspect = { type: "suspect", session: 1, silentForMs: 3000 } as const;
    expect(toLines(suspect, at, quiet)).toHaveLength(1);
  });

  it("lets no peer write to the terminal", () => {
    const text = "\u001b[2J\u001b]0;owned\u0007\r\nbell\u009b31m\u202e";
    const [line = ""] = toLines(
      { type: "message-received", session: 1, data: new TextEncoder().encode(text) },
      at,
      plain,
    );
    expect(line).not.toMatch(/\p{Cc}|\u202e/u);
    const end = { kind: "closed", by: "remote", code: 1, reason: "\u001b[31m" } as const;
    expect(describeEnd(end).what).not.toMatch(/\p{Cc}/u);
  });

  it("shows what is no text by its octets", () => {
    expect(showMessage(Uint8Array.of(0xff, 0x00, 0x10))).toBe("(3 octets) ff 00 10");
    expect(showMessage(new Uint8Array(0))).toBe("(empty message)");
    expect(showMessage(new TextEncoder().encode("x".repeat(5000)))).toContain("(5000 characters)");
  });
});

describe("the view for scripts", () => {
  it("is one object a line, with the time first", () => {
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const line = toJson({ type: "ended", session: 1, end: { kind: "link-lost", cause } }, 12.34567);
    expect(line).toBe(
      '{"atMs":12.346,"type":"ended","session":1,"end":{"kind":"link-lost","cause":{"name":"Error","message":"read ECONNRESET","code":"ECONNRESET"}}}',
    );
  });

  it("has text as text and anything else as base64", () => {
    const message = (data: Uint8Array) =>
      JSON.parse(toJson({ type: "message-received", session: 1, data }, 0));
    expect(message(new TextEncoder().encode("a\nb"))).toMatchObject({ bytes: 3, text: "a\nb" });
    expect(message(Uint8Array.of(0xff))).toMatchObject({ bytes: 1, base64: "/w==" });
  });

  it("names close codes", () => {
    const end = { kind: "closed", by: "remote", code: 2, reason: "" } as const;
    const line = toJson({ type: "ended", session: 1, end }, 0);
    expect(JSON.parse(line).end).toMatchObject({ code: 2, codeName: "GOING_AWAY" });
  });
});

describe("an end in good order", () => {
  it.each([
    [true, { kind: "closed", by: "local", code: 1, reason: "" }],
    [true, { kind: "closed", by: "remote", code: 2, reason: "" }],
    [false, { kind: "closed", by: "remote", code: 3, reason: "" }],
    [false, { kind: "peer-closed" }],
    [false, { kind: "peer-silent", evidence }],
    [false, { kind: "aborted", reason: undefined }],
  ] as const)("%s: %j", (expected, end) => {
    expect(isOrderly(end)).toBe(expected);
  });
});
