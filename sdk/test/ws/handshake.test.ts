import { once } from "node:events";
import { request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { CloseCode, PulsewireError } from "pulsewire";
import { connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { freePort } from "../ports.ts";
import {
  accepted,
  certificate,
  portOf,
  rawClient,
  rawServer,
  received,
  within,
} from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

/** The error with which `promise` rejects. */
async function failure(promise: Promise<unknown>): Promise<PulsewireError> {
  const error = await within(
    promise.then(
      () => undefined,
      (reason: unknown) => reason,
    ),
    "a rejection",
  );
  expect(error).toBeInstanceOf(PulsewireError);
  return error as PulsewireError;
}

describe("connect", () => {
  test("offers pulsewire.v1, sends its headers, and asks for no compression", async () => {
    const { url, peer } = await rawServer();
    const session = await connect({ url, headers: { authorization: "Bearer 1" } });
    onTestFinished(() => session.abort());
    const head = await (await peer).head();
    expect(head).toMatch(/^sec-websocket-protocol: pulsewire\.v1\r?$/im); // PW-WS-1
    expect(head).toMatch(/^authorization: Bearer 1\r?$/im);
    expect(head).not.toMatch(/sec-websocket-extensions/i); // PW-WS-5
    expect(session.transport).toBe("ws");
    expect(session.remote).toBe(new URL(url).host);
  });

  test("[PW-WS-2] does not go on with a server that selected no subprotocol, or another", async () => {
    const silent = await rawServer([]);
    const none = await failure(connect({ url: silent.url }));
    expect(none.code).toBe("PW_CONNECT_FAILED");
    await within((await silent.peer).ended, "the end of the TCP connection");

    const other = await rawServer(["Sec-WebSocket-Protocol: other"]);
    const wrong = await failure(connect({ url: other.url, protocols: ["other"] }));
    expect(wrong).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
    expect(wrong.message).toContain('"other"');
    await within((await other.peer).ended, "the end of the TCP connection");
  });

  test("says what the server answered", async () => {
    await using listener = await listen({
      path: "/live",
      authorize: ({ headers }) => (headers.authorization === "yes" ? true : headers.cookie === "x"),
    });
    const refused = await failure(connect({ url: listener.address }));
    expect(refused).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
    expect(refused.message).toContain("HTTP 401 Unauthorized");
    const lost = await failure(connect({ url: new URL("/else", listener.address) }));
    expect(lost.message).toContain("HTTP 404");
  });

  test("refused, unanswered, nonsense", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const arrived = once(server, "connection");
    const slow = failure(connect({ url: `ws://127.0.0.1:${port}`, connectTimeoutMs: 200 }));
    const [socket] = await arrived;
    socket.resume();
    expect((await slow).message).toContain("no answer within 200 ms");
    await within(once(socket, "close"), "the end of the TCP connection");
    server.close();

    const refused = await failure(connect({ url: `ws://127.0.0.1:${await freePort()}` }));
    expect(refused.code).toBe("PW_CONNECT_FAILED");
    expect(refused.message).toContain("ECONNREFUSED");

    for (const url of ["nonsense", "http://localhost", "ws://localhost/#part"]) {
      expect((await failure(connect({ url }))).code).toBe("PW_URL");
    }
    const url = "ws://localhost:1";
    for (const options of [
      { heartbeatTimeMs: 1 },
      { connectTimeoutMs: 0 },
      { protocols: ["not a token"] },
      { headers: { "not a name": "" } },
    ]) {
      expect((await failure(connect({ url, ...options }))).code).toBe("PW_CONFIG");
    }
  });

  test("the signal ends the attempt, and only that", async () => {
    const why = new Error("enough");
    const url = "ws://127.0.0.1:1";
    await expect(connect({ url, signal: AbortSignal.abort(why) })).rejects.toBe(why);

    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const arrived = once(server, "connection");
    const during = new AbortController();
    const { port } = server.address() as AddressInfo;
    const attempt = connect({ url: `ws://127.0.0.1:${port}`, signal: during.signal });
    const [socket] = await arrived;
    socket.resume();
    during.abort(why);
    await expect(attempt).rejects.toBe(why);
    await within(once(socket, "close"), "the end of the TCP connection");

    await using listener = await listen({ closeTimeoutMs: 200 });
    const later = new AbortController();
    const session = await connect({ url: listener.address, signal: later.signal });
    later.abort(why);
    session.send("still here");
    expect(Buffer.from(await received(await accepted(listener))).toString()).toBe("still here");
  });
});

describe("listen", () => {
  test("[PW-WS-1] refuses a handshake without the subprotocol before upgrading", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    for (const headers of [[], ["Sec-WebSocket-Protocol: other, pulsewire.v2"]]) {
      const peer = await rawClient(portOf(listener), headers);
      expect(await peer.head()).toMatch(/^HTTP\/1\.1 400 /);
      await within(peer.ended, "the end of the TCP connection");
    }
    const several = await rawClient(portOf(listener), [
      "Sec-WebSocket-Protocol: other, pulsewire.v1",
    ]);
    const head = await several.head();
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head).toMatch(/^sec-websocket-protocol: pulsewire\.v1\r?$/im);
  });

  test("[PW-WS-5] does not negotiate compression", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const peer = await rawClient(portOf(listener), [
      "Sec-WebSocket-Protocol: pulsewire.v1",
      "Sec-WebSocket-Extensions: permessage-deflate",
    ]);
    const head = await peer.head();
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(head).not.toMatch(/extensions/i);
  });

  test("path, origins, authorize", async () => {
    await using listener = await listen({
      closeTimeoutMs: 200,
      path: "/live",
      origins: ["https://example.com"],
      authorize: async ({ url = "" }) => {
        if (url.includes("throw")) throw new Error("the caller's own");
        return url.includes("busy") ? { status: 503, message: "later" } : !url.includes("no");
      },
    });
    const status = async (path: string, origin?: string): Promise<string> => {
      const headers = ["Sec-WebSocket-Protocol: pulsewire.v1"];
      if (origin !== undefined) headers.push(`Origin: ${origin}`);
      const head = await (await rawClient(portOf(listener), headers, { path })).head();
      return head.slice(9, 12);
    };
    expect(await status("/live?a=b")).toBe("101");
    expect(await status("/live", "https://example.com")).toBe("101");
    expect(await status("/live", "https://example.com.evil.test")).toBe("403");
    expect(await status("/lives")).toBe("404");
    expect(await status("/live?no")).toBe("401");
    expect(await status("/live?busy")).toBe("503");
    expect(await status("/live?throw")).toBe("500");
  });

  test("answers plain HTTP with 426", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const asked = request({ port: portOf(listener), host: "127.0.0.1" }).end();
    const [response] = await within(once(asked, "response"), "a response");
    expect(response.statusCode).toBe(426);
    response.resume();
  });

  test("errors: port in use, host unknown, and nothing opened with a bad configuration", async () => {
    await using listener = await listen({ host: "127.0.0.1" });
    const port = portOf(listener);
    const taken = await failure(listen({ host: "127.0.0.1", port }));
    expect(taken.code).toBe("PW_ADDRESS_IN_USE");
    expect((await failure(listen({ host: "192.0.2.1" }))).code).toBe("PW_LISTEN_FAILED");
    // The port is taken: had it been tried, that would be the error.
    for (const options of [
      { heartbeatTimeMs: 1 },
      { path: "live" },
      { tls: { key: "none", cert: "none" } },
    ]) {
      const error = await failure(listen({ host: "127.0.0.1", port, ...options }));
      expect(error.code).toBe("PW_CONFIG");
    }
    expect((await failure(listen({ port: 65_536 }))).code).toBe("PW_CONFIG");
  });

  test("wss", async () => {
    const tls = await certificate();
    await using listener = await listen({ tls });
    expect(listener.address).toMatch(/^wss:\/\/127\.0\.0\.1:\d+\/$/);
    await using session = await connect({ url: listener.address, tls: { ca: tls.cert } });
    const other = await accepted(listener);
    expect([session.transport, other.transport]).toEqual(["wss", "wss"]);
    session.send("there");
    other.send("back");
    expect(Buffer.from(await received(other)).toString()).toBe("there");
    expect(Buffer.from(await received(session)).toString()).toBe("back");
    const stranger = await failure(connect({ url: listener.address }));
    expect(stranger.code).toBe("PW_CONNECT_FAILED");
    expect(stranger.message).toContain("self-signed");
  });

  test("close ends sessions, handshakes and the port", async () => {
    let asked: () => void = () => {};
    const waiting = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const listener = await listen({
      host: "127.0.0.1",
      authorize: ({ url }) => {
        if (url !== "/wait") return true;
        asked();
        return new Promise(() => {});
      },
    });
    const port = portOf(listener);
    const open = await rawClient(port);
    await open.head();
    const session = await accepted(listener);
    const pending = await rawClient(port, undefined, { path: "/wait" });
    await within(waiting, "a question");
    const mute = await rawClient(port, ["X-Unfinished: "]);
    await mute.head(); // refused, and the socket is left open by this side
    const closed = listener.close();
    expect(await open.closeFrame()).toMatchObject({ code: 4002 }); // PW-CLS-11
    open.send(8, Buffer.from([0x0f, 0xa2]));
    await within(closed, "the end of the listener");
    expect(session.end).toMatchObject({ kind: "closed", by: "local", code: CloseCode.GOING_AWAY });
    await within(Promise.all([open.ended, pending.ended, mute.ended]), "the end of every socket");
    const refused = await failure(connect({ url: `ws://127.0.0.1:${port}` }));
    expect(refused.message).toContain("ECONNREFUSED");
  });

  test("a server of ws alone, for comparison, is refused by connect", async () => {
    const server = new WebSocketServer({ port: 0, handleProtocols: () => false });
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    expect((await failure(connect({ url: `ws://127.0.0.1:${port}` }))).code).toBe(
      "PW_CONNECT_FAILED",
    );
    await within(new Promise((resolve) => server.close(resolve)), "the end of the server");
  });
});
