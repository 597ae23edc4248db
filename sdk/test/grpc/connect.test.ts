import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { Channel, credentials, Client as RawClient, Server, status as Status } from "@grpc/grpc-js";
import { PulsewireError } from "pulsewire";
import { connect, type GrpcConnectOptions, listen } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { freePort } from "../ports.ts";
import {
  accepted,
  bound,
  closing,
  Events,
  failure,
  hostPort,
  mute,
  open,
  within,
} from "./support.ts";

describe("connect", () => {
  it("says with which status it was refused", async () => {
    const server = new Server();
    const url = await bound(server);
    const error = await failure(connect({ url }));
    expect(error).toBeInstanceOf(PulsewireError);
    expect(error).toMatchObject({
      code: "PW_CONNECT_FAILED",
      side: "remote",
      cause: { code: Status.UNIMPLEMENTED },
    });
    expect(String(error)).toContain("12 UNIMPLEMENTED");
  });

  it("says so when nobody listens, and soon", async () => {
    const url = await freeUrl();
    // Longer than this test may take.
    const error = await failure(connect({ url, connectTimeoutMs: 60_000 }));
    expect(error).toMatchObject({
      code: "PW_CONNECT_FAILED",
      cause: { code: Status.UNAVAILABLE, details: expect.stringContaining("ECONNREFUSED") },
    });
  });

  it("gives up after connectTimeoutMs when the server never answers", async () => {
    const url = await mute();
    const error = await failure(connect({ url, connectTimeoutMs: 300 }));
    expect(error).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
    expect(String(error)).toContain("300 ms");
  });

  it("gives up after connectTimeoutMs when the server never accepts the call", async () => {
    const { url, streamClosed } = await headless();
    const events = new Events();
    const options = { url, connectTimeoutMs: 2000, heartbeatTimeMs: 5000, onEvent: events.onEvent };
    const error = await failure(connect(options));
    expect(error).toMatchObject({ code: "PW_CONNECT_FAILED" });
    // Open and beating all the while [PW-GRPC-4].
    expect(events.types()).toEqual(["open", "heartbeat-sent", "ended"]);
    await within(streamClosed);
  });

  it("says so when the peer is down before it has answered", async () => {
    const { url } = await headless();
    const error = await failure(connect({ url, heartbeatTimeMs: 200, heartbeatSlackTimeMs: 100 }));
    expect(error).toMatchObject({ code: "PW_CONNECT_FAILED", end: { kind: "peer-silent" } });
  });

  it("is given up by its signal, before and during the attempt and not after", async () => {
    const url = await mute();
    const reason = new Error("not needed any more");
    expect(await failure(connect({ url, signal: AbortSignal.abort(reason) }))).toBe(reason);

    const during = new AbortController();
    const attempt = failure(connect({ url, signal: during.signal }));
    setImmediate(() => during.abort(reason));
    expect(await attempt).toBe(reason);

    const { url: slow, streamOpened, streamClosed } = await headless();
    const calling = new AbortController();
    const call = failure(connect({ url: slow, signal: calling.signal }));
    await within(streamOpened);
    calling.abort(reason);
    expect(await call).toBe(reason);
    await within(streamClosed);

    const listener = closing(await listen());
    const after = new AbortController();
    const session = await open({ url: listener.address, signal: after.signal });
    after.abort(reason);
    expect(session.state).toBe("open");
  });

  it("lets many sessions share one connection, which stays theirs whose it is", async () => {
    const sockets = new Set<string>();
    const listener = closing(await listen({ onSession: ({ remote }) => sockets.add(remote) }));
    const channel = new Channel(hostPort(listener.address), credentials.createInsecure(), {});
    onTestFinished(() => channel.close());
    const client = new RawClient("", credentials.createInsecure(), { channelOverride: channel });
    const sessions = await Promise.all([
      open({ channel, heartbeatTimeMs: 5000 }),
      open({ client, heartbeatTimeMs: 5000 }),
      open({ client }),
    ]);
    expect(sockets.size).toBe(1);
    await within(Promise.all(sessions.map((session) => session.close())));
    const again = await open({ client });
    expect(again.state).toBe("open");
    expect(sockets.size).toBe(1);
  });

  it("has a connection of its own otherwise, and closes it", async () => {
    const sockets = new Set<string>();
    const listener = closing(await listen({ onSession: ({ remote }) => sockets.add(remote) }));
    const { address } = listener;
    const sessions = await Promise.all([
      open({ url: address }),
      open({ target: hostPort(address) }),
    ]);
    expect(sockets.size).toBe(2);
    await within(Promise.all(sessions.map((session) => session.close())));
    await within(Promise.all([...listener.sessions].map((session) => session.closed)));
    expect(listener.sessions.size).toBe(0);
  });

  it("refuses what cannot be meant", async () => {
    const client = new RawClient("127.0.0.1:1", credentials.createInsecure());
    onTestFinished(() => client.close());
    const wrong: [GrpcConnectOptions, string][] = [
      [{}, "PW_CONFIG"],
      [{ url: "grpc://h:1", target: "h:1" }, "PW_CONFIG"],
      [{ url: "http://h:1" }, "PW_URL"],
      [{ url: "grpc://h" }, "PW_URL"],
      [{ url: "grpc://h:1/path" }, "PW_URL"],
      [{ url: "nonsense" }, "PW_URL"],
      [{ url: "grpc://h:1", tls: true }, "PW_CONFIG"],
      [{ url: "grpcs://h:1", tls: { ca: "no certificate", cert: "only one of two" } }, "PW_CONFIG"],
      [{ client, tls: true }, "PW_CONFIG"],
      [{ client, channelOptions: {} }, "PW_CONFIG"],
      [{ client, connectTimeoutMs: 0 }, "PW_CONFIG"],
      [{ client, heartbeatTimeMs: 1 }, "PW_CONFIG"],
      [{ client, metadata: { "no key": "" } }, "PW_CONFIG"],
    ];
    for (const [options, code] of wrong) {
      expect(await failure(connect(options)), JSON.stringify(Object.keys(options))).toMatchObject({
        code,
      });
    }
  });

  it.each([
    ["options", undefined],
    ["options", null],
    ["options", "grpc://h:1"],
    ["target", { target: "" }],
    ["client", { client: "h:1" }],
    ["channel", { channel: {} }],
    ["tls", { target: "h:1", tls: "yes" }],
    ["channelOptions", { target: "h:1", channelOptions: "none" }],
    ["metadata", { target: "h:1", metadata: "authorization" }],
    ["signal", { target: "h:1", signal: new AbortController() }],
  ])("refuses %s of the wrong type: %j", async (name, options) => {
    // @ts-expect-error: what JavaScript lets through
    const error = await failure(connect(options));
    expect(error).toMatchObject({
      code: "PW_CONFIG",
      message: expect.stringMatching(`${name} must be `),
    });
  });

  it("takes a URL object, and an IPv6 address", async () => {
    const listener = closing(await listen({ host: "::1" }));
    expect(listener.address).toMatch(/^grpc:\/\/\[::1\]:\d+$/);
    const session = await open({ url: new URL(listener.address) });
    await accepted(listener);
    expect(session.state).toBe("open");
  });
});

/** A URL where nobody listens. */
async function freeUrl(): Promise<string> {
  return `grpc://127.0.0.1:${await freePort()}`;
}

/** A server that takes calls and sends no headers. */
async function headless() {
  let opened = (): void => {};
  let closed = (): void => {};
  const streamOpened = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const streamClosed = new Promise<void>((resolve) => {
    closed = resolve;
  });
  const server = createServer();
  server.on("session", (session) => onTestFinished(() => void session.destroy()));
  server.on("stream", (stream) => {
    opened();
    stream.on("error", () => {});
    stream.on("close", closed);
    stream.resume();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const url = `grpc://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, streamOpened, streamClosed };
}
