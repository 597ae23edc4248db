import { readFileSync } from "node:fs";
import { expect, test, vi } from "vitest";
import { CloseCode, type PulsewireError } from "../../src/core/index.ts";
import { type EndRecord, logEnds } from "../../src/diagnostics/index.ts";
import type { SessionOptions } from "../../src/driver/index.ts";
import { frames, published, uncaughtIn } from "./watched.ts";

/** What is logged of one session to which `play` happens. */
function logOf(
  play: (peer: ReturnType<typeof published>) => void,
  options: SessionOptions = {},
  all = true,
): EndRecord[] {
  const records: EndRecord[] = [];
  using _ = logEnds((record) => records.push(record), { all });
  play(published(options));
  return records;
}

/** What all records of a session on a scripted link have. */
const COMMON = {
  event: "pulsewire.session.end",
  endedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  transport: "scripted",
  remote: "the test",
  openForMs: expect.any(Number),
};
const BEATING = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };

test("a silent peer, with the evidence", () => {
  const records = logOf(({ link, clock }) => {
    link.sink.onFrame(frames.heartbeat(1000));
    clock.advance(5000);
  }, BEATING);
  expect(records).toEqual([
    {
      ...COMMON,
      severity: "warn",
      message: "scripted session with the test ended: the peer was silent for 1500 ms",
      kind: "peer-silent",
      byHeartbeat: true,
      heartbeatTimeMs: 1000,
      peerHeartbeatTimeMs: 1000,
      silentForMs: 1500,
      lastHeartbeatAgoMs: 1500,
      heartbeatSlackTimeMs: 500,
      lateByMs: 0,
      probedAgoMs: 250,
      pardoned: false,
      extensions: 0,
    },
  ]);
});

test("a transport that takes nothing", () => {
  const records = logOf(({ link, clock }) => {
    link.room = false;
    link.sink.onFrame(frames.heartbeat(1000));
    for (let at = 0; at < 10; at += 1) {
      clock.advance(500);
      link.sink.onOctets();
    }
  }, BEATING);
  expect(records).toMatchObject([
    { severity: "warn", kind: "outbound-blocked", byHeartbeat: true, blockedForMs: 1500 },
  ]);
});

test.each<[string, (peer: ReturnType<typeof published>) => void, object]>([
  [
    "a Close of the peer's that says timeout",
    ({ link }) => link.sink.onFrame(frames.close(CloseCode.HEARTBEAT_TIMEOUT, "silent for 7 s")),
    {
      severity: "warn",
      message: "scripted session with the test ended: closed by the peer, HEARTBEAT_TIMEOUT",
      kind: "closed",
      byHeartbeat: true,
      closedBy: "remote",
      code: 3,
      codeName: "HEARTBEAT_TIMEOUT",
      reason: "silent for 7 s",
    },
  ],
  [
    "another Close of the peer's",
    ({ link }) => link.sink.onFrame(frames.close(4711, "\u001b[2Jgo", 5000)),
    {
      severity: "info",
      message: "scripted session with the test ended: closed by the peer, CODE_4711",
      kind: "closed",
      byHeartbeat: false,
      closedBy: "remote",
      code: 4711,
      codeName: "CODE_4711",
      reason: "\u001b[2Jgo",
      retryAfterMs: 5000,
    },
  ],
  [
    "a close of one's own",
    ({ session, link }) => {
      session.close();
      link.sink.onClose({ kind: "local" });
    },
    {
      severity: "info",
      message: "scripted session with the test ended: closed by the application, NORMAL",
      kind: "closed",
      byHeartbeat: false,
      closedBy: "local",
      code: 1,
      codeName: "NORMAL",
    },
  ],
  [
    "the end of the stream",
    ({ link }) => link.sink.onClose({ kind: "peer-closed" }),
    {
      severity: "info",
      message:
        "scripted session with the test ended: the peer ended the connection without a Close",
      kind: "peer-closed",
      byHeartbeat: false,
    },
  ],
  [
    "a broken rule",
    ({ link }) => link.sink.onFrame(new Uint8Array()),
    {
      severity: "warn",
      message: "scripted session with the test ended: the peer broke the protocol, PROTOCOL_ERROR",
      kind: "protocol-error",
      byHeartbeat: false,
      code: 4,
      codeName: "PROTOCOL_ERROR",
      detail: expect.stringContaining("version"),
    },
  ],
  [
    "no version in common",
    ({ link }) => link.sink.onFrame(new Uint8Array([0x08, 0x63, 0x12, 0x02, 0x38, 0x62])),
    {
      severity: "warn",
      message: "scripted session with the test ended: no version in common",
      kind: "unsupported-version",
      byHeartbeat: false,
      peerLowestVersion: expect.any(Number),
      peerHighestVersion: 99,
    },
  ],
  [
    "a transport that failed",
    ({ link }) => {
      const cause = new TypeError("read ECONNRESET", { cause: new Error("password=hunter2") });
      link.sink.onClose({ kind: "lost", cause });
    },
    {
      severity: "warn",
      message: "scripted session with the test ended: the transport failed",
      kind: "link-lost",
      byHeartbeat: false,
      cause: "TypeError: read ECONNRESET",
    },
  ],
  [
    "an abort",
    ({ session }) => session.abort({ token: "secret" }),
    {
      severity: "info",
      message: "scripted session with the test ended: aborted by the application",
      kind: "aborted",
      byHeartbeat: false,
      reason: "(object)",
    },
  ],
])("%s", (_, play, expected) => {
  expect(logOf(play)).toEqual([{ ...COMMON, ...expected }]);
  const byHeartbeat = "byHeartbeat" in expected && expected.byHeartbeat === true;
  expect(logOf(play, {}, false)).toHaveLength(byHeartbeat ? 1 : 0);
});

test("is flat, the same after JSON, bounded, and holds nothing of the messages", () => {
  const [record] = logOf(({ session, link }) => {
    session.send("a secret of the application");
    link.sink.onFrame(frames.close(1, "r".repeat(100_000)));
  });
  expect(JSON.parse(JSON.stringify(record))).toEqual(record);
  for (const value of Object.values(record ?? {})) {
    expect(["string", "number", "boolean"]).toContain(typeof value);
  }
  const line = JSON.stringify(record);
  expect(line).not.toContain("secret");
  expect(line.length).toBeLessThan(1500);
});

test("of a session that was open before it says everything but for how long", () => {
  const peer = published(BEATING);
  const records: EndRecord[] = [];
  using _ = logEnds((record) => records.push(record));
  peer.clock.advance(5000);
  expect(records).toHaveLength(1);
  expect(records[0]).not.toHaveProperty("openForMs");
});

test("writes nothing after it was told to stop", () => {
  const write = vi.fn();
  const log = logEnds(write, { all: true });
  published().session.abort();
  log.unsubscribe();
  published().session.abort();
  expect(write).toHaveBeenCalledTimes(1);
});

test("a write that throws is an uncaught exception, and the session has ended all the same", async () => {
  const caught = await uncaughtIn(() => {
    using _ = logEnds(() => {
      throw new Error("the disk is full");
    });
    const { clock, session } = published(BEATING);
    clock.advance(5000);
    expect(session.state).toBe("ended");
  });
  expect(caught.map(String)).toEqual(["Error: the disk is full"]);
});

test.each([undefined, "console.log", {}])("does not take %s for a function", (write) => {
  const call = () => logEnds(write as never);
  expect(call).toThrow(
    expect.objectContaining({ code: "PW_CONFIG" } satisfies Partial<PulsewireError>),
  );
});

test("docs/observability.md has a row for each field", () => {
  const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const section = page.split("### Fields")[1]?.split("\n## ")[0] ?? "";
  const rows = [...section.matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = ""]) =>
    names.replaceAll("`", "").split(", "),
  );
  const source = readFileSync(
    new URL("../../src/diagnostics/end-record.ts", import.meta.url),
    "utf8",
  );
  const body = /interface EndRecord \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? "";
  const fields = [...body.matchAll(/readonly (\w+)\??:/g)].map(([, name]) => name);
  expect(fields.length).toBeGreaterThan(20);
  expect(rows).toEqual(fields);
});
