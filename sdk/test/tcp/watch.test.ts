import { once } from "node:events";
import { type AddressInfo, createServer, connect as dial, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, TLSSocket } from "node:tls";
import type { ConnectionEnd } from "pulsewire";
import { PulsewireError } from "pulsewire";
import { type StreamWatchOptions, watch } from "pulsewire/tcp";
import { afterEach, describe, expect, test } from "vitest";
import { certificates, duplexPair, socketPair } from "./support.ts";

const open: Duplex[] = [];

afterEach(() => {
  for (const stream of open.splice(0)) stream.destroy();
});

async function sockets() {
  const { left, right } = await socketPair();
  open.push(left, right);
  right.resume();
  return { left, right };
}

async function secureSockets() {
  const { ca, server } = await certificates();
  const { left, right } = await sockets();
  const accepted = new TLSSocket(right, { isServer: true, ...server });
  const dialled = connectTls({ socket: left, ca, servername: "localhost" });
  open.push(accepted, dialled);
  await once(dialled, "secureConnect");
  return { left: dialled, right: accepted };
}

/** Watches with 100 + 200 ms and a line as the no-op; what it is told can be waited for. */
function watched(stream: Duplex, more: Partial<StreamWatchOptions> = {}) {
  const asked: string[] = [];
  const ends: ConnectionEnd[] = [];
  let tell = (_end: ConnectionEnd): void => {};
  const end = new Promise<ConnectionEnd>((resolve) => {
    tell = resolve;
  });
  let wake = (): void => {};
  const it = watch(stream, {
    heartbeatTimeMs: 100,
    heartbeatSlackTimeMs: 200,
    sendNoOp: (why) => {
      asked.push(why);
      stream.write("noop\n");
      wake();
    },
    onEnd: (how) => {
      ends.push(how);
      tell(how);
    },
    ...more,
  });
  /** Resolves when no-ops have been asked for `times` times. */
  const asks = async (times: number): Promise<void> => {
    while (asked.length < times) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { watch: it, asked, asks, ends, end };
}

const listeners = (stream: Duplex) =>
  ["data", "drain", "finish", "error", "end", "close"].map((event) => stream.listenerCount(event));

describe("while the peer answers", () => {
  test("no-ops go out, the connection stays, and its reader reads what it always read", async () => {
    const { left, right } = await sockets();
    const read: string[] = [];
    left.setEncoding("utf8").on("data", (text: string) => read.push(text));
    right.setEncoding("utf8").on("data", (text: string) => right.write(text.toUpperCase()));
    const { watch: it, asks, asked, ends } = watched(left);
    await asks(10);
    it.stop();
    expect(asked.filter((why) => why === "beat").length).toBeGreaterThan(5);
    await expect.poll(() => read.join(""), { timeout: 10_000 }).toBe("NOOP\n".repeat(asked.length));
    expect(ends).toEqual([]);
  });

  test("a stream that nobody reads yet is not made to flow: nothing is lost", async () => {
    const { left, right } = await sockets();
    right.end("greeting");
    const { asks, watch: it } = watched(left);
    await asks(2);
    it.stop();
    left.setEncoding("utf8");
    expect((await left.toArray()).join("")).toBe("greeting");
  });

  test("PW-LIV-9: a reader that takes its time is no silence of the peer", async () => {
    const { left, right } = await sockets();
    right.on("data", () => right.write("ok\n"));
    const { asks, ends, watch: it } = watched(left);
    right.write("first\n");
    for await (const chunk of left) {
      expect(chunk.length).toBeGreaterThan(0);
      // 12 beats are three times as long as silence may last; the answers wait in the stream.
      await asks(12);
      expect(ends).toEqual([]);
      it.stop(); // leaving the loop destroys the stream
      break;
    }
  });

  test("PW-LIV-9: nor is a stream that its owner has paused", async () => {
    const { left, right } = await sockets();
    left.on("data", () => {}).pause();
    right.on("data", () => right.write("ok\n"));
    const { asks, ends } = watched(left);
    await asks(12);
    expect(ends).toEqual([]);
  });
});

describe("when the peer is silent", () => {
  test("it is asked, and then the stream is destroyed with an error that carries the end", async () => {
    const { left } = await sockets();
    left.resume();
    const failed = once(left, "error");
    const { end, asked } = watched(left);
    const [error] = await failed;
    const how = await end;
    expect(error).toBeInstanceOf(PulsewireError);
    expect(error).toMatchObject({ code: "PW_ENDED", side: "remote", end: how });
    expect(how).toMatchObject({ kind: "peer-silent", evidence: { heartbeatTimeMs: 100 } });
    if (how.kind === "peer-silent") expect(how.evidence.silentForMs).toBeGreaterThanOrEqual(300);
    expect(asked).toContain("probe");
    expect(left.destroyed).toBe(true);
  });

  test("nobody has to listen for that error", async () => {
    const { left } = await sockets();
    left.resume();
    const closed = new Promise((resolve) => left.once("close", resolve));
    const { ends } = watched(left);
    await closed;
    expect(ends.map(({ kind }) => kind)).toEqual(["peer-silent"]);
  });

  test("PW-SND-8, PW-OUT-1: while octets of this side wait, no no-op queues behind them", async () => {
    const [left] = duplexPair({ highWaterMark: 16 });
    open.push(left);
    left.resume();
    left.write(Buffer.alloc(64));
    left.write(Buffer.alloc(64));
    const { asked, end } = watched(left);
    expect(left.writableLength).toBeGreaterThan(0);
    expect((await end).kind).toBe("outbound-blocked");
    expect(asked).toEqual([]);
    expect(left.errored).toMatchObject({ code: "PW_ENDED", end: await end });
  });

  test("PW-OUT-1: a socket whose peer takes no more has its end in bounded time", async () => {
    const { left, right } = await sockets();
    right.pause();
    left.resume();
    left.write(Buffer.alloc(50_000_000));
    const { asked, end } = watched(left);
    const how = await end;
    if (how.kind !== "outbound-blocked") throw new Error(how.kind);
    expect(how.blockedForMs).toBeGreaterThanOrEqual(300);
    expect(asked).toEqual([]);
  });
});

describe("PW-OUT-2: a peer that reads slowly and says nothing is alive", () => {
  /**
   * Reads so many octets a millisecond, so that the whole takes many times what silence may last. What
   * it missed while it had no processor it makes up for: what a peer takes shows in steps of a third
   * of what the system keeps of a write, so a reader that any load makes slower may seem to take nothing.
   */
  const readSlowly = (stream: Duplex, octetsPerMs: number) => {
    const from = performance.now();
    let read = 0;
    stream.on("data", (octets: Buffer) => {
      read += octets.length;
      const aheadMs = read / octetsPerMs - (performance.now() - from);
      if (aheadMs <= 0) return;
      stream.pause();
      setTimeout(() => stream.resume(), aheadMs);
    });
  };

  test.each([
    ["a socket", 10_000, sockets],
    ["a TLS socket", 4000, secureSockets],
  ])("one long write on %s", async (_, octetsPerMs, pair) => {
    const { left, right } = await pair();
    readSlowly(right, octetsPerMs);
    left.resume();
    const octets = Buffer.alloc(4000 * octetsPerMs); // less what the system keeps of it at the end
    const written = new Promise((resolve) => left.write(octets, resolve));
    const { ends } = watched(left, { heartbeatSlackTimeMs: 1400 });
    const from = performance.now();
    await written;
    expect(performance.now() - from).toBeGreaterThan(1500);
    expect(ends).toEqual([]);
  });

  test("an owner that waits for drain, on a stream that is no socket", async () => {
    const [left, right] = duplexPair({ highWaterMark: 16 });
    open.push(left, right);
    readSlowly(right, 3);
    left.resume();
    const { ends, watch: it } = watched(left, { heartbeatSlackTimeMs: 300 });
    for (let written = 0; written < 250; written += 1) {
      if (!left.write(Buffer.alloc(16))) await once(left, "drain");
    }
    expect(ends).toEqual([]);
    it.stop();
  });

  test("when all is out, it is asked", async () => {
    const { left, right } = await sockets();
    right.pause();
    left.resume();
    left.write(Buffer.alloc(20_000_000));
    const { asks, ends } = watched(left, { heartbeatSlackTimeMs: 10_000 });
    right.on("data", () => {}).resume();
    await asks(1);
    expect(left.writableLength).toBeLessThan(100);
    expect(ends).toEqual([]);
  });
});

describe("when this side has ended its direction", () => {
  /** A peer that is told all, thinks for longer than silence may last, and answers then. */
  async function halfOpen() {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const left = dial({ port, host: "127.0.0.1", allowHalfOpen: true });
    const [[right]] = (await Promise.all([once(server, "connection"), once(left, "connect")])) as [
      [Socket],
      unknown,
    ];
    server.close();
    open.push(left, right);
    return { left, right: right.resume() };
  }

  test("nobody is asked any more, nothing is charged, and the answer arrives", async () => {
    const { left, right } = await halfOpen();
    const { asked, ends, end } = watched(left);
    left.end("question");
    await once(right, "end");
    const answer = new Promise((resolve) => setTimeout(resolve, 700)).then(() => right.end("42"));
    expect((await left.setEncoding("utf8").toArray()).join("")).toBe("42");
    await answer;
    expect((await end).kind).toBe("aborted"); // it was this side that began
    expect(ends).toHaveLength(1);
    expect(asked).toEqual([]);
  });

  test("resume() has the silence charged all the same", async () => {
    const { left } = await halfOpen();
    left.resume();
    const { asked, end, watch: it } = watched(left);
    left.end("question");
    await once(left, "finish");
    it.resume();
    expect((await end).kind).toBe("peer-silent");
    expect(asked).toEqual([]);
  });

  test("PW-OUT-1: what still waits then has to be taken", async () => {
    const { left, right } = await halfOpen();
    right.pause();
    left.resume();
    const { end } = watched(left);
    left.end(Buffer.alloc(50_000_000));
    expect((await end).kind).toBe("outbound-blocked");
  });

  test("a stream that its peer or this side has ended is refused", async () => {
    const { left, right } = await halfOpen();
    left.end();
    await once(right, "end");
    const options = { heartbeatTimeMs: 1000, sendNoOp: () => {} };
    expect(() => watch(right, options)).toThrow("the peer of this one has ended it");
    expect(() => watch(left, options)).toThrow("this side has ended it");
    expect(listeners(left)[0]).toBe(0);
  });
});

describe("however the stream ends, it is told once", () => {
  test.each<[string, string, (left: Socket, right: Socket) => void]>([
    ["the peer ends", "peer-closed", (_, right) => right.end()],
    ["the peer resets", "link-lost", (_, right) => right.resetAndDestroy()],
    ["this side ends", "aborted", (left) => left.end()],
    ["this side destroys it", "aborted", (left) => left.destroy()],
    ["this side fails it", "link-lost", (left) => left.destroy(new Error("of its owner"))],
  ])("%s: %s", async (_, kind, act) => {
    const { left, right } = await sockets();
    left.resume();
    const { ends, end } = watched(left, { heartbeatTimeMs: 60_000 });
    act(left, right);
    expect((await end).kind).toBe(kind);
    if (!left.closed) await once(left, "close");
    expect(ends).toHaveLength(1);
  });

  test("a reset that nobody listens for does not end the process", async () => {
    const { left, right } = await sockets();
    left.resume();
    const { end } = watched(left, { heartbeatTimeMs: 60_000 });
    right.resetAndDestroy();
    expect(await end).toMatchObject({ kind: "link-lost", cause: { code: "ECONNRESET" } });
  });

  test("stop() takes every listener off and tells nothing", async () => {
    const { left, right } = await sockets();
    left.resume();
    const before = listeners(left);
    const { watch: it, ends } = watched(left);
    expect(listeners(left)).toEqual(before.map((count) => count + 1));
    it.stop();
    expect(listeners(left)).toEqual(before);
    const closed = once(left, "close");
    right.end();
    await closed;
    expect(ends).toEqual([]);
  });
});

describe("refused, with the stream as it was", () => {
  const options = { heartbeatTimeMs: 1000, sendNoOp: () => {} };
  const [good] = duplexPair();
  const gone = duplexPair()[0].destroy();
  test.each<[string, unknown, unknown, string]>([
    ["no stream", {}, options, "this is no Duplex"],
    ["a socket that is not connected", new Socket(), options, "wait until this one is connected"],
    ["a stream that is gone", gone, options, "has been destroyed"],
    ["no options", good, undefined, "options must be an object"],
    ["no no-op", good, { heartbeatTimeMs: 1000 }, "sendNoOp must be a function"],
    ["no heartbeat-time", good, { sendNoOp: () => {} }, "heartbeatTimeMs must be given"],
    ["an onEnd that is none", good, { ...options, onEnd: 5 }, "onEnd must be a function"],
  ])("%s", (_, stream, given, message) => {
    const before = listeners(good);
    const call = () => watch(stream as Duplex, given as StreamWatchOptions);
    expect(call).toThrow(PulsewireError);
    expect(call).toThrow(message);
    expect(listeners(good)).toEqual(before);
  });
});
