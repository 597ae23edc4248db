import { describe, expect, test } from "vitest";
import { noticed, pair, type ScriptedLink, scripted } from "./world.ts";

// Heartbeat and idle timeout in every mix. The third of the three, the system's keep-alive, has no
// part in virtual time: test/transports/combination.test.ts has all eight on sockets.
const heartbeat = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };
const idle = { idleTimeoutMs: 4000 };
const HOUR = 3_600_000;

const kind = (end: { readonly kind: string } | undefined) => end?.kind ?? "open";

describe.each([
  ["neither", {}, { quiet: "open", gone: "open" }],
  ["a heartbeat", heartbeat, { quiet: "open", gone: "peer-silent" }],
  ["an idle timeout", idle, { quiet: "idle", gone: "idle" }],
  ["both", { ...heartbeat, ...idle }, { quiet: "idle", gone: "peer-silent" }],
])("%s", (_, options, expected) => {
  test(`a peer that lives and has nothing to say: ${expected.quiet}`, () => {
    const { a, b, clock } = pair(options, {}, { latencyMs: 10 });
    clock.advance(HOUR);
    expect(kind(a.end)).toBe(expected.quiet);
    if (expected.quiet === "open") {
      expect(kind(b.end)).toBe("open");
      return;
    }
    expect(a.end).toEqual({ kind: "idle", idleForMs: 4000 });
    expect(b.end).toMatchObject({ kind: "closed", by: "remote", code: 1, reason: /^idle for/ });
    expect(clock.timers).toBe(0);
  });

  test("a peer that lives and has something to say now and then: open", async () => {
    const { a, b, clock } = pair(options, {}, { latencyMs: 10 });
    for (let sent = 0; sent < 20; sent += 1) {
      clock.advance(3900);
      (sent % 2 === 0 ? a : b).send("still needed");
    }
    expect([kind(a.end), kind(b.end)]).toEqual(["open", "open"]);
  });

  test(`a peer that is gone without a word: ${expected.gone}`, () => {
    const { session, clock } = scripted(options);
    clock.advance(HOUR);
    expect(kind(session.end)).toBe(expected.gone);
  });
});

test("PW-CLS-13: a message that waits in the transport is not idle, until drained() tells it is not", async () => {
  const { session, clock, link } = scripted(idle);
  link.room = false;
  expect(session.send("all of it is in the transport")).toBe(false);
  const drained = session.drained();
  clock.advance(HOUR);
  expect(kind(session.end)).toBe("open");
  link.sink.onDrain();
  await drained;
  clock.advance(3999);
  expect(kind(session.end)).toBe("open");
  clock.advance(1);
  expect(session.end).toEqual({ kind: "idle", idleForMs: 4000 });
});

test("an idle end is this side's own doing; who sends just then has made no mistake", async () => {
  const { session, clock, link } = scripted(idle);
  const closed = session.closed;
  clock.advance(4000);
  expect(session.end).toEqual({ kind: "idle", idleForMs: 4000 });
  expect(session.send("too late")).toBe(false);
  expect(session.signal.reason).toMatchObject({ code: "PW_ENDED", side: "local" });
  expect(await closed).toBe(session.end);
  expect((link as ScriptedLink).calls).toEqual(["close 1"]);
  link.sink.onClose({ kind: "local" });
  await noticed();
  expect(clock.timers).toBe(0);
});
