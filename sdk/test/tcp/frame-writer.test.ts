import { once } from "node:events";
import { Duplex } from "node:stream";
import { decodeFrame, type Frame } from "pulsewire/core";
import { attach } from "pulsewire/tcp";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FrameWriter } from "../../src/tcp/frame-writer.ts";
import { FrameDecoder } from "../../src/tcp/framing.ts";
import { socketPair } from "./support.ts";

vi.setConfig({ testTimeout: 30_000 });
afterEach(() => {
  vi.restoreAllMocks();
});

const NONE = new Uint8Array(0);
const octets = (length: number, fill: number) => new Uint8Array(length).fill(fill);

/** A stream that keeps what it is given, as it is given. */
class Kept extends Duplex {
  readonly writes: Buffer[] = [];
  hold = false;

  constructor() {
    super({ writableHighWaterMark: 16_384 }); // the default grew with Node 22
  }

  override _read(): void {}
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(chunk);
    if (!this.hold) done();
  }
}

/** The frames in `writes`, and that nothing else is. */
function framesIn(writes: readonly Uint8Array[]): Uint8Array[] {
  const decoder = new FrameDecoder(1 << 20);
  const frames: Uint8Array[] = [];
  for (const write of writes) {
    decoder.push(write);
    while (decoder.next())
      frames.push(Uint8Array.from(decoder.octets.subarray(decoder.from, decoder.to)));
  }
  expect([decoder.isMidFrame, decoder.violation]).toEqual([false, undefined]);
  return frames;
}

/** Counts what a socket gives to the system. */
function countWrites(socket: Duplex): () => number {
  const spies = [vi.spyOn(socket, "_write"), vi.spyOn(socket, "_writev" as "_write")];
  return () => spies.reduce((sum, spy) => sum + spy.mock.calls.length, 0);
}

describe("FrameWriter", () => {
  test("a frame by itself is one write", () => {
    const stream = new Kept();
    const writer = new FrameWriter(stream);
    expect(writer.write(octets(2, 1), octets(300, 2))).toBe(true);
    expect(writer.write(NONE, octets(4, 3))).toBe(true);
    expect(stream.writes.map(({ length }) => length)).toEqual([304, 5]);
    expect(framesIn(stream.writes).map((frame) => [frame.length, frame[0], frame.at(-1)])).toEqual([
      [302, 1, 2],
      [4, 3, 3],
    ]);
    expect(writer.octetsTaken).toBe(309);
  });

  test("the frames between cork and uncork are one write", () => {
    const stream = new Kept();
    const writer = new FrameWriter(stream);
    writer.cork(1000);
    for (let nth = 0; nth < 20; nth += 1) {
      expect(writer.write(Uint8Array.of(nth), octets(nth, nth))).toBe(true);
    }
    expect(stream.writes).toEqual([]);
    writer.uncork();
    expect(framesIn(stream.writes).map(({ length }) => length)).toEqual(
      Array.from({ length: 20 }, (_, nth) => nth + 1),
    );
  });

  test("nothing between them is no write", () => {
    const stream = new Kept();
    const writer = new FrameWriter(stream);
    writer.cork(100);
    expect(writer.uncork()).toBe(true);
    expect(stream.writes).toEqual([]);
  });

  test.each([1, 100, 3000, 60_000, 65_536, 200_000])(
    "however far what was announced is from what comes, frames of %s octets keep their order",
    (length) => {
      for (const announced of [0, 10, 65_536, 1e9]) {
        const stream = new Kept();
        const writer = new FrameWriter(stream);
        writer.cork(announced);
        let given = 0;
        for (let nth = 0; nth < 10; nth += 1) {
          given += 1;
          if (!writer.write(Uint8Array.of(nth), octets(length, nth))) break;
        }
        writer.uncork();
        const frames = framesIn(stream.writes);
        expect(frames.map((frame) => [frame.length, frame[0], frame.at(-1)])).toEqual(
          Array.from({ length: given }, (_, nth) => [length + 1, nth, nth]),
        );
      }
    },
  );

  test("it wants to be uncorked when the stream is full or 256 KiB wait, and answers then what the stream did", () => {
    for (const hold of [false, true]) {
      const stream = Object.assign(new Kept(), { hold });
      const writer = new FrameWriter(stream);
      writer.cork(1e9);
      let sent = 1;
      while (writer.write(NONE, octets(1000, 1)) && sent < 1000) sent += 1;
      expect(sent).toBe(hold ? 21 : 262);
      expect(writer.uncork()).toBe(!hold);
      expect(framesIn(stream.writes)).toHaveLength(hold ? 4 : 262); // the first of its writes, or all
    }
  });

  test("full frames of a batch are one write to a socket", async () => {
    const { left, right } = await socketPair();
    const writes = countWrites(left);
    const writer = new FrameWriter(left);
    writer.cork(4 * 65_545);
    const answers = [1, 2, 3, 4].map((fill) =>
      writer.write(Uint8Array.of(fill), octets(65_536, fill)),
    );
    expect([answers, writes()]).toEqual([[true, true, true, false], 0]);
    writer.uncork();
    expect(writes()).toBe(1);
    left.end();
    const read: Uint8Array[] = [];
    for await (const chunk of right) read.push(chunk);
    const frames = framesIn([Buffer.concat(read)]);
    expect(frames.map((frame) => [frame[0], frame[65_536], frame.length])).toEqual(
      [1, 2, 3, 4].map((fill) => [fill, fill, 65_537]),
    );
  });

  test("a stream of somebody's own never sees the application's octets themselves", () => {
    const stream = new Kept();
    const writer = new FrameWriter(stream);
    const data = octets(65_536, 7);
    writer.write(Uint8Array.of(9), data);
    data.fill(0);
    expect(framesIn(stream.writes)[0]?.subarray(1)).toEqual(octets(65_536, 7));
  });

  test("what its write throws in the midst of a batch ends the stream, and nothing else", () => {
    const stream = new Kept().on("error", () => {});
    const writer = new FrameWriter(stream);
    vi.spyOn(stream, "_write").mockImplementation(() => {
      throw new Error("not today");
    });
    writer.cork(10);
    expect(writer.write(NONE, octets(40_000, 1))).toBe(true);
    expect(writer.write(NONE, octets(40_000, 1))).toBe(false);
    expect(writer.uncork()).toBe(false);
    expect(stream.errored?.message).toBe("not today");
  });
});

test("PW-OUT-2: a stream that is no socket gets no long writes of small frames", () => {
  const stream = new Kept();
  const writer = new FrameWriter(stream);
  writer.cork(160 * 103);
  for (let nth = 0; nth < 160; nth += 1) writer.write(NONE, octets(100, nth));
  writer.uncork();
  expect(stream.writes.length).toBeGreaterThan(3);
  for (const { length } of stream.writes) expect(length).toBeLessThanOrEqual(4096);
  expect(framesIn(stream.writes).map(([first]) => first)).toEqual(
    Array.from({ length: 160 }, (_, nth) => nth),
  );
});

test("PW-LIM-5: a read with more than may wait is read in part", async () => {
  const stream = new Kept();
  const session = attach(stream, { maxUnreadBytes: 65_536 });
  stream.push(Buffer.concat(Array(40_000).fill(Buffer.of(4, 8, 1, 0x1a, 0))));
  await vi.waitFor(() => expect(stream.isPaused()).toBe(true));
  // An empty message costs 64.
  expect(stream.readableLength).toBe((40_000 - 65_536 / 64) * 5);
  let taken = 0;
  for await (const message of session) {
    expect(message.length).toBe(0);
    taken += 1;
    if (taken === 40_000) break;
  }
  session.abort();
});

describe("on a socket", () => {
  test("a long frame is one write and not copied; there is room once its octets are let go of", async () => {
    const { left, right } = await socketPair();
    const writer = new FrameWriter(left);
    const writes = countWrites(left);
    const write = vi.spyOn(left, "write");
    let sent = 0;
    // Into the system's buffers, until they are full: then the octets are still needed.
    for (let room = true; room && sent < 1000; sent += 1) {
      const data = octets(65_536, sent);
      room = writer.write(Uint8Array.of(sent), data);
      expect(writes()).toBe(sent + 1);
      expect(write.mock.calls.map(([chunk]) => chunk)).toContain(data);
      expect(left.writableLength > 0).toBe(!room);
      if (room) data.fill(0); // it is the application's again
    }
    expect(sent).toBeLessThan(1000);
    const read: Buffer[] = [];
    right.on("data", (chunk: Buffer) => read.push(chunk)).resume();
    await once(left, "drain");
    expect([left.writableLength, writer.octetsTaken]).toEqual([0, sent * 65_540]);
    left.end();
    await once(right, "end");
    expect(framesIn(read).map((frame) => [frame.length, frame[0], frame[1], frame.at(-1)])).toEqual(
      Array.from({ length: sent }, (_, nth) => [65_537, nth % 256, nth % 256, nth % 256]),
    );
    right.end();
  });

  test("PW-OUT-2: of a batch that waits, what the system has taken counts", async () => {
    const { left, right } = await socketPair();
    const writer = new FrameWriter(left);
    let given = 0;
    for (let room = true; room; ) {
      writer.cork(4 * 65_540);
      for (let nth = 0; nth < 4; nth += 1) writer.write(Uint8Array.of(nth), octets(65_536, nth));
      room = writer.uncork();
      given += 4 * 65_540;
    }
    // The last batch is one write, which is not complete; the buffers of the system end somewhere in it.
    expect(left.writableLength).toBe(4 * 65_540);
    expect(writer.octetsTaken).toBeGreaterThan(given - left.writableLength);
    expect(writer.octetsTaken).toBeLessThan(given);
    left.destroy();
    right.destroy();
  });

  test("short frames before and after it keep their order", async () => {
    const { left, right } = await socketPair();
    const writer = new FrameWriter(left);
    writer.cork(1000);
    expect(writer.write(NONE, octets(10, 1))).toBe(true);
    writer.write(Uint8Array.of(2), octets(100_000, 2));
    writer.uncork();
    const read: Buffer[] = [];
    right.on("data", (chunk: Buffer) => read.push(chunk)).resume();
    writer.write(NONE, octets(10, 3));
    left.end();
    await once(right, "end");
    expect(framesIn(read).map((frame) => [frame.length, frame[0]])).toEqual([
      [10, 1],
      [100_001, 2],
      [10, 3],
    ]);
    right.end();
  });

  test("what a session sends in one turn is two writes: the first message, and the others", async () => {
    const { left, right } = await socketPair();
    const session = attach(left);
    const heard = attach(right);
    const writes = countWrites(left);
    for (let nth = 0; nth < 500; nth += 1)
      expect(session.send(Uint8Array.of(nth % 256))).toBe(true);
    expect(writes()).toBe(1);
    await session.drained();
    expect(writes()).toBe(2);
    let nth = 0;
    for await (const message of heard) {
      expect([...message]).toEqual([nth % 256]);
      nth += 1;
      if (nth === 500) break;
    }
    await Promise.all([session.close(), heard.closed]);
  });

  test("PW-SND-6: an echo loop over what one read brought is one turn", async () => {
    const { left, right } = await socketPair();
    const session = attach(left);
    const echo = attach(right);
    const writes = countWrites(right);
    void (async () => {
      for await (const message of echo) if (!echo.send(message)) await echo.drained();
    })();
    for (let nth = 0; nth < 500; nth += 1) session.send(Uint8Array.of(nth % 256));
    let nth = 0;
    for await (const message of session) {
      expect([...message]).toEqual([nth % 256]);
      nth += 1;
      if (nth === 500) break;
    }
    // Two writes came; the system may have cut them into more reads.
    expect(writes()).toBeLessThan(50);
    await session.close();
  });

  test("PW-CLS-8: what was sent in the turn that closes arrives, and then the Close", async () => {
    const { left, right } = await socketPair();
    const session = attach(left);
    const heard = attach(right);
    for (let nth = 0; nth < 2000; nth += 1) session.send(new Uint8Array(nth));
    const closing = session.close({ reason: "done" });
    let nth = 0;
    for await (const message of heard) {
      expect(message).toHaveLength(nth);
      nth += 1;
    }
    expect(nth).toBe(2000);
    expect([heard.end, await closing]).toMatchObject([
      { kind: "closed", by: "remote", reason: "done" },
      { kind: "closed", by: "local" },
    ]);
  });

  test("after drained() the octets may be used again, also when the peer was at fault meanwhile", async () => {
    const { left, right } = await socketPair();
    right.pause();
    const session = attach(left);
    const message = octets(60_000, 1);
    while (session.send(message)) {}
    right.write(Uint8Array.of(2, 8, 0)); // a frame without a version
    const heard: Buffer[] = [];
    void session.closed.then(() => {
      right.on("data", (read) => heard.push(read));
      right.resume();
    });
    await session.drained();
    message.fill(2);
    await once(right, "close");
    const frames = framesIn(heard).map((frame) => decodeFrame(frame) as Frame);
    expect(frames.pop()?.body).toBe("close");
    expect(frames.every((frame) => frame.body === "data" && !frame.data.includes(2))).toBe(true);
    expect(session.end?.kind).toBe("protocol-error");
  });

  test("a peer that does not read bounds what waits, in a loop that heeds send", async () => {
    const { left, right } = await socketPair();
    right.pause();
    const maxUnsentBytes = 100_000;
    const session = attach(left, { maxUnsentBytes });
    const deadline = performance.now() + 20_000;
    for (let idle = 0; idle < 20 && performance.now() < deadline; ) {
      if (session.send(octets(100, 1))) continue;
      const room = await Promise.race([
        session.drained().then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), 50)),
      ]);
      idle = room ? 0 : 20;
    }
    expect(session.unsentBytes).toBeLessThan(maxUnsentBytes);
    expect(left.writableLength).toBeLessThan(200_000);
    session.abort();
    right.destroy();
    await session.closed;
  });
});
