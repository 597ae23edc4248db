/** Virtual time: that nothing in it is left to chance, and that it behaves as Node does. */
import { createHook } from "node:async_hooks";
import { afterEach, describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { CaseSpec } from "../src/cases/model.ts";
import type { Trace } from "../src/model.ts";
import type { Job } from "../src/runner/run-case.ts";
import { ContractValidator } from "../src/testee/validate.ts";
import { runVirtual, StuckError } from "../src/time/run-virtual.ts";
import { every } from "../src/time/time.ts";
import { VirtualClock } from "../src/time/virtual.ts";
import { VirtualWorld } from "../src/time/world.ts";
import { GOOD, observe, runOnce } from "../src/zoo/observe.ts";

const catalogue = loadCases();
const SEEDS = 20;

function jobsOf(choose: (spec: CaseSpec) => boolean, transports: readonly string[]): Job[] {
  return catalogue
    .filter(choose)
    .flatMap((spec) =>
      spec.transports
        .filter((transport) => transports.includes(transport))
        .flatMap((transport) => spec.roles.map((role) => ({ spec, transport, role }))),
    );
}

async function traces(jobs: readonly Job[], turns?: number): Promise<Trace[]> {
  const validator = new ContractValidator();
  return runVirtual(
    jobs,
    40,
    async (job, clock) => {
      const outcome = await runOnce(job, GOOD, 1, new VirtualWorld(clock), validator);
      return outcome.result.trace;
    },
    turns,
  );
}

/** WebSocket masks are random whatever the seed. */
function withoutHex(key: string, value: unknown): unknown {
  return key === "hex" ? undefined : value;
}

describe("a clock", () => {
  test("does things in the order of their time, and of their phase at one time", () => {
    const clock = new VirtualClock();
    const side = clock.side();
    const seen: string[] = [];
    side.after(5, () => {
      seen.push("timer");
      side.turn(() => seen.push("turn"));
      side.read(0, () => seen.push("read while it fired"));
    });
    side.read(5e6, () => seen.push("read"));
    side.after(5, () => seen.push("second timer"));
    side.after(4, () => seen.push("first"));
    while (clock.step());
    expect(seen).toEqual(["first", "timer", "second timer", "read", "read while it fired", "turn"]);
    expect(clock.nowNs).toBe(5e6);
  });

  test("has no timer of less than a millisecond, and forgets what is cancelled", () => {
    const clock = new VirtualClock();
    const side = clock.side();
    let fired = 0;
    side.after(0, () => {
      fired += 1;
    });
    side.after(0.5, () => {
      fired += 10;
    })();
    while (clock.step());
    expect([fired, clock.nowNs]).toEqual([1, 1e6]);
  });

  test("never shows the same time twice", () => {
    const side = new VirtualClock().side();
    expect(side.now()).toBeLessThan(side.now());
  });

  test("says so when time stands still", () => {
    const clock = new VirtualClock();
    const side = clock.side();
    const again = (): void => side.read(0, again);
    again();
    expect(() => {
      while (clock.step());
    }).toThrow("time stands still at 0 ms");
  });

  test("stops one side: its timers first, then what came meanwhile, and the other side lives", () => {
    const clock = new VirtualClock();
    const stopped = clock.side();
    const other = clock.side();
    const seen: string[] = [];
    const at = (what: string) => () => seen.push(`${what} ${clock.nowNs / 1e6}`);
    stopped.stall(10);
    stopped.read(1e6, at("read"));
    stopped.after(2, at("timer"));
    stopped.after(1, at("earlier timer"));
    stopped.turn(at("turn"));
    other.after(3, at("other"));
    while (clock.step());
    expect(seen).toEqual(["other 3", "earlier timer 10", "timer 10", "read 10", "turn 10"]);
  });

  test("repeats, until it is told to stop", () => {
    const clock = new VirtualClock();
    const side = clock.side();
    const times: number[] = [];
    const stop = every(side, 10, () => {
      times.push(clock.nowNs / 1e6);
      if (times.length === 3) stop();
    });
    while (clock.step());
    expect(times).toEqual([10, 20, 30]);
  });
});

describe("many worlds", () => {
  test("give their results in the order of the jobs, each with a time of its own", async () => {
    const results = await runVirtual([30, 10, 20], 2, (ms, clock) => {
      const side = clock.side();
      return new Promise<number>((resolve) => {
        side.after(ms, () => resolve(clock.nowNs / 1e6));
      });
    });
    expect(results).toEqual([30, 10, 20]);
  });

  test("a job that waits for nothing is named, and one that fails fails all", async () => {
    const stuck = runVirtual([0], 1, () => new Promise(() => undefined));
    await expect(stuck).rejects.toThrow(StuckError);
    const failing = runVirtual([0, 1], 2, async (job) => {
      if (job === 1) throw new Error("broken");
    });
    await expect(failing).rejects.toThrow("broken");
  });
});

describe("a case in virtual time", () => {
  const types = new Set<string>();
  const hook = createHook({ init: (_, type) => void types.add(type) });
  afterEach(() => hook.disable());

  test("over TCP and WebSocket makes nothing but microtasks and ticks", async () => {
    const jobs = jobsOf(({ process }) => process !== "bulk", ["tcp", "ws"]);
    types.clear();
    hook.enable();
    await traces(jobs.slice(0, 80));
    hook.disable();
    // The immediates are those of runVirtual itself; random octets are made on the spot.
    const harmless = ["PROMISE", "TickObject", "Microtask", "Immediate", "RANDOMBYTESREQUEST"];
    expect([...types].filter((type) => !harmless.includes(type))).toEqual([]);
  }, 60_000);

  test.each([
    ["tcp and ws", ["tcp", "ws"], 1],
    ["grpc", ["grpc"], 4],
  ])(
    "over %s is at rest in time: more turns change no trace",
    async (_, transports, turns) => {
      // A gateway has a leg over another transport, which may be HTTP/2.
      const jobs = jobsOf(
        ({ process, family }) => process !== "bulk" && (family !== "gateway" || turns > 1),
        transports,
      );
      const [least = [], usual = [], most = []] = [
        await traces(jobs, turns),
        await traces(jobs),
        await traces(jobs, 16),
      ].map((all) => all.map((trace) => JSON.stringify(trace, withoutHex)));
      const moved = jobs.filter((_, i) => usual[i] !== least[i] || usual[i] !== most[i]);
      expect(moved.map(({ spec, role }) => `${spec.id} ${role}`)).toEqual([]);
    },
    120_000,
  );

  test(`the reference peer passes every case, whatever its jitter: ${SEEDS} seeds`, async () => {
    const jobs = jobsOf(({ process }) => process !== "bulk", ["tcp", "ws"]);
    const bad: string[] = [];
    for (let seed = 1; seed <= SEEDS; seed += 1)
      for (const { caseId, place, verdict, failed } of await observe(GOOD, jobs, seed))
        if (verdict !== "pass" && verdict !== "na")
          bad.push(`seed ${seed}: ${caseId} @${place} ${failed.join(", ")}`);
    expect(bad).toEqual([]);
  }, 300_000);
});
