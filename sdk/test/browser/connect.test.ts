import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { CloseCode, PulsewireError } from "pulsewire";
import { connect } from "pulsewire/browser";
import { listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { accepted, BrowserWebSocket, FakeWebSocket, received, within } from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });
const WebSocket = BrowserWebSocket;

describe("against pulsewire/ws", () => {
  test("messages both ways, 5 MiB too, heartbeats, and the end", async () => {
    await using listener = await listen();
    const heard: string[] = [];
    const session = await connect({
      url: listener.address,
      WebSocket,
      heartbeatTimeMs: 100,
      heartbeatSlackTimeMs: 3000,
      minHeartbeatTimeMs: 100,
      onEvent: ({ type }) => heard.push(type),
    });
    const other = await accepted(listener);
    expect(session.transport).toBe("ws");
    expect(session.remote).toBe(new URL(listener.address).host);
    const large = new Uint8Array(5 * 2 ** 20).map((_, i) => i % 251);
    session.send("small");
    session.send(large);
    other.send("back");
    other.send(large);
    expect(Buffer.from(await received(other)).toString()).toBe("small");
    expect(Buffer.compare(await received(other), large)).toBe(0);
    expect(Buffer.from(await received(session)).toString()).toBe("back");
    expect(Buffer.compare(await received(session), large)).toBe(0);
    await within(session.drained(), "room");
    expect(other.heartbeatTimeMs).toBe(1000); // adopted, down to its floor
    expect(heard).toContain("heartbeat-received");

    const end = await within(session.close({ code: 100, reason: "done" }), "the end");
    expect(end).toMatchObject({ kind: "closed", by: "local", code: 100 });
    expect(await within(other.closed, "the other end")).toMatchObject({ code: 100 });
  });

  test("closed by the server, and aborted by the client", async () => {
    await using listener = await listen();
    const first = await connect({ url: listener.address, WebSocket });
    void (await accepted(listener)).close({ code: CloseCode.UPSTREAM_LOST, retryAfterMs: 5 });
    expect(await within(first.closed, "the end")).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.UPSTREAM_LOST,
      retryAfterMs: 5,
    });

    const second = await connect({ url: listener.address, WebSocket });
    const other = await accepted(listener);
    second.send("last words");
    second.abort("enough");
    expect(second.end).toEqual({ kind: "aborted", reason: "enough" });
    expect(Buffer.from(await received(other)).toString()).toBe("last words");
    expect(await within(other.closed, "the other end")).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.GOING_AWAY,
    });
  });

  test("[PW-LIM-5] data that nobody reads ends it: a browser cannot make the peer wait", async () => {
    await using listener = await listen();
    const session = await connect({ url: listener.address, WebSocket, maxUnreadBytes: 1000 });
    const other = await accepted(listener);
    other.send(new Uint8Array(2000));
    expect(await within(session.closed, "the end")).toMatchObject({
      kind: "protocol-error",
      code: CloseCode.UNREAD_LIMIT,
    });
    expect(await within(other.closed, "the other end")).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.UNREAD_LIMIT,
    });
  });
});

describe("what can go wrong", () => {
  const failure = (promise: Promise<unknown>): Promise<unknown> =>
    within(
      promise.then(
        () => undefined,
        (error: unknown) => error,
      ),
      "a rejection",
    );

  test("options and URLs", async () => {
    for (const url of ["nonsense", "/relative", "ftp://localhost", "ws://localhost/#part"]) {
      expect(await failure(connect({ url, WebSocket }))).toMatchObject({ code: "PW_URL" });
    }
    const url = "ws://127.0.0.1:1";
    for (const options of [
      { heartbeatTimeMs: 1 },
      { connectTimeoutMs: 1.5 },
      { protocols: ["not a token"] },
    ]) {
      const error = await failure(connect({ url, WebSocket, ...options }));
      expect(error).toMatchObject({ code: "PW_CONFIG" });
    }
    vi.stubGlobal("WebSocket", undefined);
    onTestFinished(() => void vi.unstubAllGlobals());
    expect(await failure(connect({ url }))).toMatchObject({ code: "PW_CONFIG" });
  });

  test("in a page, a path is enough", async () => {
    const dialled: string[] = [];
    class Dialled extends FakeWebSocket {
      constructor(url: string) {
        super();
        dialled.push(url);
        queueMicrotask(() => this.onopen?.(undefined as never));
      }
    }
    vi.stubGlobal("location", { href: "https://example.com/app/page#top" });
    onTestFinished(() => void vi.unstubAllGlobals());
    const session = await connect({ url: "/live?a=b", WebSocket: Dialled });
    session.abort();
    expect(dialled).toEqual(["wss://example.com/live?a=b"]);
    expect(session.transport).toBe("wss");
  });

  test("refused, unanswered, given up", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const first = once(server, "connection");
    const slow = failure(connect({ url, WebSocket, connectTimeoutMs: 100 }));
    const [socket] = await first;
    expect(await slow).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
    socket.resume();
    await within(once(socket, "close"), "the end of the TCP connection");

    const why = new Error("enough");
    const second = once(server, "connection");
    const controller = new AbortController();
    const attempt = failure(connect({ url, WebSocket, signal: controller.signal }));
    const [other] = await second;
    other.resume();
    controller.abort(why);
    expect(await attempt).toBe(why);
    await within(once(other, "close"), "the end of the TCP connection");
    expect(await failure(connect({ url, WebSocket, signal: controller.signal }))).toBe(why);

    const refused = await failure(connect({ url: "ws://127.0.0.1:1", WebSocket }));
    expect(refused).toBeInstanceOf(PulsewireError);
    expect(refused).toMatchObject({ code: "PW_CONNECT_FAILED" });
    expect(String(refused)).toContain("ECONNREFUSED");
  });

  test("[PW-WS-2] a server that selected another subprotocol, or none", async () => {
    for (const selected of ["other", false] as const) {
      const server = new WebSocketServer({ port: 0, handleProtocols: () => selected });
      await once(server, "listening");
      onTestFinished(() => {
        for (const client of server.clients) client.terminate();
        server.close();
      });
      const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const error = await failure(connect({ url, WebSocket, protocols: ["other"] }));
      expect(error).toMatchObject({ code: "PW_CONNECT_FAILED" });
    }
  });
});
