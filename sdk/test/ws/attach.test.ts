import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { CloseCode, PulsewireError } from "pulsewire";
import { attach, connect } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { type ServerOptions, WebSocket, WebSocketServer } from "ws";
import { accepted, certificate, closeAmong, rawClient, received, within } from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  await within(once(server, "listening"), "a port");
  return (server.address() as AddressInfo).port;
}

describe("to an HTTP server", () => {
  test("its path is served, the rest is left alone, and the server outlives the listener", async () => {
    const server = createServer((_request, response) => response.end("plain"));
    const port = await listening(server);
    await using listener = attach(server, { path: "/live", closeTimeoutMs: 200 });
    expect(listener.address).toBe(`ws://127.0.0.1:${port}/live`);
    // Alone, it has to answer for every path.
    const stray = await rawClient(port, undefined, { path: "/else" });
    expect(await stray.head()).toMatch(/^HTTP\/1\.1 404 /);

    const other = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url !== "/else") return;
      other.handleUpgrade(request, socket, head, (ws) => ws.send("not pulsewire"));
    });
    const elsewhere = new WebSocket(`ws://127.0.0.1:${port}/else`);
    const [greeting] = await within(once(elsewhere, "message"), "a message of the other");
    expect(String(greeting)).toBe("not pulsewire");

    const wrong = await rawClient(port, [], { path: "/live" });
    expect(await wrong.head()).toMatch(/^HTTP\/1\.1 400 /); // PW-WS-1: the path is ours

    const session = await connect({ url: listener.address });
    session.send("hello");
    expect(Buffer.from(await received(await accepted(listener))).toString()).toBe("hello");
    await within(listener.close(), "the end of the listener");
    expect(await within(session.closed, "the end")).toMatchObject({ code: CloseCode.GOING_AWAY });

    expect(elsewhere.readyState).toBe(WebSocket.OPEN);
    elsewhere.terminate();
    const response = await fetch(`http://127.0.0.1:${port}/`);
    expect(await response.text()).toBe("plain");
    expect(server.listenerCount("upgrade")).toBe(1);
  });

  test("without a path, every handshake that offers pulsewire.v1 is taken", async () => {
    const server = createServer();
    const port = await listening(server);
    await using listener = attach(server, { closeTimeoutMs: 200 });
    const alone = await rawClient(port, []);
    expect(await alone.head()).toMatch(/^HTTP\/1\.1 400 /);
    server.on("upgrade", (request, socket) => {
      if (request.headers["sec-websocket-protocol"] === undefined) {
        socket.end("HTTP/1.1 418 I'm a Teapot\r\n\r\n");
      }
    });
    const foreign = await rawClient(port, []);
    expect(await foreign.head()).toMatch(/^HTTP\/1\.1 418 /);
    await using session = await connect({ url: `ws://127.0.0.1:${port}/any/where` });
    expect((await accepted(listener)).state).toBe("open");
    expect(session.state).toBe("open");
  });

  test("HTTPS, and the listener ends with its server", async () => {
    const tls = await certificate();
    const server = createTlsServer(tls);
    const port = await listening(server);
    const listener = attach(server);
    expect(listener.address).toBe(`wss://127.0.0.1:${port}/`);
    const url = `wss://localhost:${port}/`;
    const session = await connect({ url, tls: { ca: tls.cert } });
    expect((await accepted(listener)).transport).toBe("wss");
    await session.close();
    server.close();
    const { done } = await within(listener[Symbol.asyncIterator]().next(), "the end");
    expect(done).toBe(true);
  });

  test("a server that does not listen yet", async () => {
    const server = createServer();
    await using listener = attach(server, { path: "/live" });
    expect(listener.address).toBe("/live");
    const port = await listening(server);
    await using session = await connect({ url: `ws://127.0.0.1:${port}/live` });
    expect(session.state).toBe("open");
    expect(() => attach(server, { heartbeatTimeMs: 1 })).toThrow(PulsewireError);
  });
});

describe("to a WebSocketServer", () => {
  async function serve(options: ServerOptions = {}): Promise<{ url: string; ws: WebSocketServer }> {
    const server = createServer();
    const port = await listening(server);
    return { url: `ws://127.0.0.1:${port}`, ws: new WebSocketServer({ server, ...options }) };
  }

  test.each([true, false])("with allowSynchronousEvents %s", async (allowSynchronousEvents) => {
    const { url, ws } = await serve({ allowSynchronousEvents, perMessageDeflate: true });
    await using listener = attach(ws);
    await using session = await connect({ url });
    const other = await accepted(listener);
    for (const text of ["one", "two", "three"]) session.send(text);
    other.send("back");
    for (const text of ["one", "two", "three"]) {
      expect(Buffer.from(await received(other)).toString()).toBe(text);
    }
    expect(Buffer.from(await received(session)).toString()).toBe("back");
    const end = await session.close({ code: 100, reason: "done" });
    expect(end).toMatchObject({ kind: "closed", by: "local" });
    expect(await within(other.closed, "the end")).toMatchObject({ code: 100, reason: "done" });
    await within(listener.close(), "the end of the listener");
    expect(ws.listenerCount("connection")).toBe(0);
    const still = new WebSocket(url);
    await within(once(still, "open"), "the server, which is still there");
    still.terminate();
  });

  test("[PW-WS-1] another subprotocol: 4004 where nobody else is there, and left alone where somebody is", async () => {
    const { url, ws } = await serve();
    await using listener = attach(ws);
    const turnedAway = new WebSocket(url, "chat");
    const [code] = await within(once(turnedAway, "close"), "the close frame");
    expect(code).toBe(4004);

    ws.on("connection", (socket) => {
      if (socket.protocol === "chat") socket.send("hello");
    });
    const chat = new WebSocket(url, "chat");
    const [message] = await within(once(chat, "message"), "a message of the other");
    expect(String(message)).toBe("hello");
    expect(chat.readyState).toBe(WebSocket.OPEN);
    chat.terminate();
    expect(listener.sessions.size).toBe(0);
  });

  test("its own limit answers with 1009 [PW-WS-10], and options that are its business are refused", async () => {
    const { url, ws } = await serve({ maxPayload: 1000 });
    await using listener = attach(ws, { closeTimeoutMs: 200 });
    const peer = await rawClient(Number(new URL(url).port));
    await peer.head();
    const session = await accepted(listener);
    peer.send(2, Buffer.alloc(1001));
    expect((await peer.closeFrame()).code).toBe(1009);
    expect(await within(session.closed, "the end")).toMatchObject({
      kind: "protocol-error",
      code: CloseCode.FRAME_TOO_LARGE,
    });
    expect(() => closeAmong(peer.frames)).toThrow("no Close");
    for (const options of [{ path: "/" }, { origins: [] }, { authorize: () => true }]) {
      expect(() => attach(ws, options)).toThrow("PW_CONFIG");
    }
  });
});
