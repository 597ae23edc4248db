import { describe, expect, test } from "vitest";
import { type ConnectionEnd, encodeFrame, PulsewireError } from "../../src/core/index.ts";
import {
  type ReconnectOptions,
  type Retry,
  reconnect,
  type Session,
} from "../../src/driver/index.ts";
import { type Connect, countListeners, RedialWorld, refused, watch } from "./redial-world.ts";
import { noticed, ScriptedLink } from "./world.ts";

/** A loop in a world of its own, and what its hook was told. */
function looping(options: ReconnectOptions<Connect> = {}) {
  const world = new RedialWorld();
  const retries: Retry<Connect>[] = [];
  const onRetry = (retry: Retry<Connect>) => void retries.push(retry);
  const loop = reconnect<Connect>(world, { onRetry, ...options }, world.runtime);
  const next = async (): Promise<Session> => {
    const { value } = await world.soon(loop.next());
    if (value === undefined) throw new Error("the loop has ended");
    return value;
  };
  return { world, loop, retries, next, delays: () => retries.map(({ delayMs }) => delayMs) };
}

const heartbeat = (heartbeatTimeMs?: number) =>
  encodeFrame({ version: 1, body: "heartbeat", heartbeat: { heartbeatTimeMs } });
const done = { done: true, value: undefined };

describe("one after the other", () => {
  test("nothing is dialled before somebody asks, and then one", async () => {
    const { world, loop, next } = looping();
    await world.pass(10_000);
    expect(world.dialled).toEqual([]);
    const session = await next();
    expect(session.state).toBe("open");
    const second = watch(loop.next());
    const third = watch(loop.next());
    await world.pass(10_000);
    expect(world.dialled).toHaveLength(1);

    world.peer.abort();
    await world.pass(10_000);
    expect(world.dialled).toHaveLength(2);
    expect([second.settled, third.settled]).toEqual([true, false]);

    world.peer.abort();
    await world.pass(10_000);
    expect(world.dialled).toHaveLength(3);
    expect(third.settled).toBe(true);
  });

  test("PW-ADP-7: what was adopted does not come along", async () => {
    const { world, next } = looping();
    world.peerOptions = { heartbeatTimeMs: 3000 };
    const first = await next();
    await world.pass(100);
    expect([first.heartbeatTimeMs, first.peerHeartbeatTimeMs]).toEqual([3000, 3000]);
    world.peer.abort();
    world.peerOptions = {};
    const second = await next();
    await world.pass(20_000);
    expect([second.heartbeatTimeMs, second.peerHeartbeatTimeMs]).toEqual([undefined, undefined]);
    expect(second.state).toBe("open");
  });

  test("the delay runs from the end, and not from when the caller comes back", async () => {
    const { world, next, retries } = looping({ retryBaseMs: 8000 });
    await next();
    world.peer.abort();
    await world.pass(10); // the end arrives
    await world.pass(3000);
    await next(); // half of 8000 after the end
    expect(world.times).toEqual([0, 4010]);
    expect(retries).toMatchObject([{ attempt: 1, delayMs: 1000, address: undefined }]);
    expect(retries[0]?.cause).toMatchObject({ kind: "link-lost" });

    world.peer.abort();
    await world.pass(60_000);
    const asked = world.clock.now();
    await next();
    expect(world.times.at(-1)).toBe(asked);
    expect(retries[1]?.delayMs).toBe(0);
  });

  test("a session that this side closed is followed by the next", async () => {
    const { world, next, retries } = looping();
    const first = await next();
    await world.soon(first.close());
    const second = await next();
    expect(second).not.toBe(first);
    expect(retries[0]?.cause).toMatchObject({ kind: "closed", by: "local" });
  });
});

describe("nothing of an old connection touches a new one", () => {
  test("late frames, a late end and late timers", async () => {
    const { world, next } = looping({ heartbeatTimeMs: 5000 });
    const [old, fresh] = [new ScriptedLink(), new ScriptedLink()];
    world.outcomes.push(old, fresh);
    const first = await next();
    old.sink.onFrame(heartbeat(1000));
    expect(first.heartbeatTimeMs).toBe(1000);
    const second = await next(); // the first was silent
    expect(first.end?.kind).toBe("peer-silent");
    expect(second.heartbeatTimeMs).toBe(5000);

    const openedAt = world.clock.now();
    const [sentOld, sentNew] = [old.frames.length, fresh.frames.length];
    old.sink.onFrame(heartbeat(200));
    old.sink.onFrame(
      encodeFrame({ version: 1, body: "data", data: new Uint8Array(9), more: false }),
    );
    old.sink.onOctets();
    old.sink.onDrain();
    old.sink.onViolation(4, "late");
    await world.pass(3000); // no timer of 1000 is left
    old.sink.onClose({ kind: "lost", cause: new Error("late") });
    await world.pass(0);
    expect([old.frames.length, fresh.frames.length]).toEqual([sentOld, sentNew]);
    expect([second.state, second.heartbeatTimeMs]).toEqual(["open", 5000]);
    expect(world.dialled).toHaveLength(2);

    // None of that was life of the new one: its deadline runs from its opening.
    const end = await world.soon(second.closed);
    expect(end).toMatchObject({ kind: "peer-silent", evidence: { silentForMs: 7000 } });
    expect(world.clock.now()).toBe(openedAt + 7000);
  });
});

describe("when", () => {
  /** A session that adopts `heartbeatTimeMs` and then hears nothing more. */
  const goesSilent = (world: RedialWorld) => {
    const link = new ScriptedLink();
    world.outcomes.push(link);
    return link;
  };

  test.each([
    [0, 4000],
    [0.5, 8000],
    [0.999, 11_992],
  ])(
    "PW-REC-1: after a death by heartbeat, with chance at %s %s of 4000",
    async (chance, delay) => {
      const { world, loop, next, retries } = looping({ heartbeatTimeMs: 9000 });
      world.chances = [chance];
      const link = goesSilent(world);
      const first = await next();
      link.sink.onFrame(heartbeat(4000));
      const end = await world.soon(first.closed);
      const diedAt = world.clock.now();
      await world.soon(loop.next());
      expect(world.times.at(-1)).toBeCloseTo(diedAt + delay, 6);
      expect(retries).toEqual([
        { attempt: 1, delayMs: expect.closeTo(delay, 6), address: undefined, cause: end },
      ]);
    },
  );

  test("PW-REC-1: the greater of E and P, and a Close(HEARTBEAT_TIMEOUT) as well", async () => {
    const { world, next, delays } = looping({ heartbeatTimeMs: 5000 });
    const link = goesSilent(world);
    await next();
    link.sink.onFrame(heartbeat(20_000));
    link.sink.onFrame(encodeFrame({ version: 1, body: "close", close: { code: 3, reason: "" } }));
    await next();
    expect(delays()).toEqual([40_000]);
  });

  test("PW-REC-2: attempts that fail are ever further apart, up to the cap", async () => {
    const { world, next, retries, delays } = looping({ retryBaseMs: 100, retryCapMs: 1000 });
    world.outcomes.push(...Array<"refuse">(7).fill("refuse"));
    await next();
    expect(delays()).toEqual([50, 100, 200, 400, 500, 500, 500]);
    expect(retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(retries[0]?.cause).toMatchObject({ code: "PW_CONNECT_FAILED" });
    expect(world.times).toEqual([0, 50, 150, 350, 750, 1250, 1750, 2250]);
  });

  test("PW-REC-3: a server that accepts and hangs up is not hammered", async () => {
    const { world, next, delays } = looping({ retryBaseMs: 100, retryCapMs: 1600 });
    for (let count = 6; count > 0; count -= 1) {
      await next();
      world.peer.abort();
    }
    await next();
    expect(delays()).toEqual([50, 100, 200, 400, 800, 800]);
    // One that has lasted longer than the bound that was reached is a new beginning.
    await world.pass(1589);
    world.peer.abort(); // after 1599
    await next();
    expect(delays().at(-1)).toBe(800);
    await world.pass(1591);
    world.peer.abort(); // after 1601
    await next();
    expect(delays().at(-1)).toBe(50);
  });

  test("PW-CLS-7, PW-REC-4: a server that asks for time gets it, and some more", async () => {
    const { world, next, delays } = looping();
    await next();
    void world.peer.close({ code: 2, retryAfterMs: 60_000 });
    await next();
    expect(delays()).toEqual([75_000]);
  });

  test("PW-REC-4: nobody is sent away for ever", async () => {
    const { world, loop, next, delays } = looping();
    world.chances = [0.999];
    await next();
    void world.peer.close({ code: 2, retryAfterMs: 2 ** 32 - 1 });
    await world.soon(loop.next(), 2 ** 31);
    expect(delays()[0]).toBeGreaterThan(3_600_000);
    expect(delays()[0]).toBeLessThan(5_400_000);
  });
});

describe("several addresses", () => {
  const addresses = [{ to: "a" }, { to: "b" }, { to: "c" }];
  const tried = (world: RedialWorld) => world.dialled.map(({ options }) => options.to);

  test("PW-REC-5: in turn, and a full turn before the delay grows", async () => {
    const { world, next, retries, delays } = looping({ addresses, to: "common", retryBaseMs: 100 });
    world.outcomes.push(...Array<"refuse">(7).fill("refuse"));
    await next();
    expect(tried(world)).toEqual(["a", "b", "c", "a", "b", "c", "a", "b"]);
    expect(delays()).toEqual([50, 50, 50, 100, 100, 100, 200]);
    expect(retries.map(({ address }) => address?.to)).toEqual(["b", "c", "a", "b", "c", "a", "b"]);
    expect(retries[0]?.address).toBe(addresses[1]);
  });

  test("each is laid over the common options", async () => {
    const { world, next } = looping({
      to: "common",
      heartbeatTimeMs: 5000,
      addresses: [{ heartbeatTimeMs: 700 }, { to: "b" }],
    });
    world.outcomes.push("refuse");
    await next();
    const [first, second] = world.dialled.map(({ options }) => options);
    expect(first).toEqual({ to: "common", heartbeatTimeMs: 700, signal: expect.any(AbortSignal) });
    expect(second).toEqual({ to: "b", heartbeatTimeMs: 5000, signal: expect.any(AbortSignal) });
  });

  test("PW-REC-4: one that asked for time is passed over while there are others", async () => {
    const { world, next } = looping({ addresses: addresses.slice(0, 2), retryBaseMs: 100 });
    await next(); // a
    void world.peer.close({ code: 2, retryAfterMs: 10_000 });
    world.outcomes.push("refuse", "refuse");
    await next(); // b, b, b
    void world.peer.close({ code: 2, retryAfterMs: 60_000 });
    await next(); // a, which is free sooner
    expect(tried(world)).toEqual(["a", "b", "b", "b", "a"]);
    expect(world.times.at(-1)).toBeGreaterThanOrEqual(10_000);
    expect(world.times.at(-1)).toBeLessThan(15_100);
  });
});

describe("the end", () => {
  const signalled = (options: ReconnectOptions<Connect> = {}) => {
    const controller = new AbortController();
    return { controller, ...looping({ signal: controller.signal, ...options }) };
  };

  test("by a signal that was aborted before: nothing is dialled", async () => {
    const { world, loop } = looping({ signal: AbortSignal.abort() });
    expect(await loop.next()).toEqual(done);
    expect(world.dialled).toEqual([]);
  });

  test("by the signal, in an attempt that nothing else ends", async () => {
    const { world, loop, controller } = signalled();
    world.outcomes.push("hang");
    const next = loop.next();
    await noticed();
    controller.abort();
    expect(await next).toEqual(done);
    expect(world.dialled[0]?.options.signal.aborted).toBe(true);
    expect(await loop.next()).toEqual(done);
  });

  test("by the signal, in an attempt that it ends", async () => {
    const { world, controller } = signalled();
    const loop = reconnect<Connect>(
      {
        check: () => {},
        connect: ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => reject(signal.reason));
          }),
      },
      { signal: controller.signal },
      world.runtime,
    );
    const next = loop.next();
    await noticed();
    controller.abort(new Error("enough"));
    expect(await next).toEqual(done);
  });

  test("by the signal, and a session that still comes is closed, which is waited for", async () => {
    const { world, controller } = signalled();
    let arrive = (): void => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const loop = reconnect<Connect>(
      {
        check: () => {},
        connect: async (options) => {
          await arrived;
          return world.connect(options);
        },
      },
      { signal: controller.signal },
      world.runtime,
    );
    const next = loop.next();
    await noticed();
    controller.abort();
    arrive();
    expect(await world.soon(next)).toEqual(done);
    expect(await world.soon(world.peer.closed)).toMatchObject({ kind: "closed", code: 1 });
    await world.pass(10_000);
    expect(world.clock.nextAt).toBeUndefined();
  });

  test("by the signal, in a delay: no timer is left", async () => {
    const { world, loop, controller, retries } = signalled();
    world.outcomes.push("refuse");
    const next = loop.next();
    await noticed();
    expect([retries.length, world.clock.timers]).toEqual([1, 1]);
    controller.abort();
    expect(await next).toEqual(done);
    expect(world.clock.timers).toBe(0);
    expect(world.dialled).toHaveLength(1);
  });

  test("by the signal, with a session open: it is closed, and nothing is thrown", async () => {
    const { world, loop, controller, retries } = signalled({ heartbeatTimeMs: 5000 });
    const seen: (ConnectionEnd | undefined)[] = [];
    const whole = (async () => {
      for await (const session of loop) {
        for await (const _ of session) expect.unreachable();
        seen.push(session.end);
      }
    })();
    await world.pass(20_000);
    const { peer } = world;
    controller.abort(new Error("enough"));
    await world.soon(whole);
    expect(seen).toMatchObject([{ kind: "closed", by: "local", code: 1 }]);
    expect(await world.soon(peer.closed)).toMatchObject({ kind: "closed", by: "remote" });
    expect(retries).toEqual([]);
    await world.pass(10_000);
    expect(world.clock.nextAt).toBeUndefined();
  });

  test("by leaving the loop: the session stays open, and the signal is not its any more", async () => {
    const { world, loop, controller } = signalled({ heartbeatTimeMs: 5000 });
    let kept: Session | undefined;
    const whole = (async () => {
      for await (const session of loop) {
        kept = session;
        break;
      }
    })();
    await world.soon(whole);
    controller.abort();
    await world.pass(60_000);
    expect(kept?.state).toBe("open");
    world.peer.abort();
    await world.pass(60_000);
    expect(kept?.state).toBe("ended");
    expect(world.dialled).toHaveLength(1);
    expect(world.clock.nextAt).toBeUndefined();
  });

  test.each([
    ["an attempt", "hang"],
    ["a delay", "refuse"],
    ["a session that is open", "accept"],
  ] as const)("by return(), while next() waits in %s", async (_, outcome) => {
    const { world, loop } = looping();
    world.outcomes.push(outcome);
    if (outcome === "accept") await loop.next();
    const next = loop.next();
    await noticed();
    expect(await loop.return?.()).toEqual(done);
    expect(await next).toEqual(done);
    expect(world.clock.timers).toBe(0);
    expect(world.dialled).toHaveLength(1);
    expect(await loop.next()).toEqual(done);
    if (outcome === "accept") expect(world.peer.state).toBe("open");
  });

  test("before it began", async () => {
    const { world, loop } = looping();
    expect(await loop.return?.()).toEqual(done);
    expect(await loop.next()).toEqual(done);
    expect(world.dialled).toEqual([]);
  });

  test("by the signal, in the very moment in which a session comes", async () => {
    for (let later = 0; later < 12; later += 1) {
      const { world, controller } = signalled();
      const loop = reconnect<Connect>(
        {
          check: () => {},
          connect: async (options) => {
            const session = await world.connect(options);
            let left = later;
            const step = (): void => {
              if (left === 0) controller.abort();
              else queueMicrotask(step);
              left -= 1;
            };
            queueMicrotask(step);
            return session;
          },
        },
        { signal: controller.signal },
        world.runtime,
      );
      const first = await world.soon(loop.next());
      expect(await world.soon(loop.next())).toEqual(done);
      // Whether it was handed out or not, it is closed.
      expect(await world.soon(world.peer.closed)).toMatchObject({ kind: "closed", code: 1 });
      expect(first.value === undefined || first.value.state !== "open").toBe(true);
      await world.pass(10_000);
      expect(world.clock.nextAt).toBeUndefined();
    }
  });

  test("nothing stays on any signal, however many sessions there were", async () => {
    const { controller, world, next, loop } = signalled();
    const outer = countListeners(controller.signal);
    await next();
    const stop = world.dialled[0]?.options.signal;
    if (stop === undefined) throw new Error("nothing was dialled");
    const inner = countListeners(stop);
    for (let left = 20; left > 0; left -= 1) {
      world.outcomes.push("refuse");
      world.peer.abort();
      await next();
      expect([outer.now, inner.now]).toEqual([1, 0]);
    }
    await loop.return?.();
    expect([outer.now, inner.now]).toEqual([0, 0]);
  });
});

describe("what is thrown", () => {
  const failing = (error: Error) => {
    const { world, loop } = looping();
    world.outcomes.push("refuse", error);
    return { world, loop };
  };

  test.each([
    new PulsewireError("PW_CONFIG", "wrong"),
    new PulsewireError("PW_URL", "wrong"),
    new PulsewireError("PW_MISSING_DEPENDENCY", "missing"),
    new TypeError("a defect"),
  ])("what trying again does not mend: $message", async (error) => {
    const { world, loop } = failing(error);
    await expect(world.soon(loop.next())).rejects.toBe(error);
    expect(await loop.next()).toEqual(done);
    expect(world.clock.timers).toBe(0);
  });

  test.each<[string, unknown]>([
    ["options must be an object", null],
    ["retryBaseMs must be a whole number from 1 to 3600000; got 0", { retryBaseMs: 0 }],
    ['retryBaseMs must be a whole number from 1 to 3600000; got "1s"', { retryBaseMs: "1s" }],
    ["retryCapMs must be a whole number from 5000 to", { retryBaseMs: 5000, retryCapMs: 4999 }],
    ["retryCapMs must be a whole number from 1000 to 3600000", { retryCapMs: 3_600_001 }],
    ["addresses must be an array of objects, at least one", { addresses: [] }],
    ["addresses must be an array of objects, at least one", { addresses: "tcp://a" }],
    ["addresses must be an array of objects, at least one", { addresses: [null] }],
    ["signal must be an AbortSignal", { signal: new AbortController() }],
    ["onRetry must be a function", { onRetry: true }],
    ["connectTimeoutMs must be", { addresses: [{}, { connectTimeoutMs: 0 }] }],
    ["heartbeatTimeMs must be", { heartbeatTimeMs: 1 }],
    ["heartbeatTimeMs must be", { addresses: [{}, { heartbeatTimeMs: "5s" }] }],
    ['there is no option "heartbeatTime"', { addresses: [{}, { heartbeatTime: 5 }] }],
    ['there is no option "retryBase"; there are addresses, retryBaseMs', { retryBase: 5 }],
    ['there is no option "retryCapMS"; there are', { retryCapMS: 7 }],
    ['there is no option "adresses"; there are', { adresses: [{}] }],
    ['there is no option "address"; there are', { address: {} }],
    ['there is no option "onretry"; there are', { onretry: () => {} }],
    ['there is no option "maxRetries"; there are', { maxRetries: 3 }],
    ['there is no option "backoffMs"; there are', { backoffMs: 3 }],
    ["signal is no option of an address: give it", { addresses: [{}, { signal: {} }] }],
    ["retryCapMs is no option of an address: give it", { addresses: [{ retryCapMs: 5 }] }],
    ["onRetry is no option of an address: give it", { addresses: [{ onRetry: () => {} }] }],
    ["addresses is no option of an address: give it", { addresses: [{ addresses: [] }] }],
    ['there is no option "retryBase"', { addresses: [{ retryBase: 5 }] }],
  ])("PW_CONFIG: %s", (message, options) => {
    const world = new RedialWorld();
    const call = () => reconnect(world, options as ReconnectOptions<Connect>, world.runtime);
    expect(call).toThrow(`[PW_CONFIG] ${message}`);
  });

  test("the cap follows a base above its default", async () => {
    const { next, world, delays } = looping({ retryBaseMs: 40_000 });
    world.outcomes.push("refuse", "refuse");
    await next();
    expect(delays()).toEqual([20_000, 20_000]);
  });

  test("a hook that throws is an uncaught exception, and the loop goes on", async () => {
    const caught: unknown[] = [];
    const listeners = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    process.on("uncaughtException", (error) => caught.push(error));
    try {
      const { world, next } = looping({
        onRetry: ({ attempt }) => {
          throw new Error(`hook ${attempt}`);
        },
      });
      world.outcomes.push("refuse", refused());
      expect((await next()).state).toBe("open");
      expect(caught.map((error) => (error as Error).message)).toEqual(["hook 1", "hook 2"]);
    } finally {
      process.removeAllListeners("uncaughtException");
      for (const listener of listeners) process.on("uncaughtException", listener);
    }
  });
});
