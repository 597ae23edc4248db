import { describe, expect, test } from "vitest";
import { Harness } from "./harness.ts";

const rules = { idleTimeoutMs: 5000 };
const beat = { ...rules, heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 1000 };
const send = (harness: Harness, length = 3) =>
  harness.act((connection, now) => connection.sendData(new Uint8Array(length), now));

describe("PW-CLS-13", () => {
  test("no message for so long: Close(NORMAL), its own kind of end, once", () => {
    const harness = new Harness(rules).until(4999.9);
    expect(harness.connection.end).toBeUndefined();
    harness.until(5000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 5000 });
    expect(harness.take()).toEqual(["5000 close(1)"]);
    expect(harness.actions).toEqual([{ action: "close", code: 1, reason: "idle for 5000 ms" }]);
    harness.act((connection, now) => connection.handleLinkClosed({ kind: "local" }, now));
    expect(harness.ended()).toHaveLength(1);
    expect(harness.connection.pollTimeout()).toBeUndefined();
  });

  test("the transport that does not go is aborted, as after every Close [PW-CLS-8]", () => {
    const harness = new Harness(rules).until(1e6);
    expect(harness.actions.map(({ action }) => action)).toEqual(["close", "abort"]);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("heartbeats of either side are no messages, nor is a probe, nor an unknown body", () => {
    const harness = new Harness(beat);
    for (let at = 500; at < 5000; at += 500) {
      harness.until(at).heartbeat(1000, { replyRequested: true });
      harness.receive({ version: 1, body: "unknown" });
      harness.act((connection, now) => connection.probe(now));
    }
    harness.until(5000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 5000 });
  });

  test("a message in either direction, an empty one too, begins it anew", () => {
    const harness = new Harness(rules);
    send(harness.until(4000), 0);
    harness.until(8999);
    harness.data(new Uint8Array(0)).until(13_998);
    expect(harness.connection.end).toBeUndefined();
    harness.until(13_999);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("so does each part of a long message, which is not idle before it is whole", () => {
    const harness = new Harness(rules);
    for (const at of [4000, 8000, 12_000]) harness.until(at).data(new Uint8Array(10), true);
    harness.until(16_000).data(new Uint8Array(1)).until(20_999);
    expect(harness.connection.end).toBeUndefined();
  });

  test("a message that arrives in parts is not idle while it does", () => {
    const harness = new Harness(rules).heartbeat(); // PW-LIM-4 is about the first frame
    for (const at of [4000, 8000, 12_000]) {
      harness.until(at).act((connection, now) => connection.handleOctets(now));
    }
    harness.until(16_999);
    expect(harness.connection.end).toBeUndefined();
    harness.data(new Uint8Array(1)).until(21_998);
    expect(harness.connection.end).toBeUndefined();
    harness.until(21_999);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("one whose rest never comes is idle in the end", () => {
    const harness = new Harness(rules).until(4000);
    harness.act((connection, now) => connection.handleOctets(now));
    harness.until(9000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 9000 });
  });

  test("a heartbeat that arrives in parts holds the end back, and is no message when it is whole", () => {
    const harness = new Harness(rules).until(4999);
    harness.act((connection, now) => connection.handleOctets(now));
    harness.until(5001);
    expect(harness.connection.end).toBeUndefined();
    harness.heartbeat().until(5001);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("a message that waits to be sent is not idle, however long; then it counts from the sending", () => {
    const harness = new Harness(rules).until(1000);
    harness.writable = false;
    send(harness);
    harness.until(60_000);
    expect(harness.connection.end).toBeUndefined();
    harness.writable = true;
    harness.act(() => {});
    harness.until(64_999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(65_000);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("nor is one that waits in a transport that is full; then it counts from when there is room", () => {
    const harness = new Harness(rules).until(1000);
    send(harness);
    harness.act((connection) => connection.handleFull());
    harness.until(60_000);
    harness.act((connection, now) => connection.handleProgress(now)); // it took some, and not all
    harness.until(70_000);
    expect(harness.connection.end).toBeUndefined();
    harness.act((connection, now) => connection.handleDrain(now));
    harness.until(74_999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(75_000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 5000 });
  });

  test("heartbeats alone that fill the transport are no messages there either", () => {
    const harness = new Harness(beat);
    for (let at = 500; at < 5000; at += 500) {
      harness.until(at).heartbeat(1000);
      harness.act((connection) => connection.handleFull());
      harness.act((connection, now) => connection.handleDrain(now));
    }
    harness.act((connection) => connection.handleFull());
    harness.until(5000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 5000 });
  });

  test("time in which this side does not read does not count", () => {
    const harness = new Harness(rules).until(1000);
    harness.act((connection, now) => connection.handlePause(now));
    harness.until(60_000);
    harness.act((connection, now) => connection.handleResume(now));
    harness.until(63_999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(64_000);
    expect(harness.connection.end).toEqual({ kind: "idle", idleForMs: 5000 });
  });

  test("a message within a pause is the last, and the pause is not counted twice", () => {
    const harness = new Harness(rules).until(1000);
    harness.act((connection, now) => connection.handlePause(now));
    send(harness.until(600_000));
    harness.until(600_100).act((connection, now) => connection.handleResume(now));
    expect(harness.connection.pollTimeout()).toBe(605_100);
  });

  test("nor is a pause cut short by what was still under way when it began", () => {
    const harness = new Harness(rules).until(1000);
    harness.act((connection, now) => connection.handlePause(now));
    harness.until(2000).heartbeat();
    harness.until(60_000).act((connection, now) => connection.handleResume(now));
    harness.until(63_999);
    expect(harness.connection.end).toBeUndefined();
    harness.until(64_000);
    expect(harness.connection.end?.kind).toBe("idle");
  });

  test("PW-CLK-2: what the transport held when the timer fired late is read first", () => {
    const harness = new Harness(rules).jump(9000);
    harness.data(new Uint8Array(1)).timeout();
    expect(harness.connection.end).toBeUndefined();
  });

  test("a close that is under way is left to itself, and an end stands", () => {
    const harness = new Harness({ ...rules, closeTimeoutMs: 20_000 }).until(4000);
    harness.writable = false;
    harness.act((connection, now) => connection.close({ code: 2 }, now));
    harness.until(9000);
    expect(harness.connection.state).toBe("closing");
    harness.until(1e6);
    expect(harness.connection.end).toMatchObject({ kind: "closed", code: 2 });

    const silent = new Harness({ ...beat, idleTimeoutMs: 2000 }).until(2000);
    expect(silent.connection.end?.kind).toBe("peer-silent");
  });

  test("it does not wait for an answer about a silent peer", () => {
    const confirmDown = { timeoutMs: 60_000 };
    const harness = new Harness({ ...beat, confirmDown }).until(5000);
    expect(harness.connection.end?.kind).toBe("idle");
    expect(harness.connection.confirming).toBeUndefined();
  });
});
