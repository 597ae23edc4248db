import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  CloseCode,
  Connection,
  type ConnectionConfig,
  encodeFrame,
  type Frame,
} from "../../src/core/index.ts";
import { arbitraries } from "../../src/testing/index.ts";
import { Harness } from "./harness.ts";

const opened = (config?: ConnectionConfig) => {
  const harness = new Harness(config);
  harness.take();
  harness.events = [];
  return harness;
};

describe("opening", () => {
  test("before it, nothing happens and nothing is sent", () => {
    const harness = new Harness({ heartbeatTimeMs: 5000 }, { open: false });
    harness.heartbeat(1000).data(Uint8Array.of(1)).closed();
    harness.act((connection, now) => {
      connection.handleOctets(now);
      connection.handleViolation(4, "x", now);
      connection.handleTimeout(now);
      connection.handlePause(now);
      connection.handleResume(now);
      connection.handleSuspend(now);
      connection.probe(now);
    });
    expect(harness.take()).toEqual([]);
    expect(harness.types()).toEqual([]);
    expect(harness.connection.state).toBe("new");
    expect(harness.connection.pollTimeout()).toBeUndefined();
    expect(harness.connection.isWaitingToSend).toBe(false);
    expect(() => harness.connection.sendData(new Uint8Array(), 0)).toThrow(
      "[PW_ENDED] nothing can be sent: the connection is new",
    );
  });

  test("PW-SND-1: a configured side beats at once", () => {
    const harness = new Harness({ heartbeatTimeMs: 5000 });
    expect(harness.take()).toEqual(["0 hb(5000)"]);
    expect(harness.events).toEqual([
      { type: "open" },
      { type: "heartbeat-sent", cause: "opening", heartbeatTimeMs: 5000 },
    ]);
    expect(harness.connection.state).toBe("open");
  });

  test("PW-SND-1: before any data, whatever else it has to send", () => {
    const harness = new Harness({ heartbeatTimeMs: 5000 }, { open: false });
    harness.writable = false;
    harness.act((connection, now) => connection.open(now));
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.writable = true;
    harness.now = 50;
    harness.act(() => {});
    expect(harness.take()).toEqual(["50 hb(5000)", "50 data(1)"]);
  });

  test("a passive side sends nothing and wants no timer", () => {
    const harness = new Harness();
    expect(harness.take()).toEqual([]);
    expect(harness.types()).toEqual(["open"]);
    expect(harness.connection.pollTimeout()).toBeUndefined();
  });

  test("twice is refused", () => {
    const harness = new Harness();
    expect(() => harness.connection.open(1)).toThrow("[PW_CONFIG] open() was called twice");
  });

  test("the configuration is refused at once, and can be read", () => {
    expect(() => new Connection({ heartbeatTimeMs: 1 }, () => 0)).toThrow("PW_CONFIG");
    expect(new Connection(undefined, () => 0).config.heartbeatSlackTimeMs).toBe(2000);
  });
});

describe("adoption", () => {
  test("PW-ADP-2, PW-SND-2: a passive side takes the value over and says so at once", () => {
    const harness = opened();
    harness.jump(7).heartbeat(5000);
    expect(harness.take()).toEqual(["7 hb(5000)"]);
    expect(harness.events).toEqual([
      {
        type: "heartbeat-received",
        heartbeatTimeMs: 5000,
        replyRequested: false,
        rttMs: undefined,
      },
      { type: "adopted", heartbeatTimeMs: 5000, previousMs: undefined, receivedMs: 5000 },
      { type: "heartbeat-sent", cause: "announcement", heartbeatTimeMs: 5000 },
    ]);
    expect(harness.connection.heartbeatTimeMs).toBe(5000);
    expect(harness.connection.peerHeartbeatTimeMs).toBe(5000);
  });

  test.each<[string, ConnectionConfig, number | undefined, number | undefined, number | undefined]>(
    [
      // own configuration, received, E, P
      ["passive, absent", {}, undefined, undefined, undefined],
      ["passive, 0", {}, 0, undefined, undefined],
      ["passive, below the floor", {}, 1, 1000, 1],
      ["passive, above the ceiling", {}, 2 ** 32 - 1, 3_600_000, 3_600_000],
      ["own 5000, absent", { heartbeatTimeMs: 5000 }, undefined, 5000, undefined],
      ["own 5000, 0", { heartbeatTimeMs: 5000 }, 0, 5000, undefined],
      ["own 5000, 5000", { heartbeatTimeMs: 5000 }, 5000, 5000, 5000],
      ["own 5000, 60000", { heartbeatTimeMs: 5000 }, 60_000, 5000, 60_000],
      ["own 5000, 2000", { heartbeatTimeMs: 5000 }, 2000, 2000, 2000],
      ["own 5000, below the floor", { heartbeatTimeMs: 5000 }, 1, 1000, 1],
      ["own below the default floor", { heartbeatTimeMs: 300 }, 1, 300, 1],
    ],
  )("PW-ADP-1 to PW-ADP-5, PW-HBT-1: %s", (_, config, received, effective, promised) => {
    const harness = opened(config);
    const before = harness.connection.heartbeatTimeMs;
    harness.heartbeat(received);
    expect(harness.connection.heartbeatTimeMs).toBe(effective);
    expect(harness.connection.peerHeartbeatTimeMs).toBe(promised);
    expect(harness.take()).toEqual(effective === before ? [] : [`0 hb(${effective})`]);
  });

  test("PW-ADP-6: it never rises again, and P follows what is said", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.heartbeat(2000).heartbeat(4000).heartbeat(undefined).heartbeat(0);
    expect(harness.connection.heartbeatTimeMs).toBe(2000);
    expect(harness.connection.peerHeartbeatTimeMs).toBe(4000);
    expect(harness.take()).toEqual(["0 hb(2000)"]);
  });

  test("PW-ADP-7: another connection of the same configuration knows nothing of it", () => {
    const config = { heartbeatTimeMs: 5000 };
    opened(config).heartbeat(2000);
    expect(new Harness(config).take()).toEqual(["0 hb(5000)"]);
  });

  test("PW-ADP-8: data, unknown bodies and malformed frames cause none", () => {
    for (const octets of [
      encodeFrame({ version: 1, body: "data", data: Uint8Array.of(1), more: false }),
      encodeFrame({ version: 1, body: "unknown" }),
      Uint8Array.of(8),
    ]) {
      const harness = opened();
      harness.octets(octets).until(100_000);
      expect(harness.connection.heartbeatTimeMs).toBeUndefined();
      expect(harness.take().filter((frame) => frame.includes("hb"))).toEqual([]);
    }
  });
});

describe("sending", () => {
  test("PW-SND-3, PW-SND-6: beats count from the last transmission, data among them", () => {
    const harness = new Harness({ heartbeatTimeMs: 1000, peerHeartbeats: "optional" });
    harness.until(840).until(1000);
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.until(3000);
    expect(harness.take()).toEqual([
      "0 hb(1000)",
      "840 hb(1000)",
      "1000 data(1)",
      "1840 hb(1000)",
      "2680 hb(1000)",
    ]);
  });

  test("PW-SND-6: alwaysBeat beats whatever else is sent", () => {
    const harness = new Harness({
      heartbeatTimeMs: 1000,
      alwaysBeat: true,
      peerHeartbeats: "optional",
    });
    harness.until(500);
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.until(850);
    expect(harness.take()).toEqual(["0 hb(1000)", "500 data(1)", "840 hb(1000)"]);
  });

  test("PW-SND-7, PW-SND-10, PW-SND-11: what arrives neither postpones beats nor causes any", () => {
    const harness = new Harness({ heartbeatTimeMs: 1000 });
    for (let at = 50; at <= 4000; at += 50) harness.until(at).heartbeat(1000);
    expect(harness.take()).toEqual([
      "0 hb(1000)",
      "840 hb(1000)",
      "1680 hb(1000)",
      "2520 hb(1000)",
      "3360 hb(1000)",
    ]);
  });

  test("what arrives wakes a side whose timers sleep: what is due goes out", () => {
    const harness = opened({ heartbeatTimeMs: 1000 });
    harness.jump(900).data(Uint8Array.of(1));
    expect(harness.take()).toEqual(["900 hb(1000)"]);
  });

  test("PW-SND-8: a heartbeat overtakes waiting data, and one waits at most", () => {
    const harness = opened({ heartbeatTimeMs: 1000, peerHeartbeats: "optional" });
    harness.writable = false;
    harness.act((connection, now) => connection.sendData(new Uint8Array(70_000), now));
    expect(harness.connection.unsentBytes).toBe(70_000);
    expect(harness.connection.isWaitingToSend).toBe(true);
    harness.until(2900);
    harness.writable = true;
    harness.act(() => {});
    expect(harness.take()).toEqual(["2900 hb(1000)", "2900 data(65536)+", "2900 data(4464)"]);
    expect(harness.connection.isWaitingToSend).toBe(false);
  });

  test("PW-DAT-1: an empty message is a message, both ways", () => {
    const harness = opened();
    harness.act((connection, now) => connection.sendData(new Uint8Array(), now));
    expect(harness.take()).toEqual(["0 data(0)"]);
    harness.data(new Uint8Array());
    expect(harness.events).toEqual([{ type: "message", data: new Uint8Array() }]);
  });

  test("messages without events, as long as nothing else happened before them", () => {
    const { connection } = new Harness();
    const data = (octet: number) =>
      encodeFrame({ version: 1, body: "data", data: Uint8Array.of(octet), more: false });
    const beat = encodeFrame({ version: 1, body: "heartbeat", heartbeat: {} });
    for (const frame of [data(1), beat, data(2)]) connection.handleFrame(frame, 0);
    expect([connection.pollMessage(), connection.pollMessage()]).toEqual(
      [[1], undefined].map((octets) => octets && Uint8Array.from(octets)),
    );
    connection.handleFrame(data(3), 0);
    expect(connection.pollMessage()).toBeUndefined();
    const types = () => connection.pollEvent()?.type;
    expect([types(), types(), types(), types()]).toEqual([
      "heartbeat-received",
      "message",
      "message",
      undefined,
    ]);
    for (const frame of [data(4), data(5)]) connection.handleFrame(frame, 0);
    expect([connection.pollEvent(), connection.pollMessage(), connection.pollEvent()]).toEqual([
      { type: "message", data: Uint8Array.of(4) },
      undefined,
      { type: "message", data: Uint8Array.of(5) },
    ]);
  });

  test("limits of one's own: message and unsent", () => {
    const harness = opened({ maxMessageBytes: 10, maxUnsentBytes: 74 });
    harness.writable = false;
    const send = (length: number) =>
      harness.act((connection, now) => connection.sendData(new Uint8Array(length), now));
    expect(() => send(11)).toThrow(
      "[PW_MESSAGE_TOO_LARGE] a message of 11 octets; maxMessageBytes is 10",
    );
    send(9);
    send(0); // counts 64, or a peer that does not read could make us keep any number of them
    expect(() => send(0)).toThrow(
      "[PW_UNSENT_LIMIT] 137 octets wait, 64 a message included, and maxUnsentBytes is 74",
    );
    harness.writable = true;
    harness.act(() => {});
    expect(harness.take()).toEqual(["0 data(9)", "0 data(0)"]);
  });

  test("PW-FRM-2, PW-LIM-6: every frame has the version and at most 1 MiB", () => {
    const harness = new Harness({ heartbeatTimeMs: 5000 });
    harness.act((connection, now) => connection.sendData(new Uint8Array(3_000_000), now));
    harness.act((connection, now) => connection.close({}, now));
    expect(harness.sent).toHaveLength(1 + Math.ceil(3_000_000 / 65_536) + 1);
    for (const { frame } of harness.sent) expect(frame.version).toBe(1);
    expect(harness.connection.version).toBe(1);
  });
});

describe("receiving", () => {
  test("PW-DAT-2, PW-DAT-3: parts are joined, heartbeats may stand between them", () => {
    const harness = opened();
    harness.data(Uint8Array.of(1), true).heartbeat().data(Uint8Array.of(2));
    expect(harness.events.at(-1)).toEqual({ type: "message", data: Uint8Array.of(1, 2) });
  });

  test("PW-DAT-5: an unfinished message is not delivered", () => {
    const harness = opened();
    harness.data(Uint8Array.of(1), true).closed();
    expect(harness.types()).toEqual(["ended"]);
  });

  test("PW-FRM-4: an unknown body is life and nothing else", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(6500).receive({ version: 1, body: "unknown" });
    expect(harness.types()).toContain("recovered");
    expect(harness.connection.state).toBe("open");
    expect(harness.connection.pollTimeout()).toBeLessThanOrEqual(12_500);
  });

  test.each<[string, (harness: Harness) => unknown, number, RegExp]>([
    ["PW-FRM-3: malformed", (h) => h.octets(Uint8Array.of(8)), 4, /no valid encoding/],
    ["PW-FRM-3: no octets", (h) => h.octets(new Uint8Array()), 4, /no version/],
    ["PW-LIM-1", (h) => h.octets(new Uint8Array(1025)), 6, /1025 octets; the limit is 1024/],
    [
      "PW-LIM-2",
      (h) => h.data(new Uint8Array(600), true).data(new Uint8Array(600), true),
      7,
      /a message exceeds 1000 octets/,
    ],
    [
      "PW-LIM-3",
      (h) => {
        for (let beat = 1; beat <= 600; beat += 1) h.heartbeat();
        expect(h.connection.end).toBeUndefined();
        return h.heartbeat();
      },
      8,
      /too fast/,
    ],
    [
      "a rule of the binding",
      (h) => h.act((connection, now) => connection.handleViolation(4, "text", now)),
      4,
      /^text$/,
    ],
  ])("%s ends the connection with a Close that says so", (_, offend, code, detail) => {
    const harness = opened({ maxFrameBytes: 1024, maxMessageBytes: 1000 });
    offend(harness);
    expect(harness.take()).toEqual([`0 close(${code})`]);
    expect(harness.ended()).toEqual([
      {
        type: "ended",
        end: { kind: "protocol-error", code, detail: expect.stringMatching(detail) },
      },
    ]);
    expect(harness.actions).toEqual([
      { action: "close", code, reason: expect.stringMatching(detail) },
    ]);
    expect(harness.connection.state).toBe("ended");
    expect(harness.connection.pollTimeout()).toBe(2000);
  });

  test("a frame and a message of exactly the limit are accepted", () => {
    const harness = opened({ maxFrameBytes: 1024, maxMessageBytes: 1019 });
    const octets = encodeFrame({
      version: 1,
      body: "data",
      data: new Uint8Array(1019),
      more: false,
    });
    expect(octets).toHaveLength(1024);
    harness.octets(octets);
    expect(harness.types()).toEqual(["message"]);
  });

  test("PW-LIM-4: the first frame has ten seconds from its first octet", () => {
    const harness = opened();
    const octet = () => harness.act((connection, now) => connection.handleOctets(now));
    harness.until(5000);
    octet();
    expect(harness.connection.pollTimeout()).toBe(15_000);
    harness.until(14_999);
    octet();
    expect(harness.connection.end).toBeUndefined();
    harness.until(15_000);
    expect(harness.take()).toEqual(["15000 close(9)"]);
    expect(harness.connection.end).toMatchObject({ kind: "protocol-error", code: 9 });
  });

  test("PW-LIM-4: and later frames have all the time they need", () => {
    const harness = opened();
    harness.act((connection, now) => connection.handleOctets(now));
    harness.until(9999).heartbeat();
    harness.act((connection, now) => connection.handleOctets(now));
    expect(harness.connection.pollTimeout()).toBeUndefined();
    harness.until(100_000);
    expect(harness.connection.state).toBe("open");
  });
});

describe("life and death", () => {
  test("PW-LIV-4, PW-LIV-5, PW-LIV-6, PW-PRB-1: suspect at 6000, probed once, down at 7000", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(5999.999);
    expect(harness.connection.state).toBe("open");
    harness.until(6999.999);
    expect(harness.connection.state).toBe("suspect");
    expect(harness.take()).toEqual(["4200 hb(5000)", "6000 hb(5000)?"]);
    expect(harness.events).toContainEqual({ type: "suspect", silentForMs: 6000 });
    expect(harness.ended()).toEqual([]);
    harness.until(7000);
    expect(harness.take()).toEqual(["7000 close(3)"]);
    expect(harness.actions).toEqual([{ action: "abort", code: 3, reason: "silent for 7000 ms" }]);
    expect(harness.connection.end).toMatchObject({
      kind: "peer-silent",
      evidence: { silentForMs: 7000, lateByMs: 0, probedAgoMs: 1000, heartbeatTimeMs: 5000 },
    });
    expect(harness.connection.pollTimeout()).toBeUndefined();
  });

  test.each<[string, (harness: Harness) => unknown]>([
    ["a heartbeat", (h) => h.heartbeat(5000)],
    ["data", (h) => h.data(new Uint8Array())],
    ["an unknown body", (h) => h.receive({ version: 1, body: "unknown" })],
    ["part of a frame", (h) => h.act((connection, now) => connection.handleOctets(now))],
  ])("PW-LIV-1, PW-PRB-5: %s is life", (_, live) => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.heartbeat(5000).until(6990);
    live(harness);
    expect(harness.events).toContainEqual({ type: "recovered", silentForMs: 6990 });
    harness.until(13_989);
    expect(harness.connection.state).toBe("suspect");
    harness.until(13_990);
    expect(harness.connection.end?.kind).toBe("peer-silent");
  });

  test("PW-LIV-3: a larger promise of the peer moves the deadline", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(1).heartbeat(60_000).until(62_000);
    expect(harness.connection.state).toBe("suspect");
    harness.until(62_001);
    expect(harness.connection.end).toMatchObject({
      kind: "peer-silent",
      evidence: { silentForMs: 62_000, peerHeartbeatTimeMs: 60_000, heartbeatTimeMs: 5000 },
    });
  });

  test("PW-LIV-8: with optional heartbeats silence counts from the first promise", () => {
    const harness = opened({ heartbeatTimeMs: 5000, peerHeartbeats: "optional" });
    harness.until(100_000).data(Uint8Array.of(1)).heartbeat().until(200_000);
    expect(harness.connection.state).toBe("open");
    harness.heartbeat(5000).until(206_999);
    expect(harness.connection.state).toBe("suspect");
    harness.until(207_000);
    expect(harness.connection.end?.kind).toBe("peer-silent");
  });

  test("PW-LIV-9: while this side does not read, nothing is charged", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(1000);
    harness.act((connection, now) => connection.handlePause(now));
    harness.until(100_000);
    harness.act((connection, now) => connection.handleResume(now));
    harness.until(105_999);
    expect(harness.connection.state).toBe("suspect");
    harness.until(106_000);
    expect(harness.connection.end).toMatchObject({ evidence: { silentForMs: 7000 } });
  });

  test("PW-CLK-3, PW-CLK-4: a late judgement pardons once", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.jump(9001).timeout();
    expect(harness.take()).toEqual(["9001 hb(5000)?"]);
    expect(harness.types()).toEqual(["pardoned", "heartbeat-sent"]);
    harness.jump(50_000).timeout();
    expect(harness.connection.end).toMatchObject({
      kind: "peer-silent",
      evidence: { pardoned: true, probedAgoMs: 40_999 },
    });
  });

  test("PW-CLK-3: exactly slack late is down", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.jump(9000).timeout();
    expect(harness.connection.end?.kind).toBe("peer-silent");
  });

  test("PW-CLK-5: after a suspend the peer is probed, and has slack", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(1000);
    harness.act((connection, now) => connection.handleSuspend(now));
    expect(harness.take()).toEqual(["1000 hb(5000)?"]);
    expect(harness.types()).toEqual(["suspended", "heartbeat-sent"]);
    harness.until(2999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(3000);
    expect(harness.connection.end?.kind).toBe("peer-silent");
    harness.events = [];
    harness.act((connection, now) => connection.handleSuspend(now));
    expect(harness.types()).toEqual([]);
  });

  test("PW-CLK-5: a passive side only takes note", () => {
    const harness = opened();
    harness.act((connection, now) => connection.handleSuspend(now));
    expect([harness.take(), harness.types()]).toEqual([[], ["suspended"]]);
  });

  test("PW-OUT-1: a transport that takes nothing while a heartbeat waits", () => {
    const harness = opened({ heartbeatTimeMs: 5000, peerHeartbeats: "optional" });
    harness.writable = false;
    harness.until(4200 + 6999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(4200 + 7000);
    expect(harness.connection.end).toEqual({ kind: "outbound-blocked", blockedForMs: 7000 });
    expect(harness.actions).toEqual([
      { action: "abort", code: 11, reason: "the transport takes nothing" },
    ]);
    expect(harness.take()).toEqual([]);
  });

  test("PW-OUT-2: whatever it takes starts that time anew", () => {
    const harness = opened({ heartbeatTimeMs: 5000, peerHeartbeats: "optional" });
    harness.writable = false;
    harness.until(10_000);
    harness.act((connection, now) => connection.handleProgress(now));
    harness.until(16_999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(17_000);
    expect(harness.connection.end).toEqual({ kind: "outbound-blocked", blockedForMs: 7000 });
  });

  test("PW-OUT-1: nothing waits, nothing is blocked; data alone is no reason", () => {
    const harness = opened();
    harness.writable = false;
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.heartbeat(undefined, { replyRequested: true });
    expect(harness.connection.isWaitingToSend).toBe(true);
    harness.until(1e7);
    expect(harness.connection.end).toBeUndefined();
  });

  test("two reasons at one moment are one end", () => {
    const harness = opened({ heartbeatTimeMs: 5000, firstFrameTimeoutMs: 7000 });
    harness.writable = false;
    harness.act((connection, now) => connection.handleOctets(now));
    harness.until(4200).jump(11_200).timeout();
    expect(harness.ended()).toHaveLength(1);
    expect(harness.connection.state).toBe("ended");
  });
});

describe("probes", () => {
  test("PW-PRB-2, PW-PRB-4, PW-SND-9: a passive side answers and stays passive", () => {
    const harness = opened();
    harness.heartbeat(undefined, { replyRequested: true });
    expect(harness.take()).toEqual(["0 hb(-)"]);
    expect(harness.connection.heartbeatTimeMs).toBeUndefined();
    harness.until(1e7);
    expect(harness.take()).toEqual([]);
  });

  test("PW-PRB-3: sooner probes share one answer after 100 ms", () => {
    const harness = opened();
    harness.heartbeat(undefined, { replyRequested: true });
    for (const at of [10, 50, 99]) {
      harness.until(at).heartbeat(undefined, { replyRequested: true });
    }
    harness.until(1000);
    expect(harness.take()).toEqual(["0 hb(-)", "100 hb(-)"]);
  });

  test("a probe that makes the side adopt gets one heartbeat, which is no probe", () => {
    const harness = opened();
    harness.heartbeat(5000, { replyRequested: true });
    expect(harness.take()).toEqual(["0 hb(5000)"]);
    expect(harness.events.at(-1)).toMatchObject({ cause: "answer" });
  });

  test("the application may probe, until the end", () => {
    const harness = opened();
    harness.act((connection, now) => connection.probe(now));
    expect(harness.take()).toEqual(["0 hb(-)?"]);
    harness.closed();
    harness.act((connection, now) => connection.probe(now));
    expect(harness.take()).toEqual([]);
  });
});

describe("round trip", () => {
  test("PW-RTT-1, PW-RTT-2: timestamps are echoed with the time they were held", () => {
    const harness = new Harness({ heartbeatTimeMs: 5000 });
    harness.until(10).heartbeat(5000, { timestamp: 77 }).until(4200);
    const [first, second] = harness.sent.map(({ frame }) => frame);
    expect(first).toMatchObject({
      heartbeat: { timestamp: 0, echo: undefined, heldUs: undefined },
    });
    expect(second).toMatchObject({
      heartbeat: { timestamp: 4_200_000, echo: 77, heldUs: 4_190_000 },
    });
    harness.until(4240).heartbeat(5000, { echo: 4_200_000, heldUs: 10_000 });
    expect(harness.events.at(-1)).toMatchObject({ type: "heartbeat-received", rttMs: 30 });
    expect(harness.connection.rttMs).toBe(30);
  });

  test("PW-RTT-3: not above max(E, P) + slack, not negative, not without both fields", () => {
    const harness = opened({ heartbeatTimeMs: 5000 });
    harness.until(5000).heartbeat(5000).until(7000.001);
    harness.heartbeat(5000, { echo: 0, heldUs: 0 });
    harness.heartbeat(5000, { echo: 7_000_001, heldUs: 1 });
    harness.heartbeat(5000, { echo: 0 });
    harness.heartbeat(5000, { heldUs: 0 });
    expect(harness.connection.rttMs).toBeUndefined();
    harness.heartbeat(5000, { echo: 1, heldUs: 0 });
    expect(harness.connection.rttMs).toBe(7000);
  });
});

describe("versions", () => {
  test("PW-VER-4, PW-VER-6: a later version that still speaks 1 is read as 1", () => {
    const harness = opened();
    const beat: Frame = {
      version: 3,
      body: "heartbeat",
      heartbeat: { heartbeatTimeMs: 5000, lowestVersion: 1 },
    };
    harness.receive(beat);
    harness.receive({ version: 3, body: "data", data: Uint8Array.of(1), more: false });
    expect(harness.sent[0]?.frame.version).toBe(1);
    expect(harness.types()).toContain("message");
  });

  test.each<[string, Frame, { lowest: number; highest: number }]>([
    [
      "data of version 2 before it was said that 1 is spoken",
      { version: 2, body: "data", data: Uint8Array.of(1), more: false },
      { lowest: 2, highest: 2 },
    ],
    [
      "a heartbeat of versions 2 to 3",
      { version: 3, body: "heartbeat", heartbeat: { lowestVersion: 2 } },
      { lowest: 2, highest: 3 },
    ],
  ])("PW-VER-5: %s ends with our range", (_, frame, peer) => {
    const harness = opened();
    harness.receive(frame);
    expect(harness.connection.end).toEqual({ kind: "unsupported-version", peer });
    expect(harness.sent[0]?.frame).toMatchObject({
      version: 1,
      body: "close",
      close: { code: 5, lowestVersion: 1, reason: "this side speaks 1 to 1" },
    });
    expect(harness.types()).toEqual(["ended"]);
  });

  test("PW-VER-6: a Close is read whatever its version", () => {
    const harness = opened();
    harness.closed({ code: 2 }, 9);
    expect(harness.connection.end).toMatchObject({ kind: "closed", by: "remote", code: 2 });
  });
});

describe("closing", () => {
  test("PW-CLS-2, PW-CLS-8: what waits, then Close, then nothing", () => {
    const harness = opened({ heartbeatTimeMs: 1000 });
    harness.writable = false;
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.act((connection, now) => connection.close({ code: 2, reason: "off" }, now));
    expect(harness.connection.state).toBe("closing");
    expect(() => harness.connection.sendData(Uint8Array.of(1), 0)).toThrow("PW_ENDED");
    harness.until(900);
    harness.writable = true;
    harness.act(() => {});
    expect(harness.take()).toEqual(["900 hb(1000)", "900 data(1)", "900 close(2)"]);
    harness.heartbeat(500, { replyRequested: true }).data(Uint8Array.of(1));
    harness.act((connection, now) => connection.probe(now));
    expect(harness.take()).toEqual([]);
    expect(harness.types()).not.toContain("message");
    expect(harness.connection.pollTimeout()).toBe(2900);
    harness.act((connection, now) => connection.handleLinkClosed({ kind: "local" }, now));
    expect(harness.ended()).toEqual([
      { type: "ended", end: { kind: "closed", by: "local", code: 2, reason: "off" } },
    ]);
    expect(harness.connection.pollTimeout()).toBeUndefined();
  });

  test("PW-CLS-8: a peer that does not close is aborted after 2 s", () => {
    const harness = opened();
    harness.until(100);
    harness.act((connection, now) => connection.close({}, now));
    harness.until(2099);
    expect(harness.actions.map(({ action }) => action)).toEqual(["close"]);
    harness.until(2100);
    expect(harness.actions.map(({ action }) => action)).toEqual(["close", "abort"]);
    expect(harness.ended()).toHaveLength(1);
    expect(harness.connection.end).toMatchObject({ kind: "closed", by: "local" });
  });

  test("PW-CLS-8: progress of what waits gives it time", () => {
    const harness = opened();
    harness.writable = false;
    harness.act((connection, now) => connection.close({}, now));
    harness.until(1500);
    harness.act((connection, now) => connection.handleProgress(now));
    harness.until(3499);
    expect(harness.connection.state).toBe("closing");
    harness.until(3500);
    expect(harness.connection.state).toBe("ended");
    expect(harness.take()).toEqual([]);
  });

  test("PW-CLS-3, PW-CLS-9: after the peer's Close nothing is sent and nothing is heard", () => {
    const harness = opened({ heartbeatTimeMs: 1000 });
    harness.closed({ code: 2, reason: "off", retryAfterMs: 5 });
    expect(harness.events).toEqual([
      {
        type: "ended",
        end: { kind: "closed", by: "remote", code: 2, reason: "off", retryAfterMs: 5 },
      },
    ]);
    expect(harness.actions).toEqual([{ action: "close", code: 1, reason: "" }]);
    harness.heartbeat(500, { replyRequested: true }).closed().octets(Uint8Array.of(8));
    harness.act((connection, now) => {
      connection.handleOctets(now);
      connection.handleViolation(4, "x", now);
      connection.handleTimeout(now);
    });
    harness.act((connection, now) => connection.close({}, now));
    expect(() => harness.connection.sendData(new Uint8Array(), 0)).toThrow("PW_ENDED");
    expect(harness.take()).toEqual([]);
    expect(harness.ended()).toHaveLength(1);
    expect(harness.connection.pollTimeout()).toBe(2000);
    harness.until(2000);
    expect(harness.actions.at(-1)?.action).toBe("abort");
  });

  test("PW-CLS-4: the end of the peer's stream is peer-closed", () => {
    const harness = opened({ heartbeatTimeMs: 1000 });
    harness.act((connection, now) => connection.handleLinkClosed({ kind: "peer-closed" }, now));
    expect(harness.connection.end).toEqual({ kind: "peer-closed" });
    expect(harness.until(1e6).take()).toEqual([]);
    expect(harness.actions).toEqual([]);
  });

  test("aborting ends at once, without a word", () => {
    const harness = opened({ heartbeatTimeMs: 1000 });
    harness.writable = false;
    harness.act((connection, now) => connection.sendData(Uint8Array.of(1), now));
    harness.act((connection, now) => connection.abort("enough", now));
    harness.writable = true;
    harness.act(() => {});
    expect(harness.take()).toEqual([]);
    expect(harness.connection.unsentBytes).toBe(0);
    expect(harness.connection.isWaitingToSend).toBe(false);
    expect(harness.ended()).toEqual([
      { type: "ended", end: { kind: "aborted", reason: "enough" } },
    ]);
    expect(harness.actions).toEqual([
      { action: "abort", code: CloseCode.GOING_AWAY, reason: "aborted" },
    ]);
  });

  test("a Close that waits for room after the end has closeTimeoutMs, then the link is aborted", () => {
    const harness = opened();
    harness.writable = false;
    harness.octets(Uint8Array.of(8));
    expect(harness.connection.isWaitingToSend).toBe(true);
    harness.until(1999);
    expect(harness.actions).toEqual([]);
    harness.until(2000);
    expect(harness.actions.map(({ action }) => action)).toEqual(["abort"]);
    harness.writable = true;
    harness.act(() => {});
    expect(harness.take()).toEqual([]);
  });
});

test("whatever arrives, it ends at most once and sends nothing after its Close", () => {
  const any = arbitraries(fc);
  fc.assert(
    fc.property(fc.array(fc.tuple(any.octets, fc.nat(4000)), { maxLength: 30 }), (arrivals) => {
      const harness = new Harness({ heartbeatTimeMs: 1000 });
      for (const [octets, wait] of arrivals) harness.until(harness.now + wait).octets(octets);
      harness.until(harness.now + 20_000);
      expect(harness.ended().length).toBeLessThanOrEqual(1);
      const closeAt = harness.sent.findIndex(({ frame }) => frame.body === "close");
      if (closeAt >= 0) expect(closeAt).toBe(harness.sent.length - 1);
    }),
    { numRuns: 1000 },
  );
});
