import { once } from "node:events";
import { Duplex } from "node:stream";
import type { Link } from "pulsewire";
import { CloseCode } from "pulsewire";
import { describe, expect, it, vi } from "vitest";
import { StreamLink } from "../../src/tcp/stream-link.ts";
import { duplexPair, Recorder, socketPair } from "./support.ts";

// For a machine that is busy with other things; nothing here takes a second by itself.
vi.setConfig({ testTimeout: 30_000 });

const NORMAL = { code: CloseCode.NORMAL, reason: "" };
const frame = (...octets: number[]) => Uint8Array.from(octets);
const link = (stream: Duplex): Link =>
  new StreamLink(stream, { transport: "stream", remote: "test", maxFrameBytes: 1 << 20 });

const pairs = [
  { name: "a plain Duplex", make: async () => duplexPair() },
  {
    name: "a TCP socket",
    make: async (): Promise<[Duplex, Duplex]> => {
      const { left, right } = await socketPair();
      return [left, right];
    },
  },
];

describe.each(pairs)("StreamLink on $name", ({ make }) => {
  it("holds frames that come before start, and the end behind them", async () => {
    const [left, right] = await make();
    const [a, b] = [link(left), link(right)];
    a.start(new Recorder());
    a.send(frame(1));
    a.send(frame(2, 3));
    a.close(NORMAL);
    await once(left, "finish");
    const heard = new Recorder();
    b.start(heard);
    await heard.closed();
    expect(heard.frames.map((octets) => [...octets])).toEqual([[1], [2, 3]]);
    expect(heard.ends).toEqual([{ kind: "peer-closed" }]);
  });

  it("stops between two frames of one read when it is paused, and goes on where it stopped", async () => {
    const [left, right] = await make();
    const [a, b] = [link(left), link(right)];
    a.start(new Recorder());
    const heard = new Recorder();
    let atPause = 0;
    heard.afterFrame = () => {
      if (heard.frames.length !== 2) return;
      expect(b.pause()).toBe(true);
      atPause = heard.frames.length;
      setImmediate(() =>
        setImmediate(() => {
          expect(heard.frames.length).toBe(atPause);
          expect(heard.ends).toEqual([]);
          b.resume();
        }),
      );
    };
    for (let index = 0; index < 5; index += 1) a.send(frame(index));
    a.close(NORMAL);
    await once(left, "finish");
    b.start(heard);
    await heard.closed();
    expect(heard.frames.map((octets) => octets[0])).toEqual([0, 1, 2, 3, 4]);
    expect(heard.ends).toEqual([{ kind: "peer-closed" }]);
  });

  it("is drained when the peer reads again, and counts what it was relieved of", async () => {
    const [left, right] = await make();
    const [a, b] = [link(left), link(right)];
    const told = new Recorder();
    const heard = new Recorder();
    a.start(told);
    b.start(heard);
    b.pause();
    // Until it is full: a Duplex is with the first, and what the system takes of TCP is its affair.
    const part = new Uint8Array(256 * 1024);
    let sent = 0;
    let room = true;
    for (let idle = 0; idle < 20; idle += 1) {
      if (room || told.log.includes("drain")) {
        told.log.length = 0;
        idle = 0;
        room = a.send(part);
        sent += 1;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const before = a.octetsSent();
    expect(before).toBeLessThan(sent * part.length);
    b.resume();
    await told.until(() => told.log.includes("drain"));
    expect(a.octetsSent()).toBeGreaterThan(before);
    await heard.until(() => heard.frames.length === sent);
    expect(heard.frames.every((octets) => octets.length === part.length)).toBe(true);
    a.close(NORMAL);
    await Promise.all([told.closed(), heard.closed()]);
  });

  it("tells octets that complete no frame, and only those [PW-TCP-5]", async () => {
    const [left, right] = await make();
    const heard = new Recorder();
    link(right).start(heard);
    left.write(Uint8Array.of(2, 8));
    await heard.until(() => heard.log.length === 1);
    left.write(Uint8Array.of(1));
    await heard.until(() => heard.log.length === 2);
    left.end();
    await heard.closed();
    expect(heard.log).toEqual(["octets", "frame", "close"]);
  });

  it("reports a broken framing once and then only its end", async () => {
    const [left, right] = await make();
    left.resume();
    left.on("error", () => {});
    const heard = new Recorder();
    const b = link(right);
    b.start(heard);
    left.write(Uint8Array.of(1, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 8));
    await heard.until(() => heard.log.length === 2);
    left.write(Uint8Array.of(1, 8, 1, 8));
    b.close({ code: CloseCode.PROTOCOL_ERROR, reason: "" });
    left.end();
    await heard.closed();
    expect(heard.log).toEqual(["frame", "violation 4", "close"]);
  });

  it("says nothing after its end and takes nothing", async () => {
    const [left, right] = await make();
    right.resume();
    right.on("error", () => {});
    const heard = new Recorder();
    const a = link(left);
    a.start(heard);
    a.abort(NORMAL);
    expect(heard.log).toEqual([]); // not from within
    expect(a.send(frame(1))).toBe(false);
    a.close(NORMAL);
    a.abort(NORMAL);
    a.pause();
    a.resume();
    await heard.closed();
    expect(heard.log).toEqual(["close"]);
    expect(heard.ends).toEqual([{ kind: "local" }]);
    expect(left.destroyed).toBe(true);
  });

  it("tells an end once to whoever starts it in the same turn", async () => {
    const [left, right] = await make();
    right.on("error", () => {}).resume();
    const heard = new Recorder();
    const a = link(left);
    a.abort(NORMAL);
    a.start(heard);
    await heard.closed();
    await new Promise((resolve) => setImmediate(resolve));
    expect(heard.log).toEqual(["close"]);
  });

  it("tells an end that came before start", async () => {
    const [left, right] = await make();
    const b = link(right);
    left.end();
    await once(right.resume(), "end");
    const heard = new Recorder();
    b.start(heard);
    await heard.closed();
    expect(heard.ends).toEqual([{ kind: "peer-closed" }]);
  });

  it("reports a stream that somebody destroyed", async () => {
    const [left, right] = await make();
    right.on("error", () => {});
    const heard = new Recorder();
    link(left).start(heard);
    left.destroy();
    await heard.closed();
    expect(heard.ends).toMatchObject([{ kind: "lost", cause: { message: /destroyed/ } }]);
  });
});

describe("StreamLink on a TCP socket", () => {
  it("hands a frame to the system before it aborts [PW-TCP-6]", async () => {
    const { left, right } = await socketPair();
    const [a, b] = [link(left), link(right)];
    const heard = new Recorder();
    b.start(heard);
    a.start(new Recorder());
    a.send(frame(8, 1));
    a.abort(NORMAL);
    await heard.closed();
    expect(heard.log).toEqual(["frame", "close"]);
    expect(heard.ends).toEqual([{ kind: "peer-closed" }]);
  });

  it("reads on after it closed, so that the peer hears its last words", async () => {
    const { left, right } = await socketPair();
    const told = new Recorder();
    const a = link(left);
    a.start(told);
    // More than the system's buffers hold, so it only gets through if the closing side reads.
    const much = Buffer.alloc(32 * 2 ** 20);
    const written = new Promise<void>((resolve, reject) => {
      right.write(much, (error) => (error ? reject(error) : resolve()));
    });
    a.pause();
    a.send(frame(8, 1));
    a.close(NORMAL);
    await written;
    const heard: Buffer[] = [];
    right.on("data", (octets: Buffer) => heard.push(octets)).resume();
    await once(right, "end");
    expect([...Buffer.concat(heard)]).toEqual([2, 8, 1]);
    expect(told.log).toEqual([]);
    right.end();
    await told.closed();
    expect(told.ends).toEqual([{ kind: "local" }]);
  });

  it("reports a reset with its cause", async () => {
    const { left, right } = await socketPair();
    const heard = new Recorder();
    link(left).start(heard);
    right.resetAndDestroy();
    await heard.closed();
    expect(heard.ends).toMatchObject([{ kind: "lost", cause: { code: "ECONNRESET" } }]);
  });

  it("survives a reset before start", async () => {
    const { left, right } = await socketPair();
    const a = link(left);
    left.resume();
    right.resetAndDestroy();
    await new Promise((resolve) => left.once("close", resolve));
    const heard = new Recorder();
    a.start(heard);
    await heard.closed();
    expect(heard.ends).toMatchObject([{ kind: "lost" }]);
  });
});

describe("StreamLink on a stream that misbehaves", () => {
  it("does not pass on what its write throws", async () => {
    const broken = new Duplex({
      read() {},
      write() {
        throw new Error("not today");
      },
    });
    const heard = new Recorder();
    const a = link(broken);
    a.start(heard);
    expect(a.send(frame(1))).toBe(false);
    await heard.closed();
    expect(heard.ends).toMatchObject([{ kind: "lost", cause: { message: "not today" } }]);
  });

  it("ends on a stream that never says that it was closed", async () => {
    const mute = new Duplex({ read() {}, write() {}, destroy() {}, emitClose: false });
    const heard = new Recorder();
    const a = link(mute);
    a.start(heard);
    a.abort(NORMAL);
    await heard.closed();
    expect(heard.log).toEqual(["close"]);
  });
});
