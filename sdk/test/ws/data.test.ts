import { once } from "node:events";
import { createServer as createHttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { CloseCode, type LinkEnd, type LinkSink } from "pulsewire";
import { attach, connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { WsLink } from "../../src/ws/ws-link.ts";
import { accepted, portOf, rawClient, received, within } from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

/** `length` octets that differ from place to place. */
function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8)) & 255);
}

/** Resolves when `look` has had the same value for a while. */
async function settled(look: () => number): Promise<number> {
  for (let before = look(), same = 0; ; ) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    const now = look();
    same = now === before ? same + 1 : 0;
    if (same === 5) return now;
    before = now;
  }
}

/** A link that was given `octets` takes some of them, and tells of the rest when the other side reads again. */
async function expectDrain(
  link: WsLink,
  other: WebSocket,
  octets: number,
  told: readonly unknown[],
): Promise<void> {
  const standstill = settled(() => link.octetsSent());
  expect(await within(standstill, "a standstill")).toBeLessThan(octets);
  expect(told).toEqual([]);
  other.resume();
  // Not another standstill: what is taken shows in steps, and a busy machine is slow from one to the next.
  await expect.poll(() => link.octetsSent(), { timeout: 15_000 }).toBe(octets);
  await expect.poll(() => told, { timeout: 15_000 }).toEqual(["drain"]);
}

test("a message of 5 MiB, both ways at once", async () => {
  await using listener = await listen();
  await using session = await connect({ url: listener.address });
  const other = await accepted(listener);
  const large = pattern(5 * 2 ** 20);
  session.send(large);
  other.send(large);
  expect(Buffer.compare(await received(other), large)).toBe(0);
  const back = await received(session);
  expect(Buffer.compare(back, large)).toBe(0);
  expect(Buffer.isBuffer(back)).toBe(false);
  expect(large[77]).toBe(pattern(78)[77]); // masking has left the sender's octets alone
});

test("a peer that does not read holds the sender up, and only as long", async () => {
  await using listener = await listen();
  const raw = await rawClient(portOf(listener));
  await raw.head();
  const session = await accepted(listener);
  raw.socket.pause();
  const chunk = new Uint8Array(2 ** 20);
  let sent = 0;
  while (sent < 64 && (session.send(chunk) || sent < 12)) sent += 1;
  expect(
    await within(
      settled(() => session.unsentBytes),
      "a standstill",
    ),
  ).toBeGreaterThan(0);
  const drained = session.drained();
  raw.socket.resume();
  await within(drained, "room");
  expect(session.unsentBytes).toBe(0);
  raw.socket.destroy();
});

test("[PW-LIM-5] an application that does not read holds the peer up, and nothing is lost", async () => {
  await using listener = await listen({ maxUnreadBytes: 65_536 });
  await using session = await connect({ url: listener.address, maxUnsentBytes: 2 ** 26 });
  const other = await accepted(listener);
  for (let i = 0; i < 40; i += 1) session.send(new Uint8Array(2 ** 20).fill(i));
  expect(
    await within(
      settled(() => session.unsentBytes),
      "a standstill",
    ),
  ).toBeGreaterThan(0);
  expect(other.end).toBeUndefined();
  for (let i = 0; i < 40; i += 1) {
    const message = await received(other);
    expect([message.length, message[0], message[2 ** 20 - 1]]).toEqual([2 ** 20, i, i]);
  }
  await within(session.drained(), "room");
});

test("[PW-LIV-9] a paused peer is not charged with silence", async () => {
  await using listener = await listen({
    maxUnreadBytes: 1000,
    heartbeatTimeMs: 100,
    heartbeatSlackTimeMs: 300,
  });
  await using session = await connect({ url: listener.address });
  const other = await accepted(listener);
  session.send(new Uint8Array(2000));
  // Long past the deadline: the application is slow, and its peer beats on unheard.
  await new Promise((resolve) => setTimeout(resolve, 1200));
  expect(other.end).toBeUndefined();
  expect(await received(other)).toHaveLength(2000);
  session.send("more");
  expect(Buffer.from(await received(other)).toString()).toBe("more");
});

describe("what is sent in one turn", () => {
  test("is two writes, the first message and the others, and comes in order", async () => {
    const http = createHttpServer().listen(0, "127.0.0.1");
    const sockets: Duplex[] = [];
    http.on("upgrade", (_request, socket) => sockets.push(socket));
    await using listener = attach(http);
    onTestFinished(() => void http.close());
    await once(http, "listening");
    const { port } = http.address() as AddressInfo;
    await using session = await connect({ url: `ws://127.0.0.1:${port}` });
    const other = await accepted(listener);
    const [socket] = sockets;
    if (socket === undefined) throw new Error("no socket");
    const spies = [vi.spyOn(socket, "_write"), vi.spyOn(socket, "_writev" as "_write")];
    const writes = () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
    for (let nth = 0; nth < 500; nth += 1) expect(other.send(pattern(nth % 100))).toBe(true);
    expect(writes()).toBe(1);
    await within(other.drained(), "room");
    expect(writes()).toBe(2);
    for (let nth = 0; nth < 500; nth += 1) {
      expect(Buffer.compare(await received(session), pattern(nth % 100))).toBe(0);
    }
  });

  test("[PW-CLS-8] is not lost when the same turn closes", async () => {
    await using listener = await listen();
    const session = await connect({ url: listener.address });
    const other = await accepted(listener);
    for (let nth = 0; nth < 1000; nth += 1) session.send(pattern(nth));
    const closing = session.close({ reason: "done" });
    let nth = 0;
    for await (const message of other) {
      expect(message).toHaveLength(nth);
      nth += 1;
    }
    expect(nth).toBe(1000);
    expect(other.end).toMatchObject({ kind: "closed", by: "remote", reason: "done" });
    await within(closing, "the end");
  });
});

describe("a link by itself", () => {
  /** A link at a server, not started, and the WebSocket at its other end. */
  async function pair(knowsSocket = true): Promise<{ link: WsLink; other: WebSocket }> {
    const http = createHttpServer().listen(0, "127.0.0.1");
    const server = new WebSocketServer({ server: http });
    onTestFinished(() => void http.close());
    await once(http, "listening");
    const made = new Promise<WsLink>((resolve) => {
      server.once("connection", (ws, { socket }) => {
        const context = { transport: "ws", remote: "peer", maxFrameBytes: 2048 } as const;
        resolve(new WsLink(ws, { ...context, socket: knowsSocket ? socket : undefined }));
      });
    });
    const { port } = http.address() as AddressInfo;
    const other = new WebSocket(`ws://127.0.0.1:${port}`, "pulsewire.v1");
    onTestFinished(() => other.terminate());
    await within(once(other, "open"), "a WebSocket");
    return { link: await made, other };
  }

  /** Notes what a link tells. */
  function note(): { sink: LinkSink; told: unknown[]; closed: Promise<LinkEnd> } {
    const told: unknown[] = [];
    let close: (end: LinkEnd) => void = () => {};
    const closed = new Promise<LinkEnd>((resolve) => {
      close = resolve;
    });
    const sink: LinkSink = {
      onFrame: (frame) => told.push(Buffer.from(frame).toString()),
      onOctets: () => told.push("octets"),
      onViolation: (code) => told.push(code),
      onDrain: () => told.push("drain"),
      onClose: (end) => {
        told.push(end.kind);
        close(end);
      },
    };
    return { sink, told, closed };
  }

  test("holds what arrives before start, and tells the end last and once", async () => {
    const { link, other } = await pair();
    for (const frame of ["one", "two", "three"]) other.send(Buffer.from(frame));
    other.close(4003, "why");
    await within(
      settled(() => other.bufferedAmount),
      "the writes",
    );
    const { sink, told, closed } = note();
    link.start(sink);
    expect(await within(closed, "the end")).toEqual({
      kind: "peer-close-code",
      code: CloseCode.HEARTBEAT_TIMEOUT,
      reason: "why",
    });
    link.close({ code: 1, reason: "" });
    link.abort({ code: 1, reason: "" });
    expect(link.send(new Uint8Array(1))).toBe(false);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(["one", "two", "three", "peer-close-code"]);
  });

  test("holds them also when the connection is lost before start", async () => {
    const { link, other } = await pair();
    other.send(Buffer.from("one"));
    await within(
      settled(() => other.bufferedAmount),
      "the writes",
    );
    other.terminate();
    const { sink, told, closed } = note();
    link.start(sink);
    expect((await within(closed, "the end")).kind).toBe("lost");
    expect(told).toEqual(["one", "lost"]);
  });

  test("[PW-LIM-1] refuses a long message on its length, whatever the server would take", async () => {
    const { link, other } = await pair();
    const { sink, told } = note();
    link.start(sink);
    const seen = new Promise<void>((resolve) => {
      sink.onViolation = (code) => {
        told.push(code);
        resolve();
      };
    });
    // Its end never comes: there is nothing to wait for.
    other.send(Buffer.alloc(3000), { fin: false });
    await within(seen, "the verdict");
    expect(told.at(-1)).toBe(CloseCode.FRAME_TOO_LARGE);
    link.abort({ code: CloseCode.FRAME_TOO_LARGE, reason: "" });
    const [code] = await within(once(other, "close"), "the close frame");
    expect(code).toBe(4006);
  });

  test("counts a batch when it is taken, and says when there is room again", async () => {
    const { link, other } = await pair();
    const { sink, told } = note();
    link.start(sink);
    other.pause();
    let given = 0;
    for (let room = true; room; ) {
      link.cork();
      do {
        room = link.send(new Uint8Array(1000));
        given += 1000;
      } while (room && given % 64_000 !== 0);
      room = link.uncork();
      expect(given).toBeLessThan(2 ** 28);
    }
    await expectDrain(link, other, given, told);
  });

  test("keeps long frames as they were until they have left, however long that takes", async () => {
    const { link, other } = await pair();
    link.start(note().sink);
    const fills: (number | undefined)[] = [];
    other.on("message", (message: Buffer) => {
      const fill = message[3];
      const isWhole = message.length === 65_539 && message[0] === 7 && message[2] === 9;
      fills.push(isWhole && message.every((octet, at) => at < 3 || octet === fill) ? fill : -1);
    });
    other.pause();
    const data = new Uint8Array(65_536);
    // Far more than the system takes; and what it has not taken waits in the process.
    for (let nth = 0; nth < 250; nth += 1) {
      link.sendParts(Uint8Array.of(7, 8, 9), data.fill(nth));
    }
    other.resume();
    await expect.poll(() => fills.length, { timeout: 15_000 }).toBe(250);
    expect(fills).toEqual(Array.from({ length: 250 }, (_, nth) => nth));
  });

  /** Sends 20 long frames, each when the one before has come, and says how often memory was taken for one. */
  async function memoryTaken({ link, other }: Awaited<ReturnType<typeof pair>>): Promise<number> {
    link.start(note().sink);
    const allocate = vi.spyOn(Buffer, "allocUnsafeSlow");
    onTestFinished(() => allocate.mockRestore());
    for (let nth = 0; nth < 20; nth += 1) {
      const came = once(other, "message");
      link.sendParts(Uint8Array.of(nth), new Uint8Array(20_000).fill(nth));
      const [message] = await within(came, "the frame");
      expect(Buffer.compare(message, Buffer.alloc(20_001, nth))).toBe(0);
    }
    return allocate.mock.calls.filter(([length]) => length === 20_001).length;
  }

  test("takes memory once for long frames that the system takes at once", async () => {
    expect(await memoryTaken(await pair())).toBeLessThan(10); // once, unless the collector takes it
  });

  test("takes memory for each where it cannot know who still has what it wrote", async () => {
    expect(await memoryTaken(await pair(false))).toBe(20);
  });

  test("takes nothing in a batch in whose midst it ends", async () => {
    const { link } = await pair();
    const { sink, told, closed } = note();
    link.start(sink);
    await new Promise((resolve) => setImmediate(resolve));
    link.cork();
    expect(link.send(new Uint8Array(10))).toBe(true);
    link.abort({ code: 1, reason: "" });
    expect(link.send(new Uint8Array(10))).toBe(false);
    expect(link.uncork()).toBe(false);
    await within(closed, "the end");
    expect(told).toEqual(["local"]);
  });

  test("counts octets as they are taken, and says when there is room", async () => {
    const { link, other } = await pair();
    const { sink, told } = note();
    link.start(sink);
    other.pause();
    let given = 0;
    for (let room = true; room; given += 65_536) {
      room = link.send(new Uint8Array(65_536));
      expect(given).toBeLessThan(2 ** 28);
    }
    await expectDrain(link, other, given, told);
  });
});

test("a client that talks nonsense is turned away, and the next is served", async () => {
  await using listener = await listen();
  const raw = await rawClient(portOf(listener), ["bad header"]);
  expect(await raw.head()).toMatch(/^HTTP\/1\.1 400 /);
  await using session = await connect({ url: listener.address });
  expect(session.state).toBe("open");
});
