/** `mutants`: the suite against peers that are broken on purpose. */

import type { Command } from "commander";
import { loadCases } from "../cases/load.ts";
import type { CaseSpec } from "../cases/model.ts";
import { glob } from "../glob.ts";
import { CONTROL_POLES, isControlPole } from "../poles/control.ts";
import { isPole, POLES } from "../poles/poles.ts";
import { isMutant, MUTANTS } from "../reference/mutants.ts";
import { wrap } from "../report/text/wrap.ts";
import { fits, idlePatterns } from "../runner/plan.ts";
import { readLists, writeLists } from "../zoo/also.ts";
import { renderZoo } from "../zoo/render.ts";
import { runZoo, type ZooFindings } from "../zoo/zoo.ts";
import { readPattern } from "./options.ts";
import { type Terminal, UsageError } from "./run.ts";

const EXIT_NOT_EXACT = 1;
const DEFAULT_COLUMNS = 80;

interface MutantsOptions {
  readonly mutant?: readonly string[];
  readonly case?: readonly string[];
  readonly json?: boolean;
  readonly update?: boolean;
}

export function addMutantsCommand(program: Command, terminal: Terminal): void {
  program
    .command("mutants")
    .description("run the suite against peers that are broken on purpose, in virtual time")
    .option("--mutant <patterns>", "mutants and poles, * for anything", readPattern)
    .option("--case <patterns>", "ids or families, * for anything", readPattern)
    .option("--json", "print the findings and nothing else to standard output")
    .option("--update", "write down in kills.yaml what each mutant fails beside what cases intend")
    .action(async (options: MutantsOptions) => {
      process.exitCode = await mutants(options, terminal);
    });
}

/** Returns the exit code: 0 only if everything is as declared. */
async function mutants(options: MutantsOptions, terminal: Terminal): Promise<number> {
  const catalogue = chooseCases(options.case);
  const chosen = choosePeers(options.mutant, terminal.err.columns ?? DEFAULT_COLUMNS);
  if (options.update === true && options.case !== undefined)
    throw new UsageError("--update needs all cases: leave --case out");
  const started = performance.now();
  const { err, out } = terminal;
  const findings = await runZoo({
    catalogue,
    mutants: chosen.filter(isMutant),
    poles: chosen.filter(isPole),
    controlPoles: chosen.filter(isControlPole),
    lists: options.update === true ? undefined : readLists(),
    onDone: (done, all) => {
      if (err.isTTY) err.write(done < all ? `\r${done} of ${all} peers` : "\r\u001b[K");
    },
  });
  if (options.update === true) update(findings);
  if (options.json === true) out.write(`${JSON.stringify(findings)}\n`);
  else
    out.write(
      renderZoo(findings, {
        color: out.hasColors?.() ?? false,
        columns: out.columns ?? 120,
        durationMs: performance.now() - started,
      }),
    );
  return findings.exact ? 0 : EXIT_NOT_EXACT;
}

function chooseCases(patterns: readonly string[] | undefined): CaseSpec[] {
  const catalogue = loadCases();
  if (patterns === undefined) return catalogue;
  const [idle] = idlePatterns(catalogue, patterns);
  if (idle !== undefined)
    throw new UsageError(`no case fits "${idle}": see what there is with "list"`);
  return catalogue.filter((spec) => patterns.some((pattern) => fits(spec, pattern)));
}

/** In the order in which they are reported. */
function choosePeers(patterns: readonly string[] = ["*"], columns: number): string[] {
  const names = [MUTANTS, POLES, CONTROL_POLES].flatMap((peers) => Object.keys(peers));
  const matchers = patterns.map(glob);
  const idle = patterns.find((_, index) => !names.some((name) => matchers[index]?.test(name)));
  if (idle !== undefined)
    throw new UsageError(
      `no mutant or pole fits "${idle}"; there are:\n${wrap(names.join(", "), columns - 2)
        .map((line) => `  ${line}`)
        .join("\n")}`,
    );
  return names.filter((name) => matchers.some((matcher) => matcher.test(name)));
}

/** Keeps the lists of the mutants that were not run. */
function update(findings: ZooFindings): void {
  const old = readLists();
  const fresh = new Map(findings.mutants.map(({ mutant, list }) => [mutant, list]));
  const lists = Object.keys(MUTANTS)
    .filter(isMutant)
    .map((mutant) => [mutant, fresh.get(mutant) ?? old[mutant] ?? {}] as const);
  writeLists(Object.fromEntries(lists));
}
