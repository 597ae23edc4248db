/** What broken peers were meant to fail, what they failed, and where the two differ. */
import type { CaseSpec } from "../cases/model.ts";
import { FAREWELL } from "../judge/always.ts";
import type { Mutant } from "../reference/mutants.ts";
import type { AlsoList, AlsoLists } from "./also.ts";
import { isAt, jobsFor } from "./jobs.ts";
import type { Observation } from "./observe.ts";
import { placeName } from "./place.ts";

/** "ADP-001/adopts" to the places where it fails. */
export type Cells = ReadonlyMap<string, ReadonlySet<string>>;

/** Checks that belong to every case; `also` may name them for all cases at once. */
const GENERIC = ["fence", FAREWELL, "wire"] as const;
const EVERY_CASE = "*";

/** One check, and the places that are meant. */
export interface Cell {
  readonly check: string;
  readonly places: readonly string[];
}

export interface MutantFindings {
  readonly mutant: Mutant;
  /** Checks that cases intend it to fail, and further ones that are listed. */
  readonly intended: number;
  readonly also: number;
  /** Checks that name it and that it passes. */
  readonly survived: readonly Cell[];
  /** Listed as further ones, and not failed. */
  readonly lost: readonly Cell[];
  /** Failed, and neither named nor listed. */
  readonly surprises: readonly Cell[];
  /** What it fails beside what cases intend, to be listed. */
  readonly list: AlsoList;
}

/** Where each check failed. */
export function failedCells(observations: readonly Observation[]): Cells {
  return collect(observations, (observation) => observation.failed);
}

/** Where each check passed. */
export function passedCells(observations: readonly Observation[]): Cells {
  return collect(observations, (observation) => observation.passed);
}

function collect(
  observations: readonly Observation[],
  checksOf: (observation: Observation) => readonly string[],
): Cells {
  const cells = new Map<string, Set<string>>();
  for (const observation of observations)
    for (const check of checksOf(observation)) {
      const id = `${observation.caseId}/${check}`;
      const places = cells.get(id) ?? new Set();
      cells.set(id, places.add(observation.place));
    }
  return cells;
}

/**
 * Compares one mutant with what is declared of it; without lists whatever it
 * fails beside what cases intend is taken for declared. `good` is what the
 * reference passes.
 */
export function compare(
  mutant: Mutant,
  catalogue: readonly CaseSpec[],
  seen: Cells,
  good: Cells,
  lists: AlsoLists | undefined,
): MutantFindings {
  const run = new Map(
    catalogue.map((spec) => [spec.id, jobsFor(mutant, [spec]).map(placeName)] as const),
  );
  const intended = intendedCells(mutant, catalogue);
  const beside = minus(seen, intended);
  const list = compress(beside, run, good);
  const also = expand(lists === undefined ? list : (lists[mutant] ?? {}), run, good);
  return {
    mutant,
    intended: intended.size,
    also: also.size,
    survived: describe(minus(intended, seen)),
    lost: describe(minus(also, seen)),
    surprises: describe(minus(beside, also)),
    list,
  };
}

/** A kill holds wherever its case runs, as far as the fault exists there. */
function intendedCells(mutant: Mutant, catalogue: readonly CaseSpec[]): Cells {
  const cells = new Map<string, Set<string>>();
  for (const spec of catalogue)
    for (const check of spec.checks) {
      if (!check.kills.includes(mutant)) continue;
      const places = jobsFor(mutant, [spec]).filter((job) => isAt(mutant, job));
      cells.set(`${spec.id}/${check.id}`, new Set(places.map(placeName)));
    }
  return cells;
}

function expand(
  list: AlsoList,
  run: ReadonlyMap<string, readonly string[]>,
  good: Cells,
): Map<string, Set<string>> {
  const cells = new Map<string, Set<string>>();
  const add = (id: string, places: Iterable<string>): void => {
    cells.set(id, new Set([...(cells.get(id) ?? []), ...places]));
  };
  for (const [caseId, entries] of Object.entries(list))
    for (const entry of entries) {
      const [check = "", where] = entry.split(" @");
      if (caseId === EVERY_CASE) {
        for (const [id, places] of goodRuns(check, run, good)) add(id, places);
      } else {
        const places = run.get(caseId) ?? [];
        add(`${caseId}/${check}`, where === undefined ? places : select(places, where));
      }
    }
  return cells;
}

/** Where the reference passes a check of every case, as far as it is run here. */
function goodRuns(
  check: string,
  run: ReadonlyMap<string, readonly string[]>,
  good: Cells,
): [string, string[]][] {
  return [...run].flatMap(([caseId, places]): [string, string[]][] => {
    const id = `${caseId}/${check}`;
    const passed = places.filter((place) => good.get(id)?.has(place) === true);
    return passed.length === 0 ? [] : [[id, passed]];
  });
}

/** "ws", "dial", "tcp-dial", or several of those with commas. */
function select(places: readonly string[], where: string): string[] {
  const parts = where.split(",");
  return places.filter((place) =>
    parts.some((part) => place === part || place.split("-").includes(part)),
  );
}

/** The shortest list that says the same. */
function compress(
  cells: Cells,
  run: ReadonlyMap<string, readonly string[]>,
  good: Cells,
): AlsoList {
  const list: Record<string, string[]> = {};
  const done = new Set<string>();
  for (const check of GENERIC) {
    const everywhere = goodRuns(check, run, good);
    const all = everywhere.every(([id, places]) => {
      const seen = cells.get(id);
      return seen?.size === places.length && places.every((place) => seen.has(place));
    });
    if (!all || everywhere.length < 2) continue;
    list[EVERY_CASE] = [...(list[EVERY_CASE] ?? []), check];
    for (const [id] of everywhere) done.add(id);
  }
  for (const [id, places] of [...cells].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (done.has(id)) continue;
    const [caseId = "", check = ""] = id.split("/");
    const where = name(run.get(caseId) ?? [], places);
    list[caseId] = [...(list[caseId] ?? []), where === undefined ? check : `${check} @${where}`];
  }
  return list;
}

/** The shortest name for some of the places; undefined for all of them. */
function name(all: readonly string[], places: ReadonlySet<string>): string | undefined {
  if (places.size === all.length) return undefined;
  const traits = [...new Set(all.flatMap((place) => place.split("-")))];
  const fits = traits.find((trait) => {
    const chosen = select(all, trait);
    return chosen.length === places.size && chosen.every((place) => places.has(place));
  });
  return fits ?? [...places].sort().join(",");
}

function minus(from: Cells, others: Cells): Map<string, Set<string>> {
  const rest = new Map<string, Set<string>>();
  for (const [id, places] of from) {
    const left = [...places].filter((place) => others.get(id)?.has(place) !== true);
    if (left.length > 0) rest.set(id, new Set(left));
  }
  return rest;
}

function describe(cells: Cells): Cell[] {
  return [...cells].map(([check, places]) => ({ check, places: [...places] }));
}
