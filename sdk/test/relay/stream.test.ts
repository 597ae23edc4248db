import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, get } from "node:http";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  atEnd,
  Client,
  cleanUp,
  deferred,
  handleCount,
  LINKS,
  portOf,
  program,
  socketPath,
  twoRelays,
  Watched,
} from "./support.ts";

let before = 0;
beforeEach(() => {
  before = handleCount();
});
afterEach(() => cleanUp(before));

/** Answers with what it got, when that has ended. */
function echoAtTheEnd(socket: Socket): void {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  socket.on("end", () => socket.end(`got ${Buffer.concat(chunks)}`));
}

describe.each(LINKS)("a program over two relays with %s between them", (scheme) => {
  it("is answered after it has ended its direction", async () => {
    const { near, far } = await twoRelays(scheme, await program(echoAtTheEnd));
    const client = new Client(near.address);
    client.socket.write("one, ");
    client.socket.end("two");
    expect(await client.all()).toBe("got one, two");
    for (const each of [near, far]) {
      expect(await each.until("closed")).toMatchObject({
        by: "both",
        forwardBytes: 8,
        backBytes: 12,
      });
    }
    expect(client.error).toBeUndefined();
  });

  it("may go on when the other side has ended its direction", async () => {
    const got = deferred<string>();
    const server = await program((socket) => {
      socket.end("that is all");
      text(socket).then(got.resolve);
    });
    const { near, far } = await twoRelays(scheme, server);
    const client = new Client(near.address);
    expect(await client.all()).toBe("that is all");
    client.socket.write("and ");
    client.socket.end("now me");
    await near.until("closed");
    expect(await far.until("closed")).toMatchObject({ by: "both" });
    expect(await got.promise).toBe("and now me");
  });

  it("sees a reset when the other is reset, after what came before", async () => {
    const server = await program((socket) => {
      socket.once("data", () => socket.write("so far", () => socket.resetAndDestroy()));
    });
    const { near, far } = await twoRelays(scheme, server);
    const client = new Client(near.address);
    client.socket.write("go");
    expect(await client.all()).toBe("so far");
    await client.reset();
    expect(await far.until("closed")).toMatchObject({
      by: "to",
      why: "the program reset the connection",
    });
    expect(await near.until("closed")).toMatchObject({
      by: "to",
      why: "closed with UPSTREAM_LOST: the other leg: the program reset the connection",
      end: { kind: "closed", by: "remote", code: 12 },
    });
  });

  it("resets the other when it is reset", async () => {
    const seen = deferred<string | undefined>();
    const server = await program((socket) => {
      socket.write("hello");
      socket.on("error", (error: NodeJS.ErrnoException) => seen.resolve(error.code));
      socket.on("end", () => seen.resolve("an end"));
      socket.resume();
    });
    const { near, far } = await twoRelays(scheme, server);
    const client = new Client(near.address);
    await once(client.socket, "data");
    client.socket.resetAndDestroy();
    expect(await seen.promise).toBe("ECONNRESET");
    expect(await near.until("closed")).toMatchObject({ by: "listen" });
    expect(await far.until("closed")).toMatchObject({ by: "listen", end: { code: 12 } });
  });
});

describe("a program over two relays", () => {
  it("gets every octet, in order, both ways at once", { timeout: 60_000 }, async () => {
    const size = 64 * 2 ** 20;
    const server = await program((socket) => socket.pipe(socket));
    const { near, far } = await twoRelays("ws", server);
    const client = new Client(near.address);
    const sent = createHash("sha256");
    const received = createHash("sha256");
    let count = 0;
    client.socket.on("data", (chunk: Buffer) => {
      received.update(chunk);
      count += chunk.length;
    });
    for (const chunk of noise(size)) {
      sent.update(chunk);
      if (!client.socket.write(chunk)) await once(client.socket, "drain");
    }
    client.socket.end();
    await once(client.socket, "end");
    expect(count).toBe(size);
    expect(received.digest("hex")).toBe(sent.digest("hex"));
    expect(await near.until("closed")).toMatchObject({
      by: "both",
      forwardBytes: size,
      backBytes: size,
    });
    expect(await far.until("closed")).toMatchObject({ by: "both" });
  });

  it.each(
    (["tcp", "ws", "grpc"] as const).flatMap((scheme) =>
      [1, 5, 7].map((mib) => [scheme, mib] as const),
    ),
  )("loses nothing at the end, however late it reads: %s, %i MiB", async (scheme, mib) => {
    // All of it is under way, and the server has left, long before the client begins to read:
    // longer than a session waits for its transport after a Close [PW-GWY-7].
    const size = mib * 2 ** 20;
    const server = await program((socket) => {
      socket.resume();
      socket.end(Buffer.alloc(size, "x"));
    });
    const { near, far } = await twoRelays(scheme, server, {
      closeTimeoutMs: 100,
      // A beat that arrives where the connection is closed already would make the kernel reset it.
      heartbeatTimeMs: 100,
      minHeartbeatTimeMs: 100,
      heartbeatSlackTimeMs: 20_000,
    });
    const client = new Client(near.address);
    client.socket.end();
    await far.until("open");
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await client.all()).length).toBe(size);
    expect(client.error).toBeUndefined();
    expect(await near.until("closed")).toMatchObject({ by: "both", backBytes: size });
    expect(await far.until("closed")).toMatchObject({ by: "both", backBytes: size });
  });

  it("may say more at once than a message can hold", async () => {
    const { near, far } = await twoRelays("tcp", await program(echoAtTheEnd), {
      maxMessageBytes: 1024,
    });
    const client = new Client(near.address);
    client.socket.end("x".repeat(5000));
    expect(await client.all()).toBe(`got ${"x".repeat(5000)}`);
    for (const each of [near, far]) {
      expect(await each.until("closed")).toMatchObject({ by: "both", forwardBytes: 5000 });
    }
  });

  it("may be an HTTP server", async () => {
    const server = createServer((request, response) => {
      response.end(`you asked for ${request.url}`);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    atEnd(() => {
      server.closeAllConnections();
      server.close();
    });
    const { near } = await twoRelays("ws", `plain+tcp://127.0.0.1:${portOf(server)}`);
    const ask = async (path: string) => {
      const request = get(new URL(path, near.address.replace("plain+tcp", "http")));
      const [response] = await once(request, "response");
      return text(response);
    };
    expect(await Promise.all(["/a", "/b"].map(ask))).toEqual([
      "you asked for /a",
      "you asked for /b",
    ]);
  });

  it("may be behind Unix sockets", async () => {
    const path = socketPath();
    const echo = await Watched.start({
      listen: "tcp://127.0.0.1:0",
      to: await program(echoAtTheEnd),
    });
    const near = await Watched.start({ listen: `plain+unix:${path}`, to: echo.address });
    const client = new Client(near.address);
    client.socket.end("over a file");
    expect(await client.all()).toBe("got over a file");
    expect(await near.until("closed")).toMatchObject({ by: "both" });
  });

  it("sends before the second leg is there, and nothing of that is lost", async () => {
    // Nobody listens yet where the far relay dials; the near one dials what hangs until then.
    const gate = deferred<void>();
    const server = await program((socket) => {
      socket.once("data", (first) => gate.promise.then(() => socket.end(`got ${first}`)));
    });
    const { near } = await twoRelays("tcp", server);
    const client = new Client(near.address);
    client.socket.end("at once");
    gate.resolve(undefined);
    expect(await client.all()).toBe("got at once");
  });
});

/** Octets without a pattern, in pieces of an odd size. */
function* noise(size: number): Generator<Buffer> {
  const block = randomBytes(100_003);
  for (let left = size; left > 0; left -= block.length) {
    block.writeUInt32LE(left, 0); // no two pieces are the same
    yield Buffer.from(block.subarray(0, Math.min(left, block.length)));
  }
}
