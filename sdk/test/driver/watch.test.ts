import { describe, expect, test } from "vitest";
import { PulsewireError } from "../../src/core/index.ts";
import { Watch, type WatchOptions } from "../../src/driver/index.ts";
import { driverWorld } from "./world.ts";

/** A watch of 5000 + 2000 that notes what it is asked, in virtual time; its no-op is due every 4200. */
function watched(more: Partial<WatchOptions> = {}) {
  const world = driverWorld();
  const calls: string[] = [];
  const note = (what: string) => void calls.push(`${world.clock.now()} ${what}`);
  let over = 0;
  const watch = Watch.open(
    {
      heartbeatTimeMs: 5000,
      sendNoOp: note,
      onDown: (end) =>
        note(
          end.kind === "peer-silent"
            ? `down after ${end.evidence.silentForMs}`
            : `blocked for ${end.blockedForMs}`,
        ),
      onEvent: (event) => note(event.type),
      ...more,
    },
    world.runtime,
    () => {
      over += 1;
    },
  );
  return { ...world, watch, calls, over: () => over };
}

test("a silent peer is asked, asked again and down, and then nothing is left", () => {
  const { clock, watch, calls, over } = watched();
  clock.advance(100_000);
  expect(calls).toEqual([
    "4200 beat",
    "6000 probe",
    "6000 suspect",
    "7000 down after 7000",
    "7000 ended",
  ]);
  expect(watch.state).toBe("ended");
  expect([clock.timers, over()]).toEqual([0, 1]);
});

test("a peer that answers each no-op is up for as long as it does", () => {
  const world = watched({ sendNoOp: () => world.watch.heard() });
  world.clock.advance(3_600_000);
  expect(world.calls).toEqual([]);
  expect(world.watch.state).toBe("open");
});

test("PW-SND-6: sent() takes the place of a no-op", () => {
  const { clock, watch, calls } = watched();
  for (let turn = 0; turn < 10; turn += 1) {
    clock.advance(4000);
    watch.sent();
    watch.heard();
  }
  expect(calls).toEqual([]);
});

test("PW-LIV-9: pause() and resume() move the deadline by the time between them", () => {
  const { clock, watch, calls } = watched();
  clock.advance(5000);
  watch.pause();
  clock.advance(60_000);
  watch.resume();
  clock.advance(2000);
  expect(calls.at(-1)).toBe("67000 ended");
  expect(calls).toContain("67000 down after 7000");
});

test("PW-OUT-1: while no-ops are withheld, taking nothing is what ends it", () => {
  const world = watched({ sendNoOp: () => world.watch.withheld() });
  world.clock.advance(100_000);
  expect(world.calls).toEqual(["12150 blocked for 7950", "12150 ended"]);
  expect([world.clock.timers, world.over()]).toEqual([0, 1]);
});

test("PW-OUT-2: and progress is life, until a no-op goes out again", () => {
  let waits = true;
  const world = watched({
    sendNoOp: (why) => {
      world.watch.progress();
      if (waits) world.watch.withheld();
      else world.calls.push(`${world.clock.now()} ${why}`);
    },
  });
  world.clock.advance(60_000);
  expect(world.calls).toEqual([]);
  waits = false;
  world.clock.advance(10_000);
  expect(world.calls[0]).toMatch(/^6[01]\d{3} beat$/);
  expect(world.calls.at(-1)).toMatch(/^6[78]\d{3} ended$/);
});

test("PW-CLK-2: what waits unread when a late timer fires is life", () => {
  const { clock, watch, calls } = watched();
  clock.network.schedule(6900, () => watch.heard());
  clock.stall(8000);
  expect(calls).toEqual(["8000 beat"]);
  expect(watch.state).toBe("open");
});

test("PW-CLK-5: a machine that slept asks at once", () => {
  const { clock, calls } = watched();
  clock.advance(1000);
  clock.suspend(60_000);
  clock.advance(3250);
  // The clock is looked at when a timer fires.
  expect(calls.slice(0, 2)).toEqual(["4200 probe", "4200 suspended"]);
  clock.advance(2000);
  expect(calls).toContain("6200 down after 6200");
});

test("stop() leaves nothing behind and calls nothing", () => {
  const { clock, watch, calls, over } = watched();
  clock.advance(6500);
  calls.length = 0;
  watch.stop();
  expect(clock.timers).toBe(0);
  watch.stop();
  watch.heard();
  watch.sent();
  clock.advance(100_000);
  expect([calls, clock.timers, over(), watch.state]).toEqual([[], 0, 1, "ended"]);
});

test("a callback may use the watch it is called by", () => {
  const world = watched({
    sendNoOp: (why) => {
      world.calls.push(why);
      world.watch.pause();
      if (world.calls.length === 3) world.watch.stop();
    },
  });
  world.clock.advance(100_000);
  expect(world.calls).toEqual(["beat", "beat", "beat"]);
  expect(world.clock.timers).toBe(0);
});

test("a callback that throws is an uncaught exception, and the verdict comes all the same", async () => {
  const thrown: unknown[] = [];
  const before = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => thrown.push(error));
  try {
    const { clock, watch } = watched({
      sendNoOp: () => {
        throw new Error("no-op");
      },
      onDown: () => {
        throw new Error("down");
      },
    });
    clock.advance(7000);
    await new Promise((resolve) => setImmediate(resolve));
    expect(thrown.map(String)).toEqual(["Error: no-op", "Error: no-op", "Error: down"]);
    expect([watch.state, clock.timers]).toEqual(["ended", 0]);
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of before) process.on("uncaughtException", listener);
  }
});

test("one timer serves any number of watches", () => {
  const world = driverWorld();
  const down: number[] = [];
  for (let each = 0; each < 100; each += 1) {
    Watch.open(
      { heartbeatTimeMs: 1000 + each, sendNoOp: () => {}, onDown: () => down.push(each) },
      world.runtime,
    );
  }
  expect(world.clock.timers).toBe(1);
  world.clock.advance(3200);
  expect(down).toEqual(Array.from({ length: 100 }, (_, each) => each));
  expect(world.clock.timers).toBe(0);
});

describe("options", () => {
  test.each([
    [{ heartbeatTimeMs: undefined }, "heartbeatTimeMs must be given"],
    [{ heartbeatTimeMs: 5 }, "heartbeatTimeMs must be a whole number"],
    [{ sendNoOp: undefined }, "sendNoOp and onDown must be functions"],
    [{ onDown: "log" }, "sendNoOp and onDown must be functions"],
    [{ onEvent: 1 }, "onEvent must be a function"],
  ])("%o is refused", (options, message) => {
    const open = () => watched(options as never);
    expect(open).toThrow(PulsewireError);
    expect(open).toThrow(message);
  });
});
