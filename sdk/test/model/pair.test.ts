import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { ConnectionConfig } from "../../src/core/index.ts";
import { advance, everything, healthy, probe, replies, send, stallUpTo } from "./commands.ts";
import { tally, World } from "./world.ts";

/** Sequences in all; `PULSEWIRE_MODEL_RUNS=1000000` for a night. */
const RUNS = Number(process.env["PULSEWIRE_MODEL_RUNS"] ?? 12_000);
const SEED = Number(process.env["PULSEWIRE_MODEL_SEED"] ?? Date.now() % 2 ** 31);

const heartbeatTimeMs = fc.oneof(
  fc.integer({ min: 100, max: 1000 }),
  fc.integer({ min: 100, max: 10_000 }),
);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const config: fc.Arbitrary<ConnectionConfig> = fc.record({
  heartbeatTimeMs: maybe(heartbeatTimeMs),
  heartbeatSlackTimeMs: fc.integer({ min: 0, max: 4000 }),
  minHeartbeatTimeMs: maybe(heartbeatTimeMs),
  alwaysBeat: fc.boolean(),
  peerHeartbeats: fc.constantFrom("required", "required", "required", "optional"),
  confirmDown: fc.option(
    fc.record({
      timeoutMs: fc.integer({ min: 1, max: 3000 }),
      maxExtensions: fc.integer({ min: 1, max: 4 }),
    }),
    { nil: undefined, freq: 2 },
  ),
});
const latencyMs = fc.constantFrom(0, 1, 20, 200);
const chances = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
  minLength: 1,
  maxLength: 5,
});

const parameters = (share: number) => ({ seed: SEED, numRuns: Math.ceil(RUNS * share) });

afterAll(() => {
  const list = (map: Map<string, number>) =>
    [...map].map(([key, times]) => `${key} ${times}`).join(", ");
  console.log(
    `model: seed ${SEED}, ${tally.sequences} sequences, ${tally.steps} steps; ends: ${list(tally.ends)}; events: ${list(tally.events)}`,
  );
});

test("whatever happens: no false death, bounded detection, one pardon, one end, one waiting beat, nothing after it", {
  timeout: 3_600_000,
}, () => {
  const sequences = fc.commands(everything, { maxCommands: 40, size: "max" });
  fc.assert(
    fc.property(config, config, latencyMs, chances, sequences, (a, b, latency, draws, commands) => {
      fc.modelRun(() => ({ model: {}, real: new World(a, b, latency, draws) }), commands);
    }),
    parameters(0.6),
  );
  for (const kind of ["peer-silent", "outbound-blocked", "closed", "protocol-error"]) {
    expect(tally.ends.get(kind), kind).toBeGreaterThan(0);
  }
  for (const type of ["pardoned", "recovered", "adopted", "confirming", "extended"]) {
    expect(tally.events.get(type), type).toBeGreaterThan(0);
  }
});

test("no false death: a healthy pair lives, whatever it is configured to, and stalls within reason", {
  timeout: 3_600_000,
}, () => {
  // A stall of one side delays its beats, so the other has to tolerate it: less than the slack.
  const patient = config.map((rules) => ({ ...rules, heartbeatSlackTimeMs: 2000 }));
  const sequences = fc.commands(healthy(1000), { maxCommands: 30, size: "max" });
  fc.assert(
    fc.property(
      patient,
      patient,
      latencyMs,
      chances,
      sequences,
      (a, b, latency, draws, commands) => {
        const world = new World(a, b, latency, draws);
        fc.modelRun(() => ({ model: {}, real: world }), commands);
        world.advance(30_000);
        expect(world.pair.a.connection.end).toBeUndefined();
        expect(world.pair.b.connection.end).toBeUndefined();
      },
    ),
    parameters(0.15),
  );
});

test("adoption is symmetric: each side ends at the smaller value, or at its floor", {
  timeout: 3_600_000,
}, () => {
  fc.assert(
    fc.property(config, config, latencyMs, chances, (a, b, latency, draws) => {
      const tolerant = { heartbeatSlackTimeMs: 4000 };
      const world = new World({ ...a, ...tolerant }, { ...b, ...tolerant }, latency, draws);
      world.advance(1000);
      const values = [a.heartbeatTimeMs, b.heartbeatTimeMs].filter((value) => value !== undefined);
      for (const side of [world.pair.a, world.pair.b]) {
        const { heartbeatTimeMs: own, floorMs } = side.connection.config;
        const least = Math.min(...values);
        const expected =
          values.length === 0
            ? undefined
            : Math.min(own ?? Number.POSITIVE_INFINITY, Math.max(least, floorMs));
        expect(side.connection.heartbeatTimeMs).toBe(expected);
        expect(world.pair.peer(side).connection.peerHeartbeatTimeMs).toBe(expected);
      }
    }),
    parameters(0.1),
  );
});

test("bounded detection: a peer that vanishes is found, stalls or not, whatever is answered", {
  timeout: 3_600_000,
}, () => {
  const stalls = fc.array(fc.tuple(fc.nat(8000), fc.nat(8000)), { maxLength: 4 });
  const configured = config.map((rules) => ({
    ...rules,
    heartbeatTimeMs: rules.heartbeatTimeMs ?? 700,
    peerHeartbeats: "required" as const,
  }));
  const played = fc.tuple(stalls, replies);
  fc.assert(
    fc.property(configured, config, latencyMs, chances, played, (a, b, latency, draws, play) => {
      const [pauses, answers] = play;
      const world = new World(a, b, latency, draws);
      const { pair } = world;
      world.reply("a", answers);
      world.advance(1000);
      if (pair.a.connection.end !== undefined) return; // a slack of 0 forgives nothing
      pair.partition(pair.a, pair.b);
      for (const [before, stall] of pauses) {
        world.advance(before);
        world.stall("a", stall);
      }
      const { heartbeatTimeMs = 0, peerHeartbeatTimeMs = 0, config: rules } = pair.a.connection;
      const patience = Math.max(heartbeatTimeMs, peerHeartbeatTimeMs) + rules.heartbeatSlackTimeMs;
      const { timeoutMs = 0, maxExtensions = 0 } = rules.confirmDown ?? {};
      const confirmations = maxExtensions * (timeoutMs + patience); // PW-LIV-13
      world.advance(20_000 + confirmations);
      const ended = pair.a.told.find(({ event }) => event.type === "ended");
      expect(ended?.event).toMatchObject({ end: { kind: "peer-silent" } });
      // The deadline, plus the delay of each judgement, plus one slack. There are two judgements
      // [PW-CLK-4], and two more for each extension: of the waiting for its answer, and of its end.
      const stallsMs = pauses.map(([, stall]) => stall).toSorted((x, y) => y - x);
      const delays = stallsMs.slice(0, 2 + 2 * maxExtensions).reduce((sum, ms) => sum + ms, 0);
      expect((ended?.at ?? Infinity) - pair.a.lastReadAt).toBeLessThanOrEqual(
        patience + confirmations + delays + rules.heartbeatSlackTimeMs + 1e-6,
      );
    }),
    parameters(0.1),
  );
});

test("PW-LIV-10, PW-SND-9: passive and passive are silent forever, and nobody dies", {
  timeout: 3_600_000,
}, () => {
  const sequences = fc.commands([advance, send, stallUpTo(20_000), probe], { maxCommands: 20 });
  fc.assert(
    fc.property(chances, sequences, (draws, commands) => {
      const world = new World({}, {}, 10, draws);
      fc.modelRun(() => ({ model: {}, real: world }), commands);
      const probes = (side: typeof world.pair.a) =>
        side.events("heartbeat-sent").filter(({ cause }) => cause === "probe").length;
      for (const side of [world.pair.a, world.pair.b]) {
        const unasked = side
          .events("heartbeat-sent")
          .filter(({ cause }) => cause !== "probe" && cause !== "answer");
        expect(unasked).toEqual([]);
        expect(side.heartbeats.length).toBeLessThanOrEqual(
          probes(side) + probes(world.pair.peer(side)),
        );
      }
      world.advance(1000);
      expect(world.pair.nextAt).toBeUndefined();
      world.advance(1e9);
      expect(world.pair.a.connection.end ?? world.pair.b.connection.end).toBeUndefined();
    }),
    parameters(0.05),
  );
});
