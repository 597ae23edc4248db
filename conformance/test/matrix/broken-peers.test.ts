/**
 * The judge of pairs through the tap, in virtual time: peers that conform pass in every
 * configuration and through every fault, and one that does not is found, and nobody else.
 */
import { describe, expect, test } from "vitest";
import {
  CONNECTION_FAULTS,
  type Configuration,
  type ConnectionFault,
  SIDES,
} from "../../src/matrix/model.ts";
import type { TransportName, Verdict } from "../../src/model.ts";
import { MUTANTS, type Mutant } from "../../src/reference/mutants.ts";
import { runPairs, type VirtualOutcome, type VirtualRun, virtualSetup } from "./virtual-pair.ts";

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
/** The reference peer is no legacy peer. */
const CONFIGURED: readonly Configuration[] = ["both", "one-passive", "both-passive"];
/** Either has the smaller heartbeat-time, and either speaks. */
const PLACES = [
  [0, 0],
  [0, 1],
] as const;
const BAD: readonly Verdict[] = ["fail", "warn", "untestable", "error", "inconclusive"];

function everyRun(
  transports: readonly TransportName[],
  faults: readonly ConnectionFault[],
): VirtualRun[] {
  return transports.flatMap((transport) =>
    CONFIGURED.flatMap((configuration) =>
      faults.flatMap((fault) =>
        PLACES.map((place) => ({ setup: virtualSetup(transport, configuration, fault, place) })),
      ),
    ),
  );
}

/** "ws both slices dialer/opens: a heartbeat after 210 ms" */
function badChecks({ run, checks }: VirtualOutcome): string[] {
  const { transport, configuration, fault } = run.setup;
  return checks
    .filter(({ verdict }) => BAD.includes(verdict))
    .map(({ id, seen }) => `${transport} ${configuration} ${fault} ${id}: ${seen}`);
}

describe("two peers that conform", () => {
  test.each(TRANSPORTS)("pass everything over %s", { timeout: 60_000 }, async (transport) => {
    const seeds = [1, 2, 3, 4];
    const runs = everyRun([transport], CONNECTION_FAULTS).flatMap((run) =>
      seeds.map((seed) => ({ ...run, seed })),
    );
    const outcomes = await runPairs(runs);
    expect(outcomes.flatMap(badChecks)).toEqual([]);
    for (const { checks } of outcomes)
      expect(checks.filter(({ verdict }) => verdict === "pass").length).toBeGreaterThan(4);
  });
});

/** What a broken peer fails as the listener, among other things. */
const FOUND: readonly (readonly [Mutant, readonly string[]])[] = [
  ["never-adopts", ["announces", "times", "cadence"]],
  ["second-beat", ["announces"]],
  ["advertises-nothing", ["times", "announces"]],
  ["announces-at-half", ["announces"]],
  ["adopts-larger", ["times"]],
  ["first-beat-late", ["opens"]],
  ["waits-for-peer", ["opens"]],
  ["eager-passive", ["passive"]],
  ["slow-cadence", ["cadence"]],
  ["coarse-timer", ["cadence"]],
  ["received-postpones-beat", ["cadence"]],
  ["fast-cadence", ["pace"]],
  ["kills-early", ["stays"]],
  ["kills-late", ["down"]],
  ["never-kills", ["down"]],
  ["sent-postpones-deadline", ["down", "suspects"]],
  ["counts-only-heartbeats", ["suspects"]],
  ["passive-times-out", ["stays"]],
  ["no-probe", ["suspects"]],
  ["probes-often", ["suspects"]],
  ["probes-early", ["suspects"]],
  ["answers-close", ["heeds"]],
  ["hang-up-at-once", ["stays"]],
  ["lingers", ["lets-go", "gone"]],
  ["waits-for-the-dead", ["gone"]],
  ["wrong-map", ["lets-go"]],
  ["wrong-code", ["goodbye", "says-why"]],
  ["no-reason", ["says-why"]],
  ["close-without-frame", ["goodbye"]],
  ["version-zero", ["frames"]],
  ["no-reassembly", ["echoes"]],
  ["swaps-messages", ["echoes"]],
  ["loses-coalesced", ["echoes"]],
  ["small-frame-cap", ["stays"]],
  ["offers-no-subprotocol", ["subprotocol"]],
  ["accepts-compression", ["no-compression"]],
  ["silent", ["opens", "announces", "echoes"]],
];

describe("a peer that is broken", () => {
  test.each(FOUND)("%s fails %j", { timeout: 60_000 }, async (mutant, checks) => {
    const runs = everyRun(["tcp", "ws"], ["none", "black-hole", "black-hole-to-dialer"]);
    const outcomes = await runPairs(
      runs.map((run) => ({ ...run, seed: 3, mutants: { listener: mutant } })),
    );
    const failed = new Set(
      outcomes.flatMap(({ checks: all }) =>
        all.filter(({ verdict }) => BAD.includes(verdict)).map(({ id }) => id),
      ),
    );
    for (const check of checks) expect(failed).toContain(`listener/${check}`);
  });
});

describe("the blame", () => {
  // What a client calls stands in a compressed header: whose fault a refusal is cannot be seen.
  const everybody = (Object.keys(MUTANTS) as Mutant[]).filter((name) => name !== "other-method");

  test("is never laid on the peer of a broken one, whichever it is", {
    timeout: 120_000,
  }, async () => {
    const blamed = new Set<string>();
    // A part of all runs for each mutant, and all of them for some.
    const runs = everyRun(TRANSPORTS, CONNECTION_FAULTS);
    const spread = everybody.flatMap((mutant, at) =>
      runs
        .filter((_, index) => index % 37 === at % 37)
        .flatMap((run) =>
          SIDES.map((side) => ({ ...run, seed: at + 1, mutants: { [side]: mutant } })),
        ),
    );
    for (const outcome of await runPairs(spread)) {
      const [[side, mutant] = []] = Object.entries(outcome.run.mutants ?? {});
      for (const { id, verdict, seen } of outcome.checks)
        if (BAD.includes(verdict) && !id.startsWith(`${side}/`))
          blamed.add(
            `${mutant} as ${side}: ${id}, ${seen} (${outcome.run.setup.transport} ${outcome.run.setup.configuration} ${outcome.run.setup.fault})`,
          );
    }
    expect([...blamed]).toEqual([]);
  });
});
