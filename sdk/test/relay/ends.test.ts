import { once } from "node:events";
import type { Socket } from "node:net";
import { connect, listen } from "pulsewire/tcp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  atEnd,
  Client,
  cleanUp,
  deferred,
  handleCount,
  Network,
  program,
  twoRelays,
  Watched,
} from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

/** With slack enough for the four legs and the network, all of one process, to come to be at all. */
const TIMES = { heartbeatTimeMs: 200, heartbeatSlackTimeMs: 2000, minHeartbeatTimeMs: 200 };
/** Heartbeat-time and slack, and the time in which it has to be noticed [PW-LIV-5]. */
const BOUND_MS = 200 + 2000 + 100;
/** What a shared machine may take to run a process at all; the bound itself is tested in virtual time. */
const LATE_MS = 5000;

/** Keeps its connections, and says how they ended. */
function keeper(): { serve: (socket: Socket) => void; ended: Promise<string> } {
  const { promise, resolve } = deferred<string>();
  return {
    ended: promise,
    serve: (socket) => {
      socket.on("error", (error: NodeJS.ErrnoException) => resolve(`${error.code}`));
      socket.on("end", () => resolve("an end"));
      socket.on("data", () => socket.write("heard"));
    },
  };
}

describe("a network that swallows everything", () => {
  it.each(["tcp", "ws", "grpc"] as const)(
    "is noticed by both programs, over %s",
    async (scheme) => {
      const { serve, ended } = keeper();
      const server = await program(serve);
      const far = await Watched.start({
        ...TIMES,
        listen: `${scheme}://127.0.0.1:0`,
        to: server,
      });
      const network = await Network.to(far.address);
      const near = await Watched.start({
        ...TIMES,
        listen: "plain+tcp://127.0.0.1:0",
        to: network.url,
      });
      const client = new Client(near.address);
      client.socket.write("hello");
      await once(client.socket, "data");
      network.swallow();
      const since = performance.now();
      client.socket.resume();
      await client.reset();
      expect(await ended).toBe("ECONNRESET");
      expect(performance.now() - since).toBeLessThan(BOUND_MS + LATE_MS);
      for (const [relay, by] of [
        [near, "to"],
        [far, "listen"],
      ] as const) {
        const { end, ...closed } = await relay.until("closed");
        expect(closed).toMatchObject({ by, why: expect.stringMatching(/^silent for \d+ ms$/) });
        expect(end).toMatchObject({ kind: "peer-silent" });
      }
    },
  );

  it("is not noticed by the octets of the other leg", async () => {
    // The program talks all the time; that is no life of the peer beyond the relay.
    const server = await program((socket) => socket.resume());
    const far = await Watched.start({ ...TIMES, listen: "tcp://127.0.0.1:0", to: server });
    const network = await Network.to(far.address);
    const near = await Watched.start({
      ...TIMES,
      listen: "plain+tcp://127.0.0.1:0",
      to: network.url,
    });
    const client = new Client(near.address);
    const talk = setInterval(() => client.socket.write("x"), 20);
    atEnd(() => clearInterval(talk));
    await near.until("session", 4);
    network.swallow();
    await client.closed;
    expect((await near.until("closed")).end).toMatchObject({ kind: "peer-silent" });
  });
});

describe("a leg that speaks Pulsewire", () => {
  it.each(["tcp", "ws", "grpc"] as const)(
    "that is reset, over %s, resets the program",
    async (scheme) => {
      const { serve, ended } = keeper();
      const far = await Watched.start({
        listen: `${scheme}://127.0.0.1:0`,
        to: await program(serve),
      });
      const network = await Network.to(far.address);
      const near = await Watched.start({ listen: "plain+tcp://127.0.0.1:0", to: network.url });
      const client = new Client(near.address);
      client.socket.write("hello");
      await once(client.socket, "data");
      network.cut();
      await client.reset();
      expect(await ended).toBe("ECONNRESET");
      expect(await near.until("closed")).toMatchObject({ by: "to" });
      expect(await far.until("closed")).toMatchObject({ by: "listen" });
    },
  );

  it("ends the stream with Close(NORMAL), after all it sent", async () => {
    const chunks: Buffer[] = [];
    const { promise, resolve } = deferred<string>();
    const server = await program((socket) => {
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("end", () => resolve(Buffer.concat(chunks).toString()));
      socket.on("error", (error) => resolve(error.message));
      socket.on("end", () => socket.end());
    });
    const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to: server });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    session.send("all ");
    session.send("there is");
    await session.close();
    expect(await promise).toBe("all there is");
    expect(await relay.until("closed")).toMatchObject({ by: "listen", end: { code: 1 } });
  });

  it("lets a program that goes on talking after that go, in time", {
    timeout: 20_000,
  }, async () => {
    const { promise, resolve } = deferred<void>();
    const server = await program((socket) => {
      const talk = setInterval(() => socket.write("and another thing "), 50);
      socket.on("close", () => clearInterval(talk));
      socket.on("close", () => resolve());
      socket.resume();
    });
    const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to: server });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    await relay.until("open");
    await session.close();
    await promise;
    await relay.until("closed");
  });

  it("half-closes with an empty message, and is half-closed with one", async () => {
    const server = await program((socket) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk) => chunks.push(chunk));
      socket.on("end", () => socket.end(`got ${Buffer.concat(chunks)}`));
    });
    const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to: server });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    session.send("question");
    session.send("");
    const messages = session[Symbol.asyncIterator]();
    const next = async () => String(Buffer.from((await messages.next()).value ?? []));
    expect(await next()).toBe("got question");
    expect(await next()).toBe(""); // the end of the stream [PW-GWY-6]
    expect(await next()).toBe(""); // all of ours has been handed on [PW-GWY-7]
    session.send("");
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote", code: 1 });
    expect(await relay.until("closed")).toMatchObject({ by: "both" });
  });

  it.each([
    ["octets", ["", "more"]],
    ["octets after a second empty message", ["", "", "more"]],
    ["a third empty message", ["", "", ""]],
  ])("is told of %s after the end of the stream", async (_, messages) => {
    const { serve } = keeper();
    const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to: await program(serve) });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    for (const message of messages) session.send(message);
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote", code: 4 }); // PW-GWY-8
    expect(await relay.until("closed")).toMatchObject({ by: "listen" });
  });

  it("hands on when not to come back", async () => {
    const upstream = await listen({
      onSession: (session) => {
        session.close({ code: 2, reason: "maintenance", retryAfterMs: 7000 });
      },
    });
    atEnd(() => upstream.close());
    const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to: upstream.address });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    expect(await session.closed).toMatchObject({
      code: 12,
      reason: "the other leg: closed with GOING_AWAY: maintenance",
      retryAfterMs: 7000,
    });
  });
});

describe("a relay that is closed", () => {
  it("says GOING_AWAY to sessions, resets programs, and leaves the port", async () => {
    const { serve, ended } = keeper();
    const { near, far } = await twoRelays("ws", await program(serve));
    const client = new Client(near.address);
    client.socket.write("hello");
    await once(client.socket, "data");
    expect(near.relay.connections).toBe(1);
    const since = performance.now();
    await near.relay.close();
    expect(performance.now() - since).toBeLessThan(2000 + LATE_MS);
    expect(near.relay.connections).toBe(0);
    await client.reset();
    expect(await ended).toBe("ECONNRESET");
    expect(await far.until("closed")).toMatchObject({
      by: "listen",
      end: { kind: "closed", by: "remote", code: 2, reason: "the relay is closed" },
    });
    expect(await near.until("closed")).toMatchObject({ by: "relay" });
    const late = new Client(near.address);
    await late.closed;
    expect(late.error?.code).toBe("ECONNREFUSED");
    await near.relay.close();
  });

  it("does not wait for a peer that is not there", async () => {
    const silent = await program((socket) => socket.resume());
    const near = await Watched.start({
      listen: "plain+tcp://127.0.0.1:0",
      to: silent.replace("plain+", ""),
      closeTimeoutMs: 100,
    });
    const client = new Client(near.address);
    client.socket.write("hello");
    await near.until("open");
    const since = performance.now();
    await near.relay.close();
    expect(performance.now() - since).toBeLessThan(100 + LATE_MS);
  });
});

describe("a relay that is closed while a slow peer takes octets", () => {
  it("throws away what is left, in time", { timeout: 60_000 }, async () => {
    const { promise: begun, resolve } = deferred<void>();
    // It takes something all the time, and would need many seconds for all of it.
    const slow = await program((socket) => {
      let bytes = 0;
      socket.on("data", (chunk) => {
        bytes += chunk.length;
        if (bytes > 2 ** 20) resolve(); // more than heartbeats
        socket.pause();
        setTimeout(() => socket.resume(), 20);
      });
    });
    const size = 64 * 2 ** 20;
    const relay = await Watched.start({
      listen: "tcp://127.0.0.1:0",
      to: slow.replace("plain+", ""),
      maxMessageBytes: size,
      closeTimeoutMs: 1000,
    });
    const session = await connect({
      port: Number(new URL(relay.address).port),
      maxMessageBytes: size,
    });
    session.send(Buffer.alloc(size));
    await begun;
    const since = performance.now();
    await relay.relay.close();
    expect(performance.now() - since).toBeLessThan(1000 + LATE_MS);
    expect(await relay.until("closed")).toMatchObject({ by: "relay" });
  });
});

describe("a relay that is full", () => {
  it("refuses more, and goes on", async () => {
    const { serve } = keeper();
    const near = await Watched.start({
      listen: "tcp://127.0.0.1:0",
      to: await program(serve),
      maxConnections: 1,
    });
    const port = Number(new URL(near.address).port);
    const first = await connect({ port });
    await near.until("open");
    const second = await connect({ port });
    expect(await second.closed).toMatchObject({ code: 2, reason: "too many connections" });
    expect(await near.until("refused")).toMatchObject({ connection: 2 });
    first.send("still");
    const { value } = await first[Symbol.asyncIterator]().next();
    expect(String(Buffer.from(value ?? []))).toBe("heard");
    await first.close();
    await near.until("closed");
    const third = await connect({ port });
    await near.until("open", 2);
    await third.close();
  });
});
