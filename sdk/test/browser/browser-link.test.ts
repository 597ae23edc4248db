import { CloseCode, type LinkSink } from "pulsewire";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { BrowserLink } from "../../src/browser/browser-link.ts";
import { browserRuntime } from "../../src/browser/runtime.ts";
import { FakeWebSocket, within } from "./helpers.ts";

function setUp(): { socket: FakeWebSocket; link: BrowserLink; told: unknown[]; sink: LinkSink } {
  const socket = new FakeWebSocket();
  const link = new BrowserLink(socket, new URL("ws://example.com:8080/"));
  const told: unknown[] = [];
  const sink: LinkSink = {
    onFrame: (frame) => told.push([...frame]),
    onOctets: () => told.push("octets"),
    onViolation: (code) => told.push(code),
    onDrain: () => told.push("drain"),
    onClose: (end) => told.push(end),
  };
  return { socket, link, told, sink };
}

const octets = (...values: number[]): { data: ArrayBuffer } => ({
  data: Uint8Array.from(values).buffer,
});

describe("a link over a browser's WebSocket", () => {
  test("holds what arrives before start, and tells the end last and once", async () => {
    const { socket, link, told, sink } = setUp();
    expect(socket.binaryType).toBe("arraybuffer");
    socket.onmessage?.(octets(1));
    socket.onmessage?.(octets(2, 3));
    socket.onclose?.({ code: 4003, reason: "why" });
    link.start(sink);
    expect(told).toEqual([]); // not within the call
    await Promise.resolve();
    socket.onmessage?.(octets(4));
    socket.onclose?.({ code: 1006, reason: "" });
    expect(told).toEqual([
      [1],
      [2, 3],
      { kind: "peer-close-code", code: CloseCode.HEARTBEAT_TIMEOUT, reason: "why" },
    ]);
  });

  test("[PW-WS-4] a text message is a violation, and nothing after it is delivered", async () => {
    const { socket, link, told, sink } = setUp();
    link.start(sink);
    await Promise.resolve();
    socket.onmessage?.({ data: "text" });
    socket.onmessage?.({ data: "text" });
    socket.onmessage?.(octets(1));
    expect(told).toEqual([CloseCode.PROTOCOL_ERROR]);
  });

  test("cannot pause [PW-LIM-5]", () => {
    const { link } = setUp();
    expect(link.pause()).toBe(false);
  });

  test("close and abort say the code; an aborted one waits for nobody", async () => {
    const { socket, link, told, sink } = setUp();
    link.start(sink);
    link.close({ code: 100, reason: "é".repeat(100) });
    expect(socket.closes).toEqual([{ code: 4100, reason: "é".repeat(61) }]);
    expect(told).toEqual([]);
    expect(link.send(Uint8Array.of(1))).toBe(false);
    link.abort({ code: 1, reason: "" });
    await Promise.resolve();
    expect(told).toEqual([{ kind: "local" }]);
    socket.onclose?.({ code: 1006, reason: "" });
    expect(told).toHaveLength(1);
    expect(socket.closes).toHaveLength(1);
  });

  test("waits at the high-water mark, and looks for room only while it waits", async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { socket, link, told, sink } = setUp();
    link.start(sink);
    await Promise.resolve();
    expect(link.send(new Uint8Array(65_535))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
    expect(link.send(new Uint8Array(1))).toBe(false);
    expect(link.octetsSent()).toBe(0);
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([]);
    expect(vi.getTimerCount()).toBe(1);
    socket.bufferedAmount = 65_535;
    expect(link.octetsSent()).toBe(1);
    vi.advanceTimersByTime(100);
    expect(told).toEqual(["drain"]);
    expect(vi.getTimerCount()).toBe(0);
    // A page whose timers sleep is woken by what arrives.
    expect(link.send(new Uint8Array(1))).toBe(false);
    socket.bufferedAmount = 0;
    socket.onmessage?.(octets(7));
    expect(told).toEqual(["drain", [7], "drain"]);
    expect(link.send(new Uint8Array(65_536))).toBe(false);
    socket.onclose?.({ code: 1000, reason: "" });
    expect(vi.getTimerCount()).toBe(0);
    expect(told.at(-1)).toEqual({ kind: "peer-closed" });
  });
});

describe("its runtime", () => {
  const { clock } = browserRuntime;

  test("[PW-CLK-2] afterRead comes after tasks that were queued before it", async () => {
    const order: string[] = [];
    const done = new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.once("message", () => {
        port1.close();
        order.push("message");
      });
      port2.postMessage(undefined);
      clock.afterRead(() => {
        order.push("after");
        resolve();
      });
    });
    await within(done, "the turn");
    expect(order).toEqual(["message", "after"]);
  });

  test("afterRead works without MessageChannel", async () => {
    vi.stubGlobal("MessageChannel", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    await within(new Promise<void>((resolve) => clock.afterRead(resolve)), "the turn");
  });

  test("schedules any time, and cancels", async () => {
    const early = vi.fn();
    const never = clock.schedule(clock.now() + 2 ** 40, early);
    const cancelled = clock.schedule(clock.now(), early);
    cancelled();
    await within(new Promise<void>((resolve) => clock.schedule(-1, resolve)), "the past");
    await within(
      new Promise<void>((resolve) => clock.schedule(clock.now() + 20, resolve)),
      "the future",
    );
    never();
    expect(early).not.toHaveBeenCalled();
    expect(Math.abs(clock.wallNow() - Date.now())).toBeLessThan(1000);
  });
});
