/** The command line of the conformance suite. */
import { Command, CommanderError } from "commander";
import { loadCases } from "../cases/load.ts";
import { EvidenceError } from "../evidence/trace-file.ts";
import { PeersError } from "../matrix/peers-file.ts";
import { fits } from "../runner/plan.ts";
import { BaselineError } from "../scoring/baseline.ts";
import { TesteeProcess } from "../testee/process.ts";
import { readSuiteVersion } from "../version.ts";
import { addCheckShimCommand } from "./check-shim.ts";
import { describeCaseLine, explainCase } from "./explain.ts";
import { addInitCommand } from "./init.ts";
import { interruptible } from "./interrupts.ts";
import { addJudgeCommand } from "./judge.ts";
import { addMatrixCommand } from "./matrix.ts";
import { addMutantsCommand } from "./mutants.ts";
import { PathError } from "./paths.ts";
import { MissingPeersError } from "./peers.ts";
import { addReportCommand } from "./report.ts";
import { run, type SharedOptions, UsageError } from "./run.ts";
import { addRunCommand } from "./run-command.ts";
import { addRunOptions } from "./run-options.ts";
import { sdkTestee } from "./sdk-testee.ts";
import { addServeCommand } from "./serve.ts";

const DEFAULT_REPORTS = "reports";

const EXIT_USAGE = 3;
const EXIT_MISSING = 4;
const EXIT_DEFECT = 70;

/** What is wrong with what the user asked for; the message says what to do. */
const USER_ERRORS = [UsageError, PathError, BaselineError, EvidenceError, PeersError];

const terminal = { out: process.stdout, err: process.stderr };

function build(): Command {
  const program = new Command("pulsewire-conformance")
    .description("Tells whether a peer, in any language, speaks Pulsewire.")
    .version(readSuiteVersion())
    .showHelpAfterError("(add --help for what there is)")
    .exitOverride();

  addRunCommand(program, terminal);
  addServeCommand(program, terminal);

  addRunOptions(program.command("self"))
    .description("run the suite against this SDK, in a process of its own")
    .option("--reports <dir>", "write HTML, JSON and JUnit there", DEFAULT_REPORTS)
    .action(async (options: SharedOptions) => {
      process.exitCode = await interruptible((signal) => {
        const target = { source: { start: () => new TesteeProcess(sdkTestee(), signal) } };
        return run({ ...options, target, subcommand: "self" }, terminal, signal);
      });
    });

  addReportCommand(program, terminal);

  program
    .command("list")
    .description("list the cases")
    .argument("[pattern]", "an id or a family, * for anything", "*")
    .action((pattern: string) => {
      const found = loadCases().filter((spec) => fits(spec, pattern));
      if (found.length === 0) throw new UsageError(`no case fits "${pattern}"`);
      terminal.out.write(`${found.map(describeCaseLine).join("\n")}\n`);
    });

  program
    .command("explain")
    .description("say what a case does, what it rests on, and which broken peers it finds")
    .argument("<id>", "a case, such as ADP-001")
    .action((id: string) => {
      const found = loadCases().filter((spec) => fits(spec, id));
      if (found.length === 0)
        throw new UsageError(`no case "${id}": see what there is with "list"`);
      terminal.out.write(`${found.map(explainCase).join("\n\n")}\n`);
    });

  addJudgeCommand(program, terminal);
  addCheckShimCommand(program, terminal);
  addInitCommand(program, terminal);
  addMatrixCommand(program, terminal);
  addMutantsCommand(program, terminal);
  return program;
}

/** What went wrong, for people, and what to exit with. */
function fail(error: unknown): number {
  // Commander has said it already; asking for help is no error.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
  if (USER_ERRORS.some((kind) => error instanceof kind)) {
    const { message } = error as Error;
    terminal.err.write(`error: ${message}\n`);
    return EXIT_USAGE;
  }
  if (error instanceof MissingPeersError) {
    terminal.err.write(`error: ${error.message}\n`);
    return EXIT_MISSING;
  }
  const text = error instanceof Error ? error.stack : String(error);
  terminal.err.write(`a defect of the suite: ${text}\n`);
  return EXIT_DEFECT;
}

// Nobody reads any more, or nothing more fits: what was asked for is done all the same.
for (const stream of [terminal.out, terminal.err]) stream.on("error", () => undefined);

try {
  await build().parseAsync();
} catch (error) {
  process.exitCode = fail(error);
}
