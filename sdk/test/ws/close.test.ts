import { CloseCode } from "pulsewire";
import { encodeFrame } from "pulsewire/core";
import { connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  accepted,
  certificate,
  closeAmong,
  dataFrame,
  portOf,
  rawClient,
  rawServer,
  received,
  within,
} from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

function closePayload(code: number, reason = ""): Buffer {
  const payload = Buffer.alloc(2);
  payload.writeUInt16BE(code);
  return Buffer.concat([payload, Buffer.from(reason)]);
}

describe("[PW-WS-9] this side closes: Close, then the WebSocket's close frame", () => {
  test.each([
    [CloseCode.NORMAL, 1000],
    [CloseCode.GOING_AWAY, 4002],
    [CloseCode.UPSTREAM_LOST, 4012],
    [100, 4100],
    [7777, 4013],
  ])("code %i is %i", async (code, wsCode) => {
    const { url, peer } = await rawServer();
    const session = await connect({ url });
    const raw = await peer;
    const reason = `because ${"é".repeat(100)}`;
    session.send("before");
    const closed = session.close({ code, reason });
    const said = await raw.closeFrame();
    expect(said.code).toBe(wsCode);
    expect(Buffer.byteLength(said.reason)).toBeLessThanOrEqual(123);
    expect(reason.startsWith(said.reason)).toBe(true);
    expect(closeAmong(raw.frames)).toEqual({ code, reason });
    expect(raw.frames.map(({ opcode }) => opcode)).toEqual([2, 2, 8]);
    raw.send(8, closePayload(wsCode));
    raw.socket.end();
    expect(await within(closed, "the end")).toMatchObject({ kind: "closed", by: "local", code });
    await within(raw.ended, "the end of the TCP connection");
  });

  test("a peer that never answers is let go in closeTimeoutMs", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const raw = await rawClient(portOf(listener));
    await raw.head();
    const session = await accepted(listener);
    const end = await within(session.close(), "the end");
    expect(end).toMatchObject({ kind: "closed", by: "local" });
    await within(raw.ended, "the end of the TCP connection");
  });
});

describe("[PW-WS-9] the peer closes", () => {
  const closedBy = (code: number): object => ({ kind: "closed", by: "remote", code });
  test.each([
    ["1000", closePayload(1000), { kind: "peer-closed" }],
    ["no code", Buffer.alloc(0), { kind: "peer-closed" }],
    ["3000", closePayload(3000), { kind: "peer-closed" }],
    ["1001", closePayload(1001), closedBy(CloseCode.GOING_AWAY)],
    ["1009", closePayload(1009), closedBy(CloseCode.FRAME_TOO_LARGE)],
    ["4003", closePayload(4003, "why"), { ...closedBy(3), reason: "why" }],
    ["4012", closePayload(4012), closedBy(CloseCode.UPSTREAM_LOST)],
    ["1010", closePayload(1010), { kind: "link-lost" }],
  ])("with %s and no Close, and holds on to the TCP connection", async (_what, payload, end) => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const raw = await rawClient(portOf(listener));
    await raw.head();
    const session = await accepted(listener);
    raw.send(8, payload);
    expect(await within(session.closed, "the end")).toMatchObject(end);
    expect((await raw.frame(8)).payload.subarray(0, 2)).toEqual(payload.subarray(0, 2));
    await within(raw.ended, "the end of the TCP connection");

    const server = await rawServer();
    const client = await connect({ url: server.url });
    (await server.peer).send(8, payload);
    expect(await within(client.closed, "the end of the client")).toMatchObject(end);
    await within((await server.peer).ended, "the end of the TCP connection");
  });

  test("[PW-CLS-3] with Close: it is believed, and answered by the WebSocket alone", async () => {
    const { url, peer } = await rawServer();
    const session = await connect({ url });
    const raw = await peer;
    const close = { code: 2, reason: "bye", retryAfterMs: 1234 };
    raw.send(2, encodeFrame({ version: 1, body: "close", close }));
    expect(await within(session.closed, "the end")).toEqual({
      kind: "closed",
      by: "remote",
      ...close,
    });
    expect((await raw.closeFrame()).code).toBe(1000);
    expect(raw.frames).toHaveLength(1);
  });

  test("[PW-CLS-4] by ending or resetting the TCP connection", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const gentle = await rawClient(portOf(listener));
    await gentle.head();
    const first = await accepted(listener);
    gentle.socket.end();
    expect(await within(first.closed, "the end")).toMatchObject({ kind: "link-lost" });

    const rude = await rawClient(portOf(listener));
    await rude.head();
    const second = await accepted(listener);
    rude.socket.resetAndDestroy();
    expect(await within(second.closed, "the end")).toMatchObject({
      kind: "link-lost",
      cause: { code: "ECONNRESET" },
    });
  });
});

test("[PW-CLS-4] the peer ends its direction and reads nothing more: that is no reason to wait", async () => {
  await using listener = await listen();
  const raw = await rawClient(portOf(listener));
  await raw.head();
  const session = await accepted(listener);
  raw.socket.pause();
  for (let i = 0; i < 12; i += 1) session.send(new Uint8Array(2 ** 20));
  raw.socket.end();
  expect(await within(session.closed, "the end")).toMatchObject({ kind: "link-lost" });
});

describe("what the peer does wrong", () => {
  test("[PW-WS-4] a text message: Close(PROTOCOL_ERROR) and 4004", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const raw = await rawClient(portOf(listener));
    await raw.head();
    const session = await accepted(listener);
    raw.send(2, dataFrame("fine"));
    raw.send(1, dataFrame("a frame, but as text"));
    raw.send(2, dataFrame("ignored"));
    const end = await within(session.closed, "the end");
    expect(end).toMatchObject({ kind: "protocol-error", code: CloseCode.PROTOCOL_ERROR });
    expect((await raw.closeFrame()).code).toBe(4004);
    expect(closeAmong(raw.frames).code).toBe(CloseCode.PROTOCOL_ERROR);
    expect(Buffer.from(await received(session)).toString()).toBe("fine");
    await expect(received(session)).rejects.toThrow("ended");
  });

  test("[PW-LIM-1] a message too long is refused on its length, with Close and 4006", async () => {
    const { url, peer } = await rawServer();
    const session = await connect({ url, maxFrameBytes: 2048 });
    const raw = await peer;
    raw.socket.write(Buffer.from([0x82, 126, 0x08, 0x01])); // the length, 2049, and nothing else
    const end = await within(session.closed, "the end");
    expect(end).toMatchObject({ kind: "protocol-error", code: CloseCode.FRAME_TOO_LARGE });
    expect((await raw.closeFrame()).code).toBe(4006);
    expect(closeAmong(raw.frames).code).toBe(CloseCode.FRAME_TOO_LARGE);
    raw.send(8, closePayload(4006));
    await within(raw.ended, "the end of the TCP connection");
  });

  test("frames that are none: 1002, and the process lives on", async () => {
    await using listener = await listen({ closeTimeoutMs: 200 });
    const raw = await rawClient(portOf(listener));
    await raw.head();
    const session = await accepted(listener);
    raw.socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff]));
    const end = await within(session.closed, "the end");
    expect(end).toMatchObject({ kind: "protocol-error", code: CloseCode.PROTOCOL_ERROR });
    expect((await raw.closeFrame()).code).toBe(1002);
  });
});

describe("abort", () => {
  test.each(["ws", "wss"])("loses nothing that was handed over before: %s", async (scheme) => {
    const made = scheme === "wss" ? await certificate() : undefined;
    await using listener = await listen({ tls: made });
    for (let i = 0; i < 20; i += 1) {
      const [closing, other] = await Promise.all([
        connect({ url: listener.address, tls: { ca: made?.cert } }),
        accepted(listener),
      ]);
      // Each side in turn; what has not been read yet must not turn the end into a reset.
      const [from, to] = i % 2 === 0 ? [closing, other] : [other, closing];
      to.send("unread");
      from.send(`last words ${i}`);
      from.abort();
      expect(Buffer.from(await received(to)).toString()).toBe(`last words ${i}`);
      expect(from.end).toMatchObject({ kind: "aborted" });
      expect(["closed", "link-lost"]).toContain((await within(to.closed, "the end")).kind);
    }
  });

  test("waits for nobody", async () => {
    const { url, peer } = await rawServer();
    const session = await connect({ url });
    const raw = await peer;
    onTestFinished(() => session.abort());
    session.abort("enough");
    expect(session.end).toEqual({ kind: "aborted", reason: "enough" });
    expect(await raw.closeFrame()).toEqual({ code: 4002, reason: "aborted" });
    await within(raw.ended, "the end of the TCP connection");
  });
});
