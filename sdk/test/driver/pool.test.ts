import { describe, expect, test } from "vitest";
import { PulsewireError } from "../../src/core/index.ts";
import { type Pool, type PoolOptions, pool, type Session } from "../../src/driver/index.ts";
import { type Connect, countListeners, RedialWorld, watch } from "./redial-world.ts";
import { noticed, ScriptedLink } from "./world.ts";

function pooling(options: Partial<PoolOptions<Connect>> = {}, world = new RedialWorld()) {
  const all = pool<Connect>(world, { size: 3, ...options }, world.runtime);
  return { world, all };
}

const done = async (world: RedialWorld, all: Pool) => {
  await world.soon(all.close());
  await world.pass(10_000);
  expect(all.sessions.size).toBe(0);
  expect(world.clock.nextAt).toBeUndefined(); // no timer, and nothing on its way
};

/** Chance, the same in each run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

describe("sessions", () => {
  test("there are as many as were asked for, handed out in turn", async () => {
    const { world, all } = pooling();
    await noticed();
    expect(world.dialled).toHaveLength(3);
    const three = new Set(all.sessions);
    expect(three.size).toBe(3);
    const handed: Session[] = [];
    for (let count = 6; count > 0; count -= 1) handed.push(await all.session());
    expect(new Set(handed.slice(0, 3))).toEqual(three);
    expect(handed.slice(3)).toEqual(handed.slice(0, 3));
    await done(world, all);
  });

  test("the dead are replaced, and the hook is told by whom", async () => {
    const seen: [Session, Session | undefined][] = [];
    const { world, all } = pooling({
      size: 2,
      onSession: (session, replaced) => void seen.push([session, replaced]),
    });
    await noticed();
    const [first, second] = [...all.sessions];
    expect(seen).toEqual([
      [first, undefined],
      [second, undefined],
    ]);
    world.dialled[0]?.peer?.abort();
    await world.pass(20);
    expect([...all.sessions]).toEqual([second]);
    expect(await all.session()).toBe(second);
    expect(await all.session()).toBe(second);
    await world.pass(1000);
    expect(all.sessions.size).toBe(2);
    expect(seen.slice(2)).toEqual([[expect.anything(), first]]);
    expect(seen[2]?.[0]).toBe([...all.sessions][1]);
    await done(world, all);
  });

  test("a suspect one is handed out only where there is no other", async () => {
    const world = new RedialWorld();
    world.peerOptions = { heartbeatTimeMs: 5000 };
    const quiet = new ScriptedLink();
    world.outcomes.push(quiet);
    const { all } = pooling({ size: 2, heartbeatTimeMs: 5000 }, world);
    await world.pass(6500);
    const [suspect, open] = [...all.sessions];
    expect([suspect?.state, open?.state]).toEqual(["suspect", "open"]);
    expect(await all.session()).toBe(open);
    expect(await all.session()).toBe(open);
    void open?.close();
    expect(await all.session()).toBe(suspect);
    quiet.sink.onClose({ kind: "peer-closed" });
    await done(world, all);
  });

  test("one that its user closes is replaced too, and not handed out meanwhile", async () => {
    const { world, all } = pooling({ size: 1 });
    const first = await world.soon(all.session());
    void first.close();
    const second = await world.soon(all.session());
    expect(second).not.toBe(first);
    await done(world, all);
  });
});

describe("while there is none", () => {
  test("everybody waits, and the first session is for all of them", async () => {
    const { world, all } = pooling({ size: 1 });
    const both = Promise.all([all.session(), all.session()]);
    const [a, b] = await world.soon(both);
    expect(a).toBe(b);
    await done(world, all);
  });

  test("waiting ends with its signal, and leaves nothing behind", async () => {
    const world = new RedialWorld();
    world.outcomes.push("hang");
    const { all } = pooling({ size: 1 }, world);
    const controller = new AbortController();
    const waiting = all.session({ signal: controller.signal });
    const other = watch(all.session().catch(() => {}));
    controller.abort(new Error("too long"));
    await expect(waiting).rejects.toThrow("too long");
    await expect(all.session({ signal: controller.signal })).rejects.toThrow("too long");
    await noticed();
    expect(other.settled).toBe(false);
    await done(world, all);
    expect(other.settled).toBe(true);
  });

  test("an upstream that is down is tried again and again, told, and leaks nothing", async () => {
    const world = new RedialWorld();
    world.outcomes.push(...Array<"refuse">(40).fill("refuse"));
    const attempts: number[] = [];
    const { all } = pooling(
      { size: 4, retryCapMs: 4000, onRetry: ({ attempt }) => void attempts.push(attempt) },
      world,
    );
    const waiting = all.session();
    await world.pass(5000);
    expect(world.clock.timers).toBe(4); // one delay each, and nothing besides
    expect((await world.soon(waiting)).state).toBe("open");
    await world.pass(5000);
    expect(attempts).toHaveLength(40);
    expect(Math.max(...attempts)).toBe(10);
    expect(all.sessions.size).toBe(4);
    await done(world, all);
  });

  test("closing in the midst of it ends the delays", async () => {
    const world = new RedialWorld();
    world.outcomes.push("refuse", "hang", "refuse");
    const { all } = pooling({}, world);
    await noticed();
    await all.close();
    expect(world.clock.timers).toBe(0);
  });
});

describe("closed", () => {
  test("every session ends, and nobody gets another", async () => {
    const { world, all } = pooling();
    await noticed();
    const sessions = [...all.sessions];
    const closing = all.close({ code: 2, reason: "done here" });
    expect(all.close()).toBe(closing);
    await expect(all.session()).rejects.toMatchObject({ code: "PW_ENDED", side: "local" });
    await world.soon(closing);
    for (const { end } of sessions) {
      expect(end).toMatchObject({ kind: "closed", by: "local", code: 2, reason: "done here" });
    }
    await world.pass(60_000);
    expect(world.dialled).toHaveLength(3);
    expect(world.clock.nextAt).toBeUndefined();
  });

  test("a session that is not handed out yet ends too, with the reason, before the pool is closed", async () => {
    const opened: Session[] = [];
    const closings: Promise<void>[] = [];
    const { world, all } = pooling({
      size: 1,
      onEvent: (event, session) => {
        if (event.type !== "open") return;
        opened.push(session);
        closings.push(all.close({ code: 2, reason: "drain", retryAfterMs: 5000 }));
      },
    });
    await noticed();
    const ended = { kind: "closed", code: 2, reason: "drain", retryAfterMs: 5000 };
    await world.soon(closings[0] as Promise<void>);
    expect(opened[0]?.end).toEqual({ ...ended, by: "local" });
    expect(await world.soon(world.peer.closed)).toEqual({ ...ended, by: "remote" });
    await done(world, all);
  });

  test("so does one that comes in the very moment", async () => {
    for (let later = 0; later < 12; later += 1) {
      const world = new RedialWorld();
      let closing: Promise<void> | undefined;
      const all: Pool = pool<Connect>(
        {
          check: () => {},
          connect: async (options) => {
            const session = await world.connect(options);
            let left = later;
            const step = (): void => {
              if (left === 0) closing = all.close({ code: 2 });
              else queueMicrotask(step);
              left -= 1;
            };
            queueMicrotask(step);
            return session;
          },
        },
        { size: 1 },
        world.runtime,
      );
      await noticed();
      await world.soon(closing as Promise<void>);
      expect(await world.soon(world.peer.closed)).toMatchObject({ by: "remote", code: 2 });
      await done(world, all);
    }
  });

  test("a reason out of range changes nothing, also where no session is open", async () => {
    const empty = pooling();
    expect(() => empty.all.close({ code: 0 })).toThrow("[PW_CONFIG] code of a close");
    await noticed();
    expect(empty.all.sessions.size).toBe(3);
    await done(empty.world, empty.all);

    const { world, all } = pooling();
    await noticed();
    expect(() => all.close({ code: 0 })).toThrow("[PW_CONFIG] code of a close");
    expect((await all.session()).state).toBe("open");
    await world.soon(all[Symbol.asyncDispose]());
    expect(all.sessions.size).toBe(0);
  });

  test("by its signal, before or later", async () => {
    const controller = new AbortController();
    const { world, all } = pooling({ signal: controller.signal });
    await world.soon(all.session());
    controller.abort();
    await expect(all.session()).rejects.toMatchObject({ code: "PW_ENDED" });
    await done(world, all);

    const early = pooling({ signal: controller.signal });
    await expect(early.all.session()).rejects.toMatchObject({ code: "PW_ENDED" });
    await noticed();
    expect(early.world.dialled).toEqual([]);
  });

  test("nothing stays on the signals", async () => {
    const world = new RedialWorld();
    world.outcomes.push("refuse");
    const [whole, one, two] = [1, 2, 3].map(() => new AbortController());
    const counts = [whole, one, two].map((each) => countListeners(each?.signal as AbortSignal));
    const { all } = pooling({ size: 1, signal: whole?.signal as AbortSignal }, world);
    const waiting = all.session({ signal: one?.signal });
    const gone = all.session({ signal: two?.signal });
    expect(counts.map(({ now }) => now)).toEqual([1, 1, 1]);
    two?.abort();
    await expect(gone).rejects.toMatchObject({ name: "AbortError" });
    await world.soon(waiting);
    await world.soon(all.close());
    expect(counts.map(({ now }) => now)).toEqual([0, 0, 0]);
  });

  test("by a mistake that only an attempt could show: whoever asks is told", async () => {
    const world = new RedialWorld();
    const wrong = new PulsewireError("PW_URL", "no such thing");
    world.outcomes.push("refuse", "refuse", wrong);
    const { all } = pooling({}, world);
    await expect(all.session()).rejects.toBe(wrong);
    await expect(all.session()).rejects.toBe(wrong);
    expect(world.clock.timers).toBe(0);
    await all.close();
  });
});

test.each<[string, unknown]>([
  ["options must be an object", undefined],
  ["size must be a whole number from 1 to 1000; got undefined", {}],
  ["size must be a whole number from 1 to 1000; got 0", { size: 0 }],
  ["size must be a whole number from 1 to 1000; got 1001", { size: 1001 }],
  ["onSession must be a function", { size: 1, onSession: 1 }],
  ["signal must be an AbortSignal", { size: 1, signal: {} }],
  ['there is no option "onsession"; there are size, onSession', { size: 1, onsession: () => {} }],
  ['there is no option "poolSize"; there are size, onSession', { size: 1, poolSize: 3 }],
  ['there is no option "adresses"; there are', { size: 1, adresses: [{}] }],
  ["retryBaseMs must be", { size: 1, retryBaseMs: -1 }],
  ["onRetry must be a function", { size: 1, onRetry: 1 }],
  ["heartbeatTimeMs must be", { size: 1, heartbeatTimeMs: 5 }],
])("PW_CONFIG: %s", (message, options) => {
  const world = new RedialWorld();
  const call = () => pool(world, options as PoolOptions<Connect>, world.runtime);
  expect(call).toThrow(`[PW_CONFIG] ${message}`);
  expect(world.dialled).toEqual([]);
});

test("a hook that throws is an uncaught exception, and the pool goes on", async () => {
  const caught: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => caught.push(error));
  try {
    const { world, all } = pooling({
      size: 1,
      onSession: () => {
        throw new Error("hook");
      },
    });
    expect((await world.soon(all.session())).state).toBe("open");
    await noticed();
    expect(caught).toHaveLength(1);
    await done(world, all);
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
});

describe("heartbeats", () => {
  const E = 10_000;

  /** When the sessions beat, from the sixth round on, for forty rounds. */
  async function beats(size: number, options: Partial<PoolOptions<Connect>> = {}) {
    const world = new RedialWorld();
    const random = seeded(size + 7);
    Object.assign(world.runtime, { random });
    const times: number[] = [];
    const perSession = new Map<Session, number[]>();
    const { all } = pooling(
      {
        size,
        heartbeatTimeMs: E,
        onEvent: (event, session) => {
          if (event.type !== "heartbeat-sent") return;
          const at = world.clock.now();
          perSession.set(session, [...(perSession.get(session) ?? []), at]);
          if (at > 6 * E) times.push(at);
        },
        ...options,
      },
      world,
    );
    await world.pass(46 * E);
    await done(world, all);
    return { times, perSession };
  }

  /** The most beats in any window of `ms`. */
  const most = (times: readonly number[], ms: number) =>
    Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));

  test.each([2, 3, 5, 8, 16])(
    "%s sessions: never more than two in heartbeat-time / size",
    async (size) => {
      const { times, perSession } = await beats(size);
      expect(times.length).toBeGreaterThan(40 * size);
      expect(most(times, E / size)).toBeLessThanOrEqual(2);
      // ... and each by itself keeps to PW-SND-3 and PW-SND-4.
      for (const own of perSession.values()) {
        for (const [index, at] of own.slice(1).entries()) {
          const gap = at - (own[index] ?? 0);
          expect(gap).toBeGreaterThanOrEqual(0.75 * E - 1e-6);
          expect(gap).toBeLessThanOrEqual(E);
        }
      }
    },
  );

  test("which they would be without it", async () => {
    const { times } = await beats(16, { heartbeatPhase: undefined });
    expect(most(times, E / 16)).toBeGreaterThan(3);
  });

  test("one that takes a dead one's place beats where that did", async () => {
    const world = new RedialWorld();
    const sent = new Map<Session, number>();
    const { all } = pooling(
      {
        size: 4,
        heartbeatTimeMs: E,
        onEvent: (event, session) => {
          if (event.type === "heartbeat-sent") sent.set(session, world.clock.now());
        },
      },
      world,
    );
    const round = 0.85 * E;
    await world.pass(6 * E);
    const [first] = [...all.sessions];
    if (first === undefined) throw new Error("no session");
    const before = (sent.get(first) ?? 0) % round;
    const others = new Set(all.sessions);
    world.dialled[0]?.peer?.abort();
    await world.pass(6 * E);
    const [fresh] = [...all.sessions].filter((session) => !others.has(session));
    if (fresh === undefined) throw new Error("not replaced");
    const after = (sent.get(fresh) ?? 0) % round;
    expect(after).toBeCloseTo(before, 6);
    await done(world, all);
  });
});
