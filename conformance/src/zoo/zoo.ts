/** Runs the good peer, the mutants and the poles, and says whether all is as declared. */
import type { CaseSpec } from "../cases/model.ts";
import { CONTROL_POLES, type ControlPoleName, ControlPoleTestee } from "../poles/control.ts";
import type { PoleName } from "../poles/poles.ts";
import { MUTANTS, type Mutant } from "../reference/mutants.ts";
import { runSuite } from "../runner/run-suite.ts";
import { inProcess } from "../testee/in-process.ts";
import { systemMachine } from "../time/machine.ts";
import type { AlsoLists } from "./also.ts";
import { type Cells, compare, failedCells, type MutantFindings, passedCells } from "./matrix.ts";
import { GOOD, type Observation, type PeerName, UNIT_MS } from "./observe.ts";
import { observeAll } from "./pool.ts";

/** What a run exits with when the testee broke its contract. */
const TESTEE_BROKE = 4;

export interface ZooOptions {
  readonly catalogue: readonly CaseSpec[];
  readonly mutants: readonly Mutant[];
  readonly poles: readonly PoleName[];
  readonly controlPoles: readonly ControlPoleName[];
  /** What is declared; absent: take what is seen. */
  readonly lists: AlsoLists | undefined;
  readonly onDone: (done: number, all: number) => void;
}

export interface PoleFindings {
  readonly pole: PoleName;
  readonly runs: number;
  /** Cases that it passed, with their places: there must be none. */
  readonly passes: readonly string[];
  readonly checks: number;
  readonly checksPassed: number;
}

export interface ControlPoleFindings {
  readonly pole: ControlPoleName;
  readonly exitCode: number;
  readonly problem: string | undefined;
  readonly ok: boolean;
}

export interface ZooFindings {
  readonly runs: number;
  /** What the good peer fails: nothing. */
  readonly goodFails: readonly string[];
  readonly mutants: readonly MutantFindings[];
  /** Checks that the good peer passes and no mutant fails. */
  readonly unproven: readonly string[];
  readonly poles: readonly PoleFindings[];
  readonly controlPoles: readonly ControlPoleFindings[];
  /** Defects of the suite that came to light. */
  readonly problems: readonly string[];
  readonly exact: boolean;
}

export async function runZoo(options: ZooOptions): Promise<ZooFindings> {
  const { catalogue, mutants, poles, lists } = options;
  const peers: PeerName[] = [GOOD, ...mutants, ...poles];
  let done = 0;
  const seen = await observeAll(
    peers,
    catalogue.map(({ id }) => id),
    () => options.onDone(++done, peers.length),
  );
  const of = (peer: PeerName): readonly Observation[] => seen.get(peer) ?? [];
  const good = passedCells(of(GOOD));
  const failed = new Map(mutants.map((mutant) => [mutant, failedCells(of(mutant))] as const));
  const findings = {
    runs: [...seen.values()].reduce((sum, observations) => sum + observations.length, 0),
    goodFails: [...failedCells(of(GOOD))].map(([id, places]) => `${id} @${[...places].join(",")}`),
    mutants: [...failed].map(([mutant, cells]) => compare(mutant, catalogue, cells, good, lists)),
    unproven: isWhole(mutants) ? unproven(good, [...failed.values()]) : [],
    poles: poles.map((pole) => judgePole(pole, of(pole))),
    controlPoles: await Promise.all(options.controlPoles.map(judgeControlPole)),
    problems: [...seen].flatMap(([peer, observations]) => problemsOf(peer, observations)),
  };
  const exact =
    findings.goodFails.length === 0 &&
    findings.unproven.length === 0 &&
    findings.problems.length === 0 &&
    findings.poles.every(({ passes }) => passes.length === 0) &&
    findings.controlPoles.every(({ ok }) => ok) &&
    findings.mutants.every(isExact);
  return { ...findings, exact };
}

/** True if the mutant fails what is declared and nothing else. */
export function isExact({ survived, lost, surprises }: MutantFindings): boolean {
  return survived.length + lost.length + surprises.length === 0;
}

/** Every mutant was run: only then can a check be said to find none. */
function isWhole(mutants: readonly Mutant[]): boolean {
  return mutants.length === Object.keys(MUTANTS).length;
}

/**
 * A check must find somebody in its own case, or it is none there. A fence is
 * asked of all of them together: between heartbeats that come anyway, the one
 * that a broken peer sends stands for an answer.
 */
function unproven(good: Cells, mutants: readonly Cells[]): string[] {
  const find = (is: (id: string) => boolean): boolean =>
    mutants.some((cells) => [...cells.keys()].some(is));
  const isFence = (id: string): boolean => /\/fence(-\d+)?$/.test(id);
  return [...good.keys()].filter((id) => !find(isFence(id) ? isFence : (other) => other === id));
}

function judgePole(pole: PoleName, observations: readonly Observation[]): PoleFindings {
  const passes = observations.filter(({ verdict }) => verdict === "pass" || verdict === "info");
  const checksPassed = observations.reduce((sum, { passed }) => sum + passed.length, 0);
  const failed = observations.reduce((sum, observation) => sum + observation.failed.length, 0);
  return {
    pole,
    runs: observations.length,
    passes: passes.map(({ caseId, place }) => `${caseId} @${place}`),
    checks: checksPassed + failed,
    checksPassed,
  };
}

/** A testee that keeps no contract: the run must end before any case, and say why. */
async function judgeControlPole(pole: ControlPoleName): Promise<ControlPoleFindings> {
  const { time } = systemMachine;
  const report = await runSuite({
    source: {
      start: () => inProcess(systemMachine, time, (write) => new ControlPoleTestee(pole, write)),
    },
    command: "",
    catalogue: [],
    clauses: [],
    suiteVersion: "0.0.0",
    unitMs: UNIT_MS,
    concurrency: 1,
    selection: {},
    repro: () => "",
  });
  const { exitCode, problem } = report;
  const says = problem?.includes(CONTROL_POLES[pole].problem) === true;
  return { pole, exitCode, problem, ok: exitCode === TESTEE_BROKE && says };
}

function problemsOf(peer: PeerName, observations: readonly Observation[]): string[] {
  return observations.flatMap(({ caseId, place, problem }) =>
    problem === undefined ? [] : [`${peer}, ${caseId} @${place}: ${problem}`],
  );
}
