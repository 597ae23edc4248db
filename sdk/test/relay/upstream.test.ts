import { once } from "node:events";
import { createServer } from "node:http";
import { connect as dial, type Socket } from "node:net";
import type { Session, SessionListener } from "pulsewire";
import { attach, connect } from "pulsewire/tcp";
import { listen as listenWs } from "pulsewire/ws";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../ports.ts";
import { certificates } from "../tcp/support.ts";
import {
  atEnd,
  Client,
  cleanUp,
  deferred,
  handleCount,
  portOf,
  program,
  Watched,
} from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

/** A relay to an upstream whose handshake takes until it is told to `answer`. */
async function lateUpstream(): Promise<{
  relay: Watched;
  answer: () => void;
  far: SessionListener;
}> {
  const far = await listenWs();
  atEnd(() => far.close());
  const { promise: answered, resolve } = deferred<void>();
  const gate = await program((near) => {
    const beyond = dial(Number(new URL(far.address).port), "127.0.0.1");
    beyond.on("error", () => {});
    atEnd(() => beyond.destroy());
    beyond.pipe(near);
    answered.then(() => near.pipe(beyond));
  });
  const to = `ws://127.0.0.1:${new URL(gate.replace("plain+", "")).port}${new URL(far.address).pathname}`;
  const relay = await Watched.start({ listen: "tcp://127.0.0.1:0", to });
  return { relay, answer: () => resolve(undefined), far };
}

async function httpPort(): Promise<number> {
  const server = createServer((_, response) => response.end("a web page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return portOf(server);
}

describe("an upstream that is not there", () => {
  it.each(["plain+tcp", "tcp", "tls", "ws", "wss", "grpc", "grpcs"])(
    "%s: the client is told, and the relay goes on",
    async (scheme) => {
      const port = await freePort();
      const relay = await Watched.start({
        listen: "tcp://127.0.0.1:0",
        to: `${scheme}://127.0.0.1:${port}`,
      });
      for (const nth of [1, 2]) {
        const session = await connect({ port: Number(new URL(relay.address).port) });
        session.send("is anybody there?");
        const end = await session.closed;
        expect(end).toMatchObject({ kind: "closed", by: "remote", code: 12 });
        expect(end).toMatchObject({
          reason: expect.stringMatching(/^no connection to the other side/),
        });
        expect(JSON.stringify(end)).not.toContain(String(port)); // what is inside is told to nobody outside
        const { why, error } = await relay.until("refused", nth);
        expect(why).toContain(String(port));
        expect(error).toMatchObject({ code: "PW_CONNECT_FAILED" });
      }
      expect(relay.of("open")).toEqual([]);
    },
  );

  it("resets a program", async () => {
    const to = `ws://127.0.0.1:${await freePort()}`;
    const relay = await Watched.start({ listen: "plain+tcp://127.0.0.1:0", to });
    const client = new Client(relay.address);
    client.socket.write("hello?");
    client.socket.resume();
    await client.reset();
    await relay.until("refused");
  });
});

describe("an upstream that hangs", () => {
  it.each(["tls", "ws", "wss", "grpc"])(
    "in the handshake of %s: it is given up in time",
    async (scheme) => {
      const silent = await program((socket) => socket.resume());
      const relay = await Watched.start({
        listen: "plain+tcp://127.0.0.1:0",
        to: silent.replace("plain+tcp", scheme),
        connectTimeoutMs: 200,
      });
      const client = new Client(relay.address);
      // More than fits: it waits where it is, and is bounded.
      client.socket.write(Buffer.alloc(2 ** 20));
      client.socket.resume();
      await client.reset();
      expect((await relay.until("refused")).why).toMatch(/200 ms/);
    },
  );

  it("once connected: silence is found by the heartbeats", async () => {
    const silent = await program((socket) => socket.resume());
    const relay = await Watched.start({
      listen: "plain+tcp://127.0.0.1:0",
      to: silent.replace("plain+", ""),
      heartbeatTimeMs: 100,
      heartbeatSlackTimeMs: 100,
    });
    const client = new Client(relay.address);
    client.socket.resume();
    await client.reset();
    expect((await relay.until("closed")).end).toMatchObject({ kind: "peer-silent" });
  });

  it("is let go of when the client is lost", async () => {
    const silent = await program((socket) => socket.resume());
    const relay = await Watched.start({
      listen: "tcp://127.0.0.1:0",
      to: silent.replace("plain+tcp", "ws"),
    });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    session.abort();
    expect((await relay.until("refused")).why).toMatch(/^it left before there was a second leg/);
  });

  it.each([
    [
      "without a Close",
      (session: Session, socket: Socket) => session.drained().then(() => socket.end()),
    ],
    ["with Close(NORMAL)", (session: Session) => session.close()],
  ])(
    "gets what a client said that left %s, however late it is there [PW-GWY-5]",
    async (_, leave) => {
      const { relay, answer, far } = await lateUpstream();
      const socket = dial(Number(new URL(relay.address).port), "127.0.0.1");
      await once(socket, "connect");
      const session = attach(socket);
      for (const message of ["a", "", "c"]) session.send(message);
      const left = leave(session, socket);
      await Promise.all([left, once(socket, "close")]);
      answer();
      const { value: server } = await far[Symbol.asyncIterator]().next();
      const got: string[] = [];
      for await (const message of server ?? []) got.push(String(Buffer.from(message)));
      expect(got).toEqual(["a", "", "c"]);
      expect(server?.end).toMatchObject({ kind: "closed", code: 12 });
      expect(await relay.until("closed")).toMatchObject({ by: "listen", forwardBytes: 2 });
    },
  );

  it("is let go of when the client leaves without a word", async () => {
    const { relay } = await lateUpstream();
    const session = await connect({ port: Number(new URL(relay.address).port) });
    await session.close();
    expect((await relay.until("refused")).why).toMatch(/^it left before there was a second leg/);
  });

  it("is let go of when the relay is closed", async () => {
    const silent = await program((socket) => socket.resume());
    const relay = await Watched.start({
      listen: "tcp://127.0.0.1:0",
      to: silent.replace("plain+tcp", "ws"),
    });
    const session = await connect({ port: Number(new URL(relay.address).port) });
    await expect.poll(() => relay.relay.connections, { timeout: 10_000 }).toBe(1);
    await relay.relay.close();
    expect(await session.closed).toMatchObject({ code: 2 });
    expect(await relay.until("refused")).toMatchObject({ why: "the relay was closed" });
  });
});

describe("an upstream that speaks something else", () => {
  it.each([
    ["tcp", "closed"],
    ["tls", "refused"],
    ["ws", "refused"],
    ["grpc", "refused"],
  ] as const)("HTTP, where %s was expected", async (scheme, what) => {
    const relay = await Watched.start({
      listen: "plain+tcp://127.0.0.1:0",
      to: `${scheme}://127.0.0.1:${await httpPort()}`,
      connectTimeoutMs: 5000,
      heartbeatTimeMs: 1000,
      heartbeatSlackTimeMs: 500,
    });
    const client = new Client(relay.address);
    client.socket.write("GET / HTTP/1.1\r\n\r\n");
    client.socket.resume();
    await client.reset();
    await relay.until(what);
  });

  it("a certificate that nobody trusts", async () => {
    const { server, ca } = await certificates();
    const far = await Watched.start({
      listen: "tls://127.0.0.1:0",
      listenTls: server,
      to: await program((socket) => socket.pipe(socket)),
    });
    const near = await Watched.start({ listen: "plain+tcp://127.0.0.1:0", to: far.address });
    const client = new Client(near.address);
    client.socket.resume();
    await client.reset();
    expect((await near.until("refused")).why).toMatch(/certificate/);
    // The far one has done nothing wrong, and serves who does trust it, or does not care.
    for (const toTls of [{ ca }, { insecure: true }]) {
      const trusting = await Watched.start({
        listen: "plain+tcp://127.0.0.1:0",
        to: far.address,
        toTls,
      });
      const other = new Client(trusting.address);
      other.socket.end("still here");
      expect(await other.all()).toBe("still here");
    }
  });

  it("asks who comes for a certificate", async () => {
    const { server, client: own, ca } = await certificates();
    const far = await Watched.start({
      listen: "wss://127.0.0.1:0",
      listenTls: { ...server, ca },
      to: await program((socket) => socket.pipe(socket)),
    });
    const stranger = await Watched.start({
      listen: "plain+tcp://127.0.0.1:0",
      to: far.address,
      toTls: { ca },
    });
    const refused = new Client(stranger.address);
    refused.socket.resume();
    await refused.reset();
    const known = await Watched.start({
      listen: "plain+tcp://127.0.0.1:0",
      to: far.address,
      toTls: { ...own, ca },
    });
    const welcome = new Client(known.address);
    welcome.socket.end("it is me");
    expect(await welcome.all()).toBe("it is me");
  });
});

describe("a client that speaks something else", () => {
  it.each(["tcp", "ws", "grpc"])("HTTP, where %s is spoken, harms nobody", async (scheme) => {
    const relay = await Watched.start({
      listen: `${scheme}://127.0.0.1:0`,
      to: await program((socket) => socket.pipe(socket)),
    });
    const client = new Client(relay.address.replace(/^\w+:/, "tcp:"));
    client.socket.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    client.socket.resume();
    client.socket.on("end", () => client.socket.end());
    await client.closed;
    const near = await Watched.start({ listen: "plain+tcp://127.0.0.1:0", to: relay.address });
    const other = new Client(near.address);
    other.socket.end("as ever");
    expect(await other.all()).toBe("as ever");
  });
});
