import type { Session, SessionListener } from "pulsewire";
import * as grpc from "pulsewire/grpc";
import * as tcp from "pulsewire/tcp";
import * as ws from "pulsewire/ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { atEnd, cleanUp, handleCount, Watched } from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

const BINDINGS = {
  tcp: {
    listen: tcp.listen,
    connect: (url: string, options: object) =>
      tcp.connect({ ...options, port: Number(new URL(url).port) }),
  },
  ws: {
    listen: ws.listen,
    connect: (url: string, options: object) => ws.connect({ ...options, url }),
  },
  grpc: {
    listen: grpc.listen,
    connect: (url: string, options: object) => grpc.connect({ ...options, url }),
  },
};
type Name = keyof typeof BINDINGS;

/** A client and a server with a relay between them; both sessions, once they are open. */
async function bridge(
  from: Name,
  to: Name,
  { relay = {}, client = {}, server = {} } = {},
): Promise<{ client: Session; server: Session; watched: Watched }> {
  const listener: SessionListener = await BINDINGS[to].listen(server);
  atEnd(() => listener.close());
  const watched = await Watched.start({
    ...relay,
    listen: `${from}://127.0.0.1:0`,
    to: listener.address,
  });
  const near = await BINDINGS[from].connect(watched.address, client);
  atEnd(() => near.abort());
  const { value: far } = await listener[Symbol.asyncIterator]().next();
  if (far === undefined) throw new Error("nobody came");
  return { client: near, server: far, watched };
}

async function take(session: Session, count: number): Promise<Buffer[]> {
  const messages = session[Symbol.asyncIterator]();
  const taken: Buffer[] = [];
  while (taken.length < count) {
    const { value } = await messages.next();
    if (value === undefined) throw new Error(`ended after ${taken.length}: ${session.end?.kind}`);
    taken.push(Buffer.from(value));
  }
  return taken;
}

describe.each([
  ["ws", "grpc"],
  ["grpc", "ws"],
  ["tcp", "ws"],
  ["grpc", "tcp"],
] as const)("from %s to %s", (from, to) => {
  it("messages cross as they are, empty ones too", async () => {
    const { client, server } = await bridge(from, to);
    const sizes = [3, 0, 1, 0, 0, 65_535, 65_536, 65_537, 300_000, 2];
    for (const [session, other] of [
      [client, server],
      [server, client],
    ] as const) {
      for (const [nth, size] of sizes.entries()) {
        if (!session.send(Buffer.alloc(size, nth))) await session.drained();
      }
      const taken = await take(other, sizes.length);
      expect(taken.map((message) => message.length)).toEqual(sizes);
      for (const [nth, message] of taken.entries()) {
        expect(message.equals(Buffer.alloc(message.length, nth))).toBe(true);
      }
    }
  });

  it("what came before a Close is delivered, and the other leg is told [PW-GWY-4]", async () => {
    const { client, server, watched } = await bridge(from, to);
    client.send("the last");
    client.send("");
    client.close({ code: 1 });
    expect((await take(server, 2)).map(String)).toEqual(["the last", ""]);
    expect(await server.closed).toMatchObject({
      kind: "closed",
      by: "remote",
      code: 12,
      reason: "the other leg: closed with NORMAL",
    });
    expect(await watched.until("closed")).toMatchObject({ by: "listen", forwardBytes: 8 });
  });

  it("each leg has a heartbeat-time of its own, and no beat crosses", async () => {
    const seen: number[] = [];
    const { client, server, watched } = await bridge(from, to, {
      relay: { heartbeatTimeMs: 3_600_000, minHeartbeatTimeMs: 100 },
      client: {
        heartbeatTimeMs: 150,
        onEvent: (event: { type: string; heartbeatTimeMs?: number }) => {
          if (event.type === "heartbeat-received") seen.push(event.heartbeatTimeMs ?? 0);
        },
      },
    });
    await expect
      .poll(() => seen.filter((time) => time === 150).length, { timeout: 20_000 })
      .toBeGreaterThan(4);
    expect(server.peerHeartbeatTimeMs).toBe(3_600_000);
    expect(server.heartbeatTimeMs).toBe(3_600_000);
    const beats = watched
      .of("session")
      .filter(({ leg, event }) => leg === "to" && event.type === "heartbeat-sent");
    expect(beats.length).toBeLessThanOrEqual(2);
    await client.close();
  });
});

describe("an idle time", () => {
  it.each([
    ["plain+tcp://127.0.0.1:0", "tcp://127.0.0.1:1"],
    ["tcp://127.0.0.1:0", "plain+tcp://127.0.0.1:1"],
  ])("is refused where a stream would look complete: %s to %s", async (listen, to) => {
    const refused = Watched.start({ listen, to, idleTimeoutMs: 60_000 });
    await expect(refused).rejects.toMatchObject({
      code: "PW_CONFIG",
      message: expect.stringContaining("plain"),
    });
  });

  it("ends a connection between two legs of messages, and the other leg is told", async () => {
    const { client, server, watched } = await bridge("tcp", "ws", {
      relay: { idleTimeoutMs: 1500 }, // the second leg has to come to be in it
    });
    const ends = await Promise.all([client.closed, server.closed]);
    const codes = ends.map((end) => (end.kind === "closed" ? end.code : 0));
    expect((await watched.until("closed")).end).toMatchObject({ kind: "idle" });
    expect(codes).toContain(1);
  });
});

describe("between two slow readers", () => {
  it("memory is bounded, in both directions at once", { timeout: 30_000 }, async () => {
    // Each side may send all it has: what is not read has to wait somewhere, and not in the relay.
    const LIMIT = 256 * 1024;
    const PIECE = 64 * 1024;
    const COUNT = 600; // 38 MiB a direction, and about 7 are under way when nothing moves
    const { client, server, watched } = await bridge("ws", "grpc", {
      client: { maxUnreadBytes: LIMIT },
      server: { maxUnreadBytes: LIMIT },
    });
    const send = async (session: Session, sent: { pieces: number }): Promise<void> => {
      for (let nth = 0; nth < COUNT; nth += 1) {
        const piece = Buffer.alloc(PIECE);
        piece.writeUInt32LE(nth, 0);
        sent.pieces += 1;
        if (!session.send(piece)) await session.drained();
      }
    };
    const counts = { there: { pieces: 0 }, back: { pieces: 0 } };
    const sending = Promise.all([send(client, counts.there), send(server, counts.back)]);
    // Until nothing moves any more.
    let last = -1;
    await expect
      .poll(
        () => {
          const now = counts.there.pieces + counts.back.pieces;
          const isStill = now === last;
          last = now;
          return isStill;
        },
        { interval: 300, timeout: 15_000 },
      )
      .toBe(true);
    // The kernel's buffers of two connections, and little else: far from everything.
    expect(counts.there.pieces).toBeLessThan(COUNT / 2);
    expect(counts.back.pieces).toBeLessThan(COUNT / 2);
    expect(client.end ?? server.end).toBeUndefined();

    const check = async (session: Session): Promise<void> => {
      const messages = session[Symbol.asyncIterator]();
      for (let nth = 0; nth < COUNT; nth += 1) {
        const { value } = await messages.next();
        if (value?.length !== PIECE) throw new Error(`${nth}: ${value?.length}`);
        if (Buffer.from(value.buffer, value.byteOffset).readUInt32LE(0) !== nth) {
          throw new Error(`out of order at ${nth}`);
        }
      }
    };
    await Promise.all([check(client), check(server), sending]);
    await client.close();
    expect(await watched.until("closed")).toMatchObject({
      forwardBytes: COUNT * PIECE,
      backBytes: COUNT * PIECE,
    });
  });
});
