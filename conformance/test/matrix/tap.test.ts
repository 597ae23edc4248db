/** The tap as a proxy: what goes through it, when, and what does not. In virtual time, on a network in memory. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import type { PairEvent, Side } from "../../src/matrix/model.ts";
import type { Manner } from "../../src/matrix/tap/flow.ts";
import { PairRecorder } from "../../src/matrix/tap/recorder.ts";
import { Tap } from "../../src/matrix/tap/tap.ts";
import type { StreamSocket } from "../../src/network/network.ts";
import { type Machine, systemMachine } from "../../src/time/machine.ts";
import { runVirtual } from "../../src/time/run-virtual.ts";
import { VirtualWorld } from "../../src/time/world.ts";
import { delimit } from "../../src/wire/delimited.ts";
import { encodeFrame } from "../../src/wire/encode.ts";
import { concat } from "../../src/wire/protobuf.ts";

const BEAT = delimit(encodeFrame({ heartbeat: { heartbeatTimeMs: 400 } }));

interface End {
  readonly socket: StreamSocket;
  readonly chunks: Buffer[];
  ended: "fin" | "reset" | undefined;
}

interface Scene {
  readonly tap: Tap;
  readonly dialer: End;
  readonly listener: End;
  readonly recorder: PairRecorder;
  /** Where the two are. */
  readonly peers: Machine;
  wait(ms: number): Promise<void>;
  events(kind: PairEvent["kind"], from?: Side): PairEvent[];
}

function watched(socket: StreamSocket): End {
  const end: End = { socket, chunks: [], ended: undefined };
  socket.on("data", (chunk: Buffer) => end.chunks.push(chunk));
  socket.on("end", () => {
    end.ended ??= "fin";
  });
  socket.on("error", () => {
    end.ended = "reset";
  });
  return end;
}

/** Two byte streams with a tap between them. */
async function scene(manner: Manner, play: (scene: Scene) => Promise<void>): Promise<void> {
  await runVirtual([manner], 1, async (_, clock) => {
    const world = new VirtualWorld(clock);
    const machine: Machine = world.machine(1);
    const peers: Machine = world.machine(2);
    const wait = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        machine.time.after(ms, resolve);
      });
    let accepted: (end: End) => void = () => undefined;
    const accepting = new Promise<End>((resolve) => {
      accepted = resolve;
    });
    const server = await peers.network.listen((socket) => accepted(watched(socket)));
    const recorder = new PairRecorder(machine.time);
    const tap = await Tap.start({
      machine,
      transport: "tcp",
      listener: server.address,
      manner,
      recorder,
    });
    const dialer = watched(peers.network.connect(tap.address));
    const listener = await accepting;
    await wait(1);
    const events = (kind: PairEvent["kind"], from?: Side): PairEvent[] =>
      recorder
        .trace()
        .events.filter(
          (event) =>
            event.kind === kind && (from === undefined || ("from" in event && event.from === from)),
        );
    await play({ tap, dialer, listener, recorder, peers, wait, events });
    tap.dispose();
    server.close();
  });
}

describe("what is whole", () => {
  test("goes on as it came, and is seen on both sides", () =>
    scene("whole", async ({ dialer, listener, wait, events }) => {
      expect(events("open")).toHaveLength(2);
      dialer.socket.write(concat([BEAT, BEAT]));
      listener.socket.write(BEAT);
      await wait(1);
      expect(Buffer.concat(listener.chunks)).toEqual(Buffer.from(concat([BEAT, BEAT])));
      expect(Buffer.concat(dialer.chunks)).toEqual(Buffer.from(BEAT));
      expect(events("frame", "dialer")).toHaveLength(2);
      const [back] = events("frame", "listener");
      expect(back).toMatchObject({ frame: { heartbeat: { heartbeatTimeMs: 400 } } });
      expect(back).toHaveProperty("deliveredNs");
    }));

  test("keeps a half-close what it is", () =>
    scene("whole", async ({ dialer, listener, wait, events }) => {
      dialer.socket.end(BEAT);
      await wait(1);
      expect(listener.ended).toBe("fin");
      listener.socket.end(BEAT);
      await wait(1);
      expect(dialer.ended).toBe("fin");
      expect(Buffer.concat(dialer.chunks)).toEqual(Buffer.from(BEAT));
      expect(events("end")).toMatchObject([
        { from: "dialer", how: "fin" },
        { from: "listener", how: "fin" },
      ]);
    }));

  test("passes a reset on", () =>
    scene("whole", async ({ tap, dialer, listener, wait, events }) => {
      dialer.socket.resetAndDestroy();
      await wait(1);
      expect(listener.ended).toBe("reset");
      expect(events("end")).toMatchObject([{ from: "dialer", how: "reset" }]);
      expect(tap.hasEnded("listener")).toBe(true);
    }));
});

test("in slices every octet is a write of its own, and none is lost or moved", async () => {
  // On real sockets: what is written at one moment is one read on a network in memory.
  const octets = concat([BEAT, BEAT, BEAT]);
  const chunks: Buffer[] = [];
  let onAll: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    onAll = resolve;
  });
  const server = createServer((socket) =>
    socket.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      if (Buffer.concat(chunks).length >= octets.length) onAll();
    }),
  );
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  // What is late goes on together: here nothing ever is, however long a turn takes.
  const now = systemMachine.time.now();
  const machine = { ...systemMachine, time: { ...systemMachine.time, now: () => now } };
  const recorder = new PairRecorder(machine.time);
  const tap = await Tap.start({
    machine,
    transport: "tcp",
    listener: { host: "127.0.0.1", port },
    manner: "slices",
    recorder,
  });
  const dialer = systemMachine.network.connect(tap.address);
  dialer.write(octets);
  await all;
  expect(Buffer.concat(chunks)).toEqual(Buffer.from(octets));
  expect(chunks.length).toBeGreaterThan(octets.length / 2);
  expect(recorder.trace().events.filter(({ kind }) => kind === "frame")).toHaveLength(3);
  dialer.destroy();
  tap.dispose();
  server.close();
});

test("a delay is constant, and keeps the order", () =>
  scene({ delayMs: 100 }, async ({ dialer, listener, wait, events }) => {
    dialer.socket.write(BEAT);
    await wait(50);
    dialer.socket.end(BEAT);
    expect(listener.chunks).toHaveLength(0);
    await wait(60);
    expect(Buffer.concat(listener.chunks)).toHaveLength(BEAT.length);
    expect(listener.ended).toBeUndefined();
    await wait(50);
    expect(Buffer.concat(listener.chunks)).toHaveLength(2 * BEAT.length);
    expect(listener.ended).toBe("fin");
    for (const event of events("frame", "dialer")) {
      if (event.kind !== "frame") continue;
      expect(((event.deliveredNs ?? 0) - event.atNs) / 1e6).toBeCloseTo(100, 0);
    }
  }));

describe("a black hole", () => {
  test("lets nothing through and ends nothing, and is looked into", () =>
    scene("whole", async ({ tap, dialer, listener, wait, events }) => {
      tap.hole(["dialer", "listener"]);
      dialer.socket.end(BEAT);
      listener.socket.write(BEAT);
      await wait(1_000);
      expect([dialer.chunks, listener.chunks]).toEqual([[], []]);
      expect([dialer.ended, listener.ended]).toEqual([undefined, undefined]);
      const seen = [...events("frame"), ...events("end")];
      expect(seen).toHaveLength(3);
      for (const event of seen) expect(event).not.toHaveProperty("deliveredNs");
      expect(tap.hasEnded("dialer")).toBe(true);
      expect(tap.hasEnded("listener")).toBe(false);
    }));

  test("of one direction leaves the other", () =>
    scene("whole", async ({ tap, dialer, listener, wait }) => {
      tap.hole(["dialer"]);
      dialer.socket.write(BEAT);
      listener.socket.write(BEAT);
      await wait(10);
      expect(dialer.chunks).toEqual([]);
      expect(listener.chunks).toHaveLength(1);
    }));

  test("remembers the part of a frame that came through", () =>
    scene("whole", async ({ tap, dialer, wait, events }) => {
      dialer.socket.write(BEAT.subarray(0, 3));
      await wait(1);
      tap.hole(["listener"]);
      tap.dispose();
      expect(events("octets")).toMatchObject([{ from: "dialer", bytes: 3 }]);
      expect(events("octets")[0]).toHaveProperty("deliveredNs");
    }));
});

test("a reset cuts both legs, and neither side is taken for the one that did it", () =>
  scene("whole", async ({ tap, dialer, listener, wait, events }) => {
    tap.reset();
    await wait(1);
    expect([dialer.ended, listener.ended]).toEqual(["reset", "reset"]);
    expect(events("end")).toEqual([]);
    expect(tap.hasEnded("dialer") && tap.hasEnded("listener")).toBe(true);
  }));

test("who is written to after its end does not cut off what the other has to read", () =>
  scene("whole", async ({ dialer, listener, wait }) => {
    dialer.socket.end();
    await wait(1);
    // The dialer lets go entirely: what comes for it now is answered with a reset.
    dialer.socket.destroy();
    listener.socket.pause();
    listener.socket.write(BEAT);
    await wait(5);
    listener.socket.write(BEAT);
    await wait(5);
    expect(listener.ended).not.toBe("reset");
  }));

test("who does not read makes the other wait, and not the tap remember", () =>
  scene("whole", async ({ dialer, listener, wait }) => {
    listener.socket.pause();
    const total = 32;
    const megabyte = delimit(encodeFrame({ data: new Uint8Array(1_048_000) }));
    for (let sent = 0; sent < total; sent += 1) dialer.socket.write(megabyte);
    await wait(100);
    expect(dialer.socket.writableLength).toBeGreaterThan((total - 8) * megabyte.length);
    listener.socket.resume();
    await wait(2_000);
    expect(listener.chunks.reduce((sum, { length }) => sum + length, 0)).toBe(
      total * megabyte.length,
    );
  }));

test("a second connection is none of its business", () =>
  scene("whole", async ({ tap, dialer, listener, wait, events, peers }) => {
    const second = watched(peers.network.connect(tap.address));
    await wait(5);
    expect(second.ended).toBeDefined();
    dialer.socket.write(BEAT);
    await wait(1);
    expect(listener.chunks).toHaveLength(1);
    expect(events("open")).toHaveLength(2);
  }));
