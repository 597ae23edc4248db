import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, connect as dial, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloseCode, PulsewireError, type Session, type SessionListener } from "pulsewire";
import { attach, type ConnectOptions, connect, type ListenOptions, listen } from "pulsewire/tcp";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { freePort } from "../ports.ts";
import { certificates, duplexPair, portOf, socketPair } from "./support.ts";

// For a machine that is busy with other things; nothing here takes a second by itself.
vi.setConfig({ testTimeout: 30_000 });

const onUnix = process.platform !== "win32";
const cleanup: (() => unknown)[] = [];
let keys: Awaited<ReturnType<typeof certificates>>;
let directory: string;

beforeAll(async () => {
  keys = await certificates();
  directory = await mkdtemp(join(tmpdir(), "pulsewire-tcp-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));
afterEach(async () => {
  for (const run of cleanup.splice(0).reverse()) await run();
});

async function serve(options: ListenOptions = {}): Promise<SessionListener> {
  const server = await listen(options);
  cleanup.push(() => server.close());
  return server;
}

async function join2(
  server: SessionListener,
  options: ConnectOptions,
): Promise<{ client: Session; accepted: Session }> {
  const [client, next] = await Promise.all([
    connect(options),
    server[Symbol.asyncIterator]().next(),
  ]);
  cleanup.push(() => client.abort());
  if (next.done) throw new Error("the listener has ended");
  return { client, accepted: next.value };
}

async function nextMessage(session: Session): Promise<Uint8Array> {
  const next = await session[Symbol.asyncIterator]().next();
  if (next.done) throw new Error(`the session has ended: ${session.end?.kind}`);
  return next.value;
}

/** A TCP server of our own, for a peer that does what no session would. */
async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanup.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return portOf(`tcp://127.0.0.1:${(server.address() as { port: number }).port}`);
}

async function refusal(promise: Promise<unknown>): Promise<PulsewireError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof PulsewireError) return error;
  throw new Error(`expected a PulsewireError, got ${error}`);
}

/** Sockets and servers that hold this process. */
function handles(): number {
  return process
    .getActiveResourcesInfo()
    .filter((name) => /TCP|Pipe(Server|Connect)|TLS|GetAddrInfo/.test(name)).length;
}

/** Closed handles leave libuv's list a turn later, and a name that is looked up when its thread is done. */
async function handlesGone(before: number): Promise<void> {
  await expect.poll(handles, { interval: 5, timeout: 10_000 }).toBeLessThanOrEqual(before);
}

const transports: {
  name: string;
  transport: string;
  address: RegExp;
  make: () => { listen: ListenOptions; connect: (address: string) => ConnectOptions };
}[] = [
  {
    name: "TCP",
    transport: "tcp",
    address: /^tcp:\/\/127\.0\.0\.1:\d+$/,
    make: () => ({ listen: {}, connect: (address) => ({ port: portOf(address) }) }),
  },
  {
    name: "TLS with client certificates",
    transport: "tls",
    address: /^tls:\/\/127\.0\.0\.1:\d+$/,
    make: () => ({
      listen: { tls: { ...keys.server, ca: keys.ca, requestCert: true } },
      connect: (address) => ({
        port: portOf(address),
        tls: { ca: keys.ca, ...keys.client },
      }),
    }),
  },
  ...(onUnix
    ? [
        {
          name: "a Unix socket",
          transport: "unix",
          address: /^unix:\/.*\.sock$/,
          make: () => {
            const path = join(directory, `${Math.random()}.sock`);
            return { listen: { path }, connect: () => ({ path }) };
          },
        },
      ]
    : []),
];

describe.each(transports)("a session over $name", ({ transport, address, make }) => {
  it("adopts, carries messages both ways and closes in good order", async () => {
    const { listen: here, connect: there } = make();
    const server = await serve(here);
    expect(server.address).toMatch(address);
    const events: string[] = [];
    const { client, accepted } = await join2(server, {
      ...there(server.address),
      heartbeatTimeMs: 1000,
      onEvent: (event) => events.push(event.type),
    });
    expect([client.transport, accepted.transport]).toEqual([transport, transport]);
    expect(client.remote).not.toBe("");
    client.send("to the server");
    expect(Buffer.from(await nextMessage(accepted)).toString()).toBe("to the server");
    expect(accepted.heartbeatTimeMs).toBe(1000);
    accepted.send("");
    expect(await nextMessage(client)).toHaveLength(0);
    expect(events).toContain("heartbeat-received");
    expect(await client.close({ reason: "done" })).toMatchObject({ kind: "closed", by: "local" });
    expect(await accepted.closed).toEqual({
      kind: "closed",
      by: "remote",
      code: CloseCode.NORMAL,
      reason: "done",
    });
  });

  it("carries a large message both ways at once", async () => {
    const { listen: here, connect: there } = make();
    const server = await serve(here);
    const { client, accepted } = await join2(server, there(server.address));
    const large = Uint8Array.from({ length: 8_000_000 }, (_, index) => index % 253);
    expect(client.send(large)).toBe(false);
    accepted.send(large);
    const [there1, back] = await Promise.all([
      nextMessage(accepted),
      nextMessage(client),
      client.drained(),
    ]);
    expect(Buffer.compare(there1, large)).toBe(0);
    expect(Buffer.compare(back, large)).toBe(0);
    expect(client.send("small")).toBe(true);
  });

  it("leaves nothing behind when the listener closes", async () => {
    const before = handles();
    const { listen: here, connect: there } = make();
    const server = await listen(here);
    const pairs = await Promise.all(
      [1, 2, 3].map(() => connect({ ...there(server.address), heartbeatTimeMs: 60_000 })),
    );
    for (const accepted = server[Symbol.asyncIterator](); server.sessions.size < 3; ) {
      await accepted.next();
    }
    await Promise.all([server.close(), server.close()]);
    const ends = await Promise.all(pairs.map((session) => session.closed));
    for (const end of ends) {
      expect(end).toMatchObject({ kind: "closed", by: "remote", code: CloseCode.GOING_AWAY });
    }
    expect(server.sessions.size).toBe(0);
    await handlesGone(before);
    expect((await refusal(connect(there(server.address)))).code).toBe("PW_CONNECT_FAILED");
  });
});

describe("a session on a Duplex of one's own", () => {
  it("runs on a pair of streams", async () => {
    const [left, right] = duplexPair();
    const server = attach(right);
    const client = attach(left, { heartbeatTimeMs: 1000, transport: "ssh", remote: "there" });
    expect([server.transport, server.remote]).toEqual(["stream", "stream"]);
    expect([client.transport, client.remote]).toEqual(["ssh", "there"]);
    client.send("over a stream of my own");
    expect(Buffer.from(await nextMessage(server)).toString()).toBe("over a stream of my own");
    await client.close();
    expect(await server.closed).toMatchObject({ kind: "closed", by: "remote" });
    expect([left.destroyed, right.destroyed]).toEqual([true, true]);
  });

  it("refuses what is no connected stream of octets, and leaves it alone", async () => {
    const [left] = duplexPair();
    const refuse = (run: () => unknown, what: RegExp) => {
      expect(run).toThrow(PulsewireError);
      expect(run).toThrow(what);
    };
    refuse(() => attach({} as never), /no Duplex/);
    refuse(() => attach(left, { heartbeatTimeMs: 1 }), /heartbeatTimeMs/);
    expect(left.destroyed).toBe(false);
    expect(left.eventNames()).not.toContain("data");
    refuse(() => attach(left.setEncoding("utf8")), /encoding/);
    const port = await rawServer(() => {});
    const socket = dial({ port, host: "127.0.0.1" });
    cleanup.push(() => socket.destroy());
    refuse(() => attach(socket), /"connect"/);
    await once(socket, "connect");
    expect(attach(socket).state).toBe("open");
  });

  it("takes over a socket whose octets have arrived already", async () => {
    const { left, right } = await socketPair();
    attach(left).send("early");
    await new Promise((resolve) => setImmediate(resolve));
    const session = attach(right);
    expect(Buffer.from(await nextMessage(session)).toString()).toBe("early");
    session.abort();
  });
});

describe("what ends a session", () => {
  it("is the peer's half-close [PW-CLS-4]", async () => {
    const port = await rawServer((socket) => socket.end());
    const session = await connect({ port, host: "127.0.0.1" });
    expect(await session.closed).toEqual({ kind: "peer-closed" });
  });

  it("is a reset", async () => {
    const port = await rawServer((socket) => socket.once("data", () => socket.resetAndDestroy()));
    const session = await connect({ port, heartbeatTimeMs: 1000 });
    expect(await session.closed).toMatchObject({
      kind: "link-lost",
      cause: { code: "ECONNRESET" },
    });
  });

  it("is the death of the peer's process", async () => {
    const server = await serve();
    const script = `import { connect } from "pulsewire/tcp";
      (await connect({ port: ${portOf(server.address)} })).send("here");`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: import.meta.dirname,
      stdio: "inherit",
    });
    const { value } = await server[Symbol.asyncIterator]().next();
    if (value === undefined) throw new Error("no session");
    expect(Buffer.from(await nextMessage(value)).toString()).toBe("here");
    child.kill("SIGKILL");
    expect((await value.closed).kind).toMatch(/^(peer-closed|link-lost)$/);
  });

  it("is a length that is none, with a Close that says so [PW-TCP-4]", async () => {
    const server = await serve();
    const socket = dial({ port: portOf(server.address), host: "127.0.0.1" });
    const heard: Buffer[] = [];
    socket.on("data", (octets: Buffer) => heard.push(octets));
    const ended = once(socket, "end");
    const { value } = await server[Symbol.asyncIterator]().next();
    socket.write(Buffer.from("ffffffffff", "hex"));
    expect(await value?.closed).toMatchObject({
      kind: "protocol-error",
      code: CloseCode.PROTOCOL_ERROR,
    });
    await ended;
    // Length, version 1, close with code 4 and a reason.
    expect(Buffer.concat(heard).subarray(1, 4).toString("hex")).toBe("080122");
    expect(Buffer.concat(heard).toString("latin1")).toContain("five octets");
  });

  it("is a frame that is too large, before it has come [PW-LIM-1]", async () => {
    const server = await serve({ maxFrameBytes: 2000 });
    const socket = dial({ port: portOf(server.address), host: "127.0.0.1" });
    socket.resume();
    const ended = once(socket, "end");
    const { value } = await server[Symbol.asyncIterator]().next();
    socket.write(Buffer.from("d10f", "hex"));
    expect(await value?.closed).toMatchObject({ code: CloseCode.FRAME_TOO_LARGE });
    await ended;
  });

  it("is silence, and the peer is told as the socket goes [PW-LIV-6, PW-TCP-6]", async () => {
    let heard = "";
    let ended: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const port = await rawServer((socket) => {
      socket.on("data", (octets) => {
        heard += octets.toString("latin1");
      });
      socket.on("end", () => ended?.());
    });
    const session = await connect({ port, heartbeatTimeMs: 100, heartbeatSlackTimeMs: 100 });
    expect(await session.closed).toMatchObject({ kind: "peer-silent" });
    await gone;
    expect(heard).toMatch(/silent for \d+ ms/);
  });

  it("is silence over TLS too, with its last word", async () => {
    const { createServer: createTlsServer } = await import("node:tls");
    let heard = "";
    let ended: (() => void) | undefined;
    const gone = new Promise<void>((resolve) => {
      ended = resolve;
    });
    const server = createTlsServer(keys.server, (socket) => {
      socket.on("data", (octets) => {
        heard += octets.toString("latin1");
      });
      socket.on("error", () => {});
      socket.on("close", () => ended?.());
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    cleanup.push(() => server.close());
    const { port } = server.address() as { port: number };
    const session = await connect({
      port,
      tls: { ca: keys.ca },
      heartbeatTimeMs: 100,
      heartbeatSlackTimeMs: 100,
    });
    expect(await session.closed).toMatchObject({ kind: "peer-silent" });
    await gone;
    expect(heard).toMatch(/silent for \d+ ms/);
  });

  it("is not a reader that is slow [PW-LIV-9]", async () => {
    const server = await serve({ maxUnreadBytes: 1 });
    const { client, accepted } = await join2(server, {
      port: portOf(server.address),
      heartbeatTimeMs: 150,
      heartbeatSlackTimeMs: 100,
      minHeartbeatTimeMs: 100,
    });
    const count = 300;
    for (let index = 0; index < count; index += 1) client.send(`message ${index}`);
    for (let index = 0; index < count; index += 1) {
      expect(Buffer.from(await nextMessage(accepted)).toString()).toBe(`message ${index}`);
    }
    expect([client.state, accepted.state]).toEqual(["open", "open"]);
  });
});

describe("connect", () => {
  it("rejects with the signal's reason, before and during the attempt", async () => {
    const before = handles();
    await expect(connect({ port: 1, signal: AbortSignal.abort("not now") })).rejects.toBe(
      "not now",
    );
    const port = await rawServer(() => {});
    const controller = new AbortController();
    // TLS to a server that never answers: connected, and in the midst of its handshake.
    const attempt = connect({ port, tls: true, signal: controller.signal });
    setImmediate(() => controller.abort("changed my mind"));
    await expect(attempt).rejects.toBe("changed my mind");
    const tcp = new AbortController();
    const other = connect({ port, signal: tcp.signal });
    tcp.abort("at once");
    await expect(other).rejects.toBe("at once");
    for (const run of cleanup.splice(0)) await run();
    await handlesGone(before);
  });

  it("ignores the signal once it is connected", async () => {
    const server = await serve();
    const controller = new AbortController();
    const { client } = await join2(server, {
      port: portOf(server.address),
      signal: controller.signal,
    });
    controller.abort();
    client.probe();
    expect(client.state).toBe("open");
  });

  it("reports a refusal with its cause", async () => {
    const before = handles();
    const error = await refusal(connect({ port: await freePort() }));
    expect(error).toMatchObject({ code: "PW_CONNECT_FAILED", side: "remote" });
    expect(error.message).toMatch(/tcp:\/\/localhost:\d+: .*ECONNREFUSED/);
    expect(error.cause).toBeInstanceOf(Error);
    await handlesGone(before);
  });

  it("gives up in time, in the handshake too", async () => {
    const port = await rawServer(() => {});
    const error = await refusal(connect({ port, tls: true, connectTimeoutMs: 50 }));
    expect(error.code).toBe("PW_CONNECT_FAILED");
    expect(error.message).toContain("within 50 ms");
  });

  it("reports a server that hangs up in the handshake", async () => {
    const port = await rawServer((socket) => socket.end());
    expect((await refusal(connect({ port, tls: true }))).code).toBe("PW_CONNECT_FAILED");
  });

  it("reports a certificate that it does not trust", async () => {
    const server = await serve({ tls: keys.server });
    const error = await refusal(connect({ port: portOf(server.address), tls: true }));
    expect(error.code).toBe("PW_CONNECT_FAILED");
    expect(error.message).toContain("self-signed");
  });

  it.each<[string, unknown]>([
    ["port", {}],
    ["port", { port: 0 }],
    ["port", { port: 65_536 }],
    ["port", { port: "7400" }],
    ["host", { port: 1, host: "" }],
    ["path", { path: "" }],
    ["path", { path: "/x", port: 1 }],
    ["connectTimeoutMs", { port: 1, connectTimeoutMs: 0 }],
    ["heartbeatTimeMs", { port: 1, heartbeatTimeMs: 99 }],
    ["tls", { port: 1, tls: { key: "none", cert: "none" } }],
  ])("refuses a wrong %s: %j", async (name, options) => {
    const before = handles();
    const error = await refusal(connect(options as ConnectOptions));
    expect(error.code).toBe("PW_CONFIG");
    expect(error.message).toContain(name);
    expect(handles()).toBeLessThanOrEqual(before); // those of a test before may still be closing
  });
});

describe("listen", () => {
  it("says what to do about a port that is taken", async () => {
    const server = await serve();
    const error = await refusal(listen({ port: portOf(server.address) }));
    expect(error.code).toBe("PW_ADDRESS_IN_USE");
    expect(error.message).toContain(server.address);
    expect(error.message).toContain("choose another port");
  });

  it.runIf(onUnix)("leaves a file alone that it finds in its place", async () => {
    const path = join(directory, "taken.sock");
    await writeFile(path, "somebody's");
    const error = await refusal(listen({ path }));
    expect(error.code).toBe("PW_ADDRESS_IN_USE");
    expect(error.message).toContain("no socket");
    expect(existsSync(path)).toBe(true);
  });

  it.runIf(onUnix)("removes its own socket file", async () => {
    const path = join(directory, "own.sock");
    const server = await listen({ path });
    expect(server.address).toBe(`unix:${path}`);
    expect(existsSync(path)).toBe(true);
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  it("reports what else can go wrong", async () => {
    const error = await refusal(listen({ host: "203.0.113.1" }));
    expect(error.code).toBe("PW_LISTEN_FAILED");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it.each<[string, unknown]>([
    ["heartbeatTimeMs", { heartbeatTimeMs: 0.5 }],
    ["port", { port: -1 }],
    ["port", { port: "7400" }],
    ["backlog", { backlog: 0 }],
    ["path", { path: "/x", host: "localhost" }],
    ["cert", { tls: {} }],
    ["tls", { tls: { key: "none", cert: "none" } }],
  ])("refuses a wrong %s before it opens a port: %j", async (name, options) => {
    const before = handles();
    const error = await refusal(listen(options as ListenOptions));
    expect(error.code).toBe("PW_CONFIG");
    expect(error.message).toContain(name);
    expect(handles()).toBeLessThanOrEqual(before); // those of a test before may still be closing
  });

  it("gives sessions to onSession, and its address in IPv6 too", async () => {
    let accepted: ((session: Session) => void) | undefined;
    const session = new Promise<Session>((resolve) => {
      accepted = resolve;
    });
    const server = await serve({ host: "::1", onSession: (each) => accepted?.(each) }).catch(
      () => undefined, // a machine without IPv6
    );
    if (server === undefined) return;
    expect(server.address).toMatch(/^tcp:\/\/\[::1\]:\d+$/);
    const client = await connect({ host: "::1", port: portOf(server.address) });
    expect((await session).remote).toMatch(/^\[::1\]:\d+$/);
    await client.close();
  });

  it("survives handshakes that fail, and ends those that never finish", async () => {
    // Time enough for the handshake of who does speak TLS, also on a machine that is busy.
    const server = await serve({ tls: { ...keys.server, handshakeTimeout: 1500 } });
    const port = portOf(server.address);
    const wrong = dial({ port, host: "127.0.0.1" });
    wrong.on("error", () => {});
    wrong.end("this is not TLS");
    await new Promise((resolve) => wrong.resume().once("close", resolve));
    const slow = dial({ port, host: "127.0.0.1" });
    slow.on("error", () => {});
    await new Promise((resolve) => slow.resume().once("close", resolve));
    const { client } = await join2(server, { port, tls: { ca: keys.ca } });
    await client.close();
  });

  it("does not wait for handshakes when it closes", async () => {
    const server = await listen({ tls: keys.server });
    const socket = dial({ port: portOf(server.address), host: "127.0.0.1" });
    socket.on("error", () => {});
    await once(socket, "connect");
    // The server has it once it has answered somebody who came later.
    const { client } = await join2(server, { port: portOf(server.address), tls: { ca: keys.ca } });
    await Promise.all([
      server.close(),
      client.closed,
      new Promise((resolve) => socket.resume().once("close", resolve)),
    ]);
  });

  it("turns clients away that have no certificate", async () => {
    const server = await serve({ tls: { ...keys.server, ca: keys.ca, requestCert: true } });
    // In TLS 1.3 a client is through with its handshake before the server has looked at it.
    const outcome = await connect({ port: portOf(server.address), tls: { ca: keys.ca } }).then(
      (session) => session.closed,
      (error: unknown) => error,
    );
    expect(outcome).toSatisfy(
      (it: unknown) =>
        it instanceof PulsewireError || (it as { kind?: string }).kind === "link-lost",
    );
    expect(server.sessions.size).toBe(0);
  });

  it("lets the process end", async () => {
    const script = `import { connect, listen } from "pulsewire/tcp";
      const server = await listen({ heartbeatTimeMs: 1000 });
      const session = await connect({ port: Number(new URL(server.address).port) });
      session.send("x");
      await server.close();
      console.log((await session.closed).kind);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let said = "";
    child.stdout.on("data", (octets: Buffer) => {
      said += octets.toString();
    });
    const [code] = await once(child, "close"); // by then it has been heard to the end
    expect([code, said.trim()]).toEqual([0, "closed"]);
  });
});
