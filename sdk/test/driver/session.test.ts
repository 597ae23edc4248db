import { describe, expect, test, vi } from "vitest";
import {
  CloseCode,
  type CloseReason,
  decodeFrame,
  encodeFrame,
  type Frame,
  PulsewireError,
} from "../../src/core/index.ts";
import { Session, type SessionEvent, type SessionOptions } from "../../src/driver/index.ts";
import { driverWorld, noticed, pair, ScriptedLink, scripted, text } from "./world.ts";

const heartbeat = (heartbeatTimeMs?: number) =>
  encodeFrame({ version: 1, body: "heartbeat", heartbeat: { heartbeatTimeMs } });
const data = (length: number) =>
  encodeFrame({ version: 1, body: "data", data: new Uint8Array(length), more: false });
const bodies = (link: ScriptedLink) =>
  link.frames.map((octets) => (decodeFrame(octets) as Frame).body);

describe("the end", () => {
  test("closed resolves and the signal aborts, once, with the end", async () => {
    const { a, b, clock } = pair({}, {});
    let aborts = 0;
    a.signal.addEventListener("abort", () => {
      aborts += 1;
    });
    expect(a.signal).toBe(a.signal);
    const closed = a.closed;
    b.close({ code: CloseCode.GOING_AWAY, reason: "off" });
    clock.advance(100);
    const end = { kind: "closed", by: "remote", code: 2, reason: "off" };
    expect(await closed).toEqual(end);
    expect(await a.closed).toEqual(end);
    expect([a.end, a.state, aborts]).toEqual([end, "ended", 1]);
    expect(a.signal.reason).toBeInstanceOf(PulsewireError);
    expect(a.signal.reason).toMatchObject({ code: "PW_ENDED", side: "remote", end });
    expect(b.end).toMatchObject({ kind: "closed", by: "local" });
    expect(b.signal.aborted).toBe(true); // asked for after the end
    expect(b.signal.reason).toMatchObject({ side: "local" });
  });

  test("close resolves with the end, and so does leaving a block", async () => {
    const { a, b, clock } = pair();
    const closing = a.close({ reason: "done" });
    const disposing = b[Symbol.asyncDispose]();
    clock.advance(100);
    expect(await closing).toMatchObject({ kind: "closed", by: "local", reason: "done" });
    await disposing;
    expect(() => a.close({ code: 0 })).toThrow("PW_CONFIG");
  });

  test("abort is at once, its reason is kept, and both sides know", async () => {
    const { a, b, clock } = pair();
    a.abort("enough");
    expect(a.end).toEqual({ kind: "aborted", reason: "enough" });
    expect(a.signal.reason).toMatchObject({ side: "local" });
    clock.advance(100);
    expect(b.end?.kind).toBe("link-lost");
    a.abort("again");
    expect(a.end).toEqual({ kind: "aborted", reason: "enough" });
  });

  test.each([
    ["closed", (s: Session) => void s.close()],
    ["aborted", (s: Session) => s.abort()],
  ])("no timer is left once both are %s", (_, finish) => {
    const { a, b, clock } = pair({ heartbeatTimeMs: 1000 });
    clock.advance(5000);
    expect(clock.timers).toBe(1);
    finish(a);
    clock.advance(100);
    expect(b.end).toBeDefined();
    expect([clock.timers, clock.nextAt]).toEqual([0, undefined]);
  });

  test("PW-LIV-6: a silent peer: said once, aborted, and nothing left", () => {
    const { link, clock, events, session } = scripted({ heartbeatTimeMs: 1000 });
    clock.advance(2999.9);
    expect(session.end).toBeUndefined();
    clock.advance(0.1);
    expect(session.end).toMatchObject({ kind: "peer-silent", evidence: { silentForMs: 3000 } });
    expect(bodies(link).at(-1)).toBe("close");
    expect(link.calls).toEqual(["abort 3"]);
    link.sink.onClose({ kind: "local" });
    expect(events.filter(({ type }) => type === "ended")).toHaveLength(1);
    expect(clock.timers).toBe(0);
  });

  test("PW-CLS-8: a link that does not close is aborted after closeTimeoutMs", () => {
    const { link, clock, session } = scripted();
    session.close();
    clock.advance(1999);
    expect([link.calls, session.state]).toEqual([["close 1"], "closing"]);
    clock.advance(1);
    expect([link.calls, session.state]).toEqual([["close 1", "abort 1"], "ended"]);
  });

  test("after the peer's end sending is false and does nothing: it is no mistake of the caller's", async () => {
    const { session, link } = scripted();
    link.sink.onClose({ kind: "peer-closed" });
    expect(session.send("x")).toBe(false);
    await session.drained();
    session.probe();
    expect(link.frames).toEqual([]);
  });

  test("after one's own end sending is refused with the end", () => {
    const { session, link } = scripted();
    session.abort("enough");
    try {
      session.send("x");
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: "PW_ENDED", end: { kind: "aborted" } });
    }
    expect(link.frames).toEqual([]);
  });

  test.each([
    ["heartbeatTime", 5000],
    ["hearbeatTimeMs", 5000],
    ["slackMs", 100],
    ["onEvent", "log"],
  ])("an option that is none, %s, is refused", (name, value) => {
    expect(() => scripted({ [name]: value } as SessionOptions)).toThrow(/^\[PW_CONFIG\]/);
  });

  test.each([null, "bye", { reason: 5 }])("close(%o) is refused", (reason) => {
    const { session } = scripted();
    expect(() => session.close(reason as CloseReason)).toThrow(/^\[PW_CONFIG\]/);
    expect(session.state).toBe("open");
  });
});

describe("messages", () => {
  test("text and octets arrive in order, also long ones; the loop ends with the session", async () => {
    const { a, b, clock } = pair();
    a.send("pulse");
    a.send(new Uint8Array());
    a.send(new Uint8Array(200_000).fill(7));
    const received: string[] = [];
    const reading = (async () => {
      for await (const message of b) received.push(`${message.length} ${message[0]}`);
    })();
    clock.advance(100);
    a.close();
    clock.advance(100);
    await reading;
    expect(received).toEqual(["5 112", "0 undefined", "200000 7"]);
  });

  test("leaving the loop leaves the session open; what waits can be read after the end", async () => {
    const { a, b, clock } = pair();
    for (const word of ["one", "two", "three"]) a.send(word);
    clock.advance(100);
    for await (const message of b) {
      expect(text(message)).toBe("one");
      break;
    }
    expect(b.state).toBe("open");
    a.close();
    clock.advance(100);
    expect(b.end).toBeDefined();
    const rest: string[] = [];
    for await (const message of b) rest.push(text(message));
    expect(rest).toEqual(["two", "three"]);
  });

  test("what is neither text nor octets is refused", () => {
    const { session } = scripted();
    expect(() => session.send(5 as unknown as string)).toThrow(
      "[PW_CONFIG] send takes a Uint8Array or a string; got number",
    );
  });

  test("send is false and drained waits while the transport has no room", async () => {
    const { session, link } = scripted();
    expect(session.send("x")).toBe(true);
    await session.drained();
    link.room = false;
    expect(session.send("y")).toBe(false);
    expect(session.send("z")).toBe(false);
    expect([link.frames.length, session.unsentBytes]).toEqual([2, 1]);
    let drained = false;
    session.drained().then(() => {
      drained = true;
    });
    await noticed();
    expect(drained).toBe(false);
    link.room = true;
    link.sink.onDrain();
    await noticed();
    expect([drained, link.frames.length, session.unsentBytes]).toEqual([true, 3, 0]);
  });

  test("drained waits for the transport after the end too, for it holds octets that may still go out", async () => {
    for (const letGo of ["drained", "gone"]) {
      const { session, link } = scripted();
      link.room = false;
      session.send("x");
      let drained = false;
      const waiting = session.drained().then(() => {
        drained = true;
      });
      link.sink.onViolation(CloseCode.PROTOCOL_ERROR, "nonsense");
      await noticed();
      expect([session.end?.kind, drained], letGo).toEqual(["protocol-error", false]);
      link.room = true;
      if (letGo === "drained") link.sink.onDrain();
      else link.sink.onClose({ kind: "local" });
      await waiting;
      await session.drained();
    }
  });

  test("maxUnsentBytes refuses", () => {
    const { session, link } = scripted({ maxUnsentBytes: 3 });
    link.room = false;
    for (const word of ["gone", "two", "x"]) {
      if (word === "x") expect(() => session.send(word)).toThrow("PW_UNSENT_LIMIT");
      else session.send(word);
    }
  });
});

describe("unread data", () => {
  test("PW-LIM-5, PW-LIV-9: at the limit the link pauses and so does the deadline; both resume at half", async () => {
    const { session, link, clock } = scripted({ heartbeatTimeMs: 1000, maxUnreadBytes: 1000 });
    for (let count = 1; count <= 3; count += 1) link.sink.onFrame(data(300));
    expect(link.calls).toEqual(["pause"]);
    link.sink.onFrame(data(300)); // was read already
    clock.advance(60_000);
    expect([session.state, link.calls]).toEqual(["open", ["pause"]]);
    const reader = session[Symbol.asyncIterator]();
    await reader.next();
    await reader.next();
    expect(link.calls).toEqual(["pause"]);
    await reader.next();
    expect(link.calls).toEqual(["pause", "resume"]);
    clock.advance(2999);
    expect(session.state).toBe("suspect");
    clock.advance(1);
    expect(session.end?.kind).toBe("peer-silent");
  });

  test("the data waits in the pipe, and the peer feels it", async () => {
    const { a, b, clock } = pair(
      {},
      { maxUnreadBytes: 1000 },
      { latencyMs: 1, highWaterMark: 1000 },
    );
    let sent = 0;
    while (a.send(new Uint8Array(100).fill(sent)) && sent < 10_000) {
      sent += 1;
      clock.advance(5);
    }
    expect(sent).toBeLessThan(40);
    const reader = b[Symbol.asyncIterator]();
    for (let next = 0; next <= sent; next += 1) {
      const message = await reader.next();
      expect(message.value?.[0]).toBe(next);
      clock.advance(5);
    }
    await a.drained();
  });

  test("PW-LIM-5: a transport that cannot pause ends", () => {
    const { session, link, events } = scripted({ maxUnreadBytes: 100 });
    link.pausable = false;
    link.sink.onFrame(data(200));
    expect(session.end).toMatchObject({ kind: "protocol-error", code: CloseCode.UNREAD_LIMIT });
    expect(bodies(link)).toEqual(["close"]);
    expect(link.calls).toEqual(["pause", "close 10"]);
    expect(events.at(-1)?.type).toBe("ended");
  });

  test("the end resumes the link, so that it sees its own end", () => {
    const { session, link } = scripted({ maxUnreadBytes: 100 });
    link.sink.onFrame(data(200));
    link.sink.onFrame(encodeFrame({ version: 1, body: "close", close: { code: 1, reason: "" } }));
    expect(session.state).toBe("ended");
    expect(link.calls).toEqual(["pause", "close 1", "resume"]);
  });

  test("closing resumes the link: only who reads sees that the peer has closed too", async () => {
    const { a, b, clock } = pair({}, { maxUnreadBytes: 100 });
    for (let count = 0; count < 5; count += 1) a.send(new Uint8Array(100));
    clock.advance(100);
    b.close();
    clock.advance(100);
    expect(b.end).toMatchObject({ kind: "closed", by: "local" });
    const reader = b[Symbol.asyncIterator]();
    expect(await reader.next()).toMatchObject({ done: false });
    expect(clock.timers).toBe(0);
  });
});

describe("time", () => {
  test("both adopt, both beat, nobody dies, and it takes one timer", () => {
    const { a, b, clock } = pair({ heartbeatTimeMs: 1000 });
    clock.advance(600_000);
    expect([a.state, b.state]).toEqual(["open", "open"]);
    expect([a.heartbeatTimeMs, b.heartbeatTimeMs, b.peerHeartbeatTimeMs]).toEqual([
      1000, 1000, 1000,
    ]);
    expect(a.rttMs).toBeCloseTo(20, 1);
    expect([a.transport, a.remote]).toEqual(["memory", "memory:b"]);
    expect(clock.timers).toBe(1);
  });

  test("receiving touches no timer", () => {
    const world = driverWorld();
    const schedule = vi.spyOn(world.clock, "schedule");
    const { link, clock } = scripted({ heartbeatTimeMs: 10_000 }, world);
    link.sink.onFrame(heartbeat(10_000));
    const before = schedule.mock.calls.length;
    for (let count = 0; count < 1000; count += 1) {
      clock.advance(1);
      link.sink.onFrame(data(1));
      link.sink.onOctets();
    }
    expect(schedule.mock.calls.length).toBe(before);
  });

  test("PW-CLK-2: a stall of our own kills nobody: what waited is read first", () => {
    const { a, b, clock } = pair({ heartbeatTimeMs: 1000 });
    clock.advance(5000);
    // Both are of one process here; a scripted peer that beat meanwhile is the next test's.
    clock.stall(10_000);
    clock.advance(60_000);
    expect([a.end, b.end]).toEqual([undefined, undefined]);
  });

  test("PW-CLK-2, PW-CLK-3: heartbeats that wait are life; without any, one probe and one slack", () => {
    const world = driverWorld();
    const beating = scripted({ heartbeatTimeMs: 1000 }, world);
    const silent = scripted({ heartbeatTimeMs: 1000 }, world);
    const { clock } = world;
    clock.network.schedule(5000, () => beating.link.sink.onFrame(heartbeat(1000)));
    clock.stall(10_000);
    expect(beating.types()).not.toContain("pardoned");
    expect(silent.types()).toContain("pardoned");
    expect(silent.session.state).toBe("suspect");
    clock.advance(1999);
    expect(silent.session.end).toBeUndefined();
    clock.advance(1);
    expect(silent.session.end).toMatchObject({ kind: "peer-silent", evidence: { pardoned: true } });
  });

  test("PW-CLK-5: after a sleep of the machine the peer is probed", () => {
    const { clock, link, types } = scripted({ heartbeatTimeMs: 1000 });
    clock.suspend(3_600_000);
    clock.advance(1000);
    expect(types()).toContain("suspended");
    const last = decodeFrame(link.frames.at(-1) ?? new Uint8Array()) as Frame;
    expect(last).toMatchObject({ heartbeat: { replyRequested: true } });
  });

  test("PW-OUT-1: a transport that takes nothing is found in max(E, P) + slack, not twice that", () => {
    const { clock, link, session } = scripted({
      heartbeatTimeMs: 1000,
      peerHeartbeats: "optional",
    });
    link.taken = 100;
    link.room = false;
    session.send("x"); // the last thing it takes
    clock.advance(840 + 2999);
    expect(session.end).toBeUndefined();
    clock.advance(1);
    expect(session.end).toEqual({ kind: "outbound-blocked", blockedForMs: 3000 });
    expect(link.calls).toEqual(["abort 11"]);
  });

  test("PW-OUT-1: what it took before it was blocked is no progress", () => {
    const { clock, link, session } = scripted();
    link.taken = 100;
    link.room = false;
    session.send("x");
    link.sink.onFrame(heartbeat(1000)); // adopted, and the announcement has to wait
    for (let waited = 0; waited < 3000; waited += 500) {
      expect(session.end).toBeUndefined();
      clock.advance(500);
      link.sink.onOctets(); // the peer lives: only our way out is blocked
    }
    expect(session.end).toEqual({ kind: "outbound-blocked", blockedForMs: 3000 });
  });

  test("PW-OUT-2: one that takes a little now and then is alive", () => {
    const { clock, link, session } = scripted({
      heartbeatTimeMs: 1000,
      peerHeartbeats: "optional",
    });
    link.room = false;
    session.send("x");
    for (let second = 0; second < 100; second += 1) {
      clock.advance(1000);
      link.taken += 1;
    }
    expect(session.end).toBeUndefined();
    clock.advance(6000);
    expect(session.end?.kind).toBe("outbound-blocked");
  });
});

describe("events", () => {
  test("come in order, with the session, from the opening to the end", () => {
    const sessions = new Set<Session>();
    const types: string[] = [];
    const { link, session } = scripted({
      heartbeatTimeMs: 2000,
      onEvent: (event, of) => {
        types.push(event.type);
        sessions.add(of);
      },
    });
    link.sink.onFrame(heartbeat(1000));
    link.sink.onFrame(encodeFrame({ version: 1, body: "close", close: { code: 1, reason: "" } }));
    expect(types).toEqual([
      "open",
      "heartbeat-sent",
      "heartbeat-received",
      "adopted",
      "heartbeat-sent",
      "ended",
    ]);
    expect([...sessions]).toEqual([session]);
  });

  test("a handler that throws is an uncaught exception, and the session goes on", async () => {
    const caught: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => caught.push(error));
    try {
      const { session, link } = scripted({
        onEvent: (event) => {
          throw new Error(event.type);
        },
      });
      link.sink.onFrame(heartbeat(5000));
      await noticed();
      expect(session.heartbeatTimeMs).toBe(5000);
      expect(bodies(link)).toEqual(["heartbeat"]);
      session.abort();
      expect((await session.closed).kind).toBe("aborted");
      await noticed();
      expect(caught.map((error) => (error as Error).message)).toEqual([
        "open",
        "heartbeat-received",
        "adopted",
        "heartbeat-sent",
        "ended",
      ]);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });

  test("a handler may send, probe, close and abort", () => {
    const act = (on: SessionEvent["type"], action: (session: Session) => void) =>
      scripted({
        heartbeatTimeMs: 2000,
        onEvent: (event, session) => {
          if (event.type === on) action(session);
        },
      });
    const sends = act("open", (session) => session.send("first"));
    expect(bodies(sends.link)).toEqual(["heartbeat", "data"]);
    const closes = act("heartbeat-received", (session) => void session.close());
    closes.link.sink.onFrame(heartbeat(1000));
    expect(bodies(closes.link)).toEqual(["heartbeat", "heartbeat", "close"]);
    expect(closes.link.calls).toEqual(["close 1"]);
    const aborts = act("heartbeat-received", (session) => session.abort());
    aborts.link.sink.onFrame(heartbeat(5000));
    expect(aborts.link.calls).toEqual(["abort 2"]);
    expect(aborts.session.state).toBe("ended");
    const probes = act("open", (session) => session.probe());
    expect(bodies(probes.link)).toEqual(["heartbeat", "heartbeat"]);
  });

  test("a link that calls back within a call does no harm", () => {
    const world = driverWorld();
    const link = new ScriptedLink();
    link.send = (frame) => {
      link.frames.push(frame);
      if (link.frames.length === 1) link.sink.onFrame(heartbeat(1000));
      return true;
    };
    link.abort = () => link.sink.onClose({ kind: "local" });
    const session = Session.open(link, { heartbeatTimeMs: 1000 }, world.runtime);
    expect(session.heartbeatTimeMs).toBe(1000);
    expect(bodies(link)).toEqual(["heartbeat"]);
    session.abort();
    expect(session.end?.kind).toBe("aborted");
    expect(world.clock.timers).toBe(0);
  });

  test("a wrong option is refused, and the link is left as it was", () => {
    const link = new ScriptedLink();
    const open = () => Session.open(link, { heartbeatTimeMs: 1 }, driverWorld().runtime);
    expect(open).toThrow("PW_CONFIG");
    expect([link.calls, link.frames]).toEqual([[], []]);
    expect(() => link.sink).toThrow("not started");
  });
});

describe("silentForMs", () => {
  test("counts from the opening, from each octet, and stands still after the end", () => {
    const { link, clock, session } = scripted({ heartbeatTimeMs: 1000 });
    clock.advance(400);
    expect(session.silentForMs).toBe(400);
    link.sink.onOctets();
    expect(session.silentForMs).toBe(0);
    clock.advance(2999);
    expect(session.silentForMs).toBe(2999);
    clock.advance(1);
    expect(session.end).toMatchObject({ kind: "peer-silent", evidence: { silentForMs: 3000 } });
    clock.advance(5000);
    link.sink.onFrame(heartbeat(1000));
    expect(session.silentForMs).toBe(3000);
  });

  test("PW-LIV-9: time in which this side did not read is left out", async () => {
    const { link, clock, session } = scripted({ heartbeatTimeMs: 1000, maxUnreadBytes: 10 });
    link.sink.onFrame(data(10));
    clock.advance(300);
    expect([link.calls, session.silentForMs]).toEqual([["pause"], 0]);
    await session[Symbol.asyncIterator]().next();
    clock.advance(50);
    expect(session.silentForMs).toBe(50);
  });
});

test("heartbeats of many sessions leave in few turns, and each at its time", () => {
  const world = driverWorld();
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  const runtime = { ...world.runtime, random };
  const turns = new Set<number>();
  const gaps: number[] = [];
  for (let left = 300; left > 0; left -= 1) {
    world.clock.advance(random() * 50);
    let last = world.clock.now();
    scripted(
      {
        heartbeatTimeMs: 5000,
        peerHeartbeats: "optional",
        onEvent: (event) => {
          if (event.type !== "heartbeat-sent" || event.cause !== "cadence") return;
          const now = world.clock.now();
          gaps.push(now - last);
          last = now;
          turns.add(now);
        },
      },
      { clock: world.clock, runtime },
    );
  }
  world.clock.advance(60_000);
  expect(gaps.length).toBeGreaterThan(300 * 12);
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(3750);
  expect(Math.max(...gaps)).toBeLessThanOrEqual(4750);
  // Without the grid nearly each would have had a turn of its own.
  expect(turns.size).toBeLessThanOrEqual(700);
});
