/** `run`: a testee that is started, or a peer that runs already. */
import { type Command, Option } from "commander";
import { quote } from "../shell.ts";
import { EnvironmentSource, whyBeyondEnvironment } from "../testee/environment.ts";
import { TesteeProcess } from "../testee/process.ts";
import { interruptible } from "./interrupts.ts";
import { readPeerTime, readSeconds, readTime } from "./options.ts";
import { type RunTarget, run, type SharedOptions, type Terminal, UsageError } from "./run.ts";
import { addRunOptions, DEFAULT_UNIT_MS } from "./run-options.ts";
import { type OutsideOptions, runOutside } from "./run-outside.ts";

interface RunCommandOptions extends SharedOptions, OutsideOptions {
  readonly testee?: string;
  readonly contract?: "ndjson" | "env";
}

/** Options that mean something for a peer that runs already, and for no testee. */
const OUTSIDE_ONLY = [
  "ca",
  "insecure",
  "cert",
  "key",
  "patience",
  "peerHeartbeatTime",
  "peerFloor",
  "peerSlack",
  "peerReply",
] as const satisfies readonly (keyof OutsideOptions)[];

export function addRunCommand(program: Command, terminal: Terminal): void {
  const command = program
    .command("run")
    .description("run the suite against a peer: one that it starts, or one that runs already")
    .option("--testee <command>", "the command line that starts the peer")
    .addOption(
      new Option("--contract <name>", "what the testee keeps: ndjson, if absent, or env").choices([
        "ndjson",
        "env",
      ]),
    )
    .option("--dial <url>", "dial a peer that runs already: tcp, tls, ws, wss, grpc, grpcs");
  addOutsideOptions(
    command.option("--listen <url>", "wait for a peer that dials, and dials again each time"),
  );
  addRunOptions(command)
    .option("--reports <dir>", "write HTML, JSON and JUnit there")
    .action(async (options: RunCommandOptions) => {
      process.exitCode = await interruptible((signal) => choose(options, terminal, signal));
    });
}

function addOutsideOptions(command: Command): Command {
  return command
    .option("--ca <file>", "with --dial: certificates to trust, PEM")
    .option("--insecure", "with --dial: do not check the peer's certificate")
    .option("--cert <file>", "with --listen: the certificate to show, PEM")
    .option("--key <file>", "with --listen: its key, PEM")
    .option(
      "--patience <s>",
      "with --listen: how long to wait for the peer; 30 if absent",
      readSeconds,
    )
    .option(
      "--peer-heartbeat-time <ms|none>",
      "what the peer is configured with; found out if absent",
      readPeerTime,
    )
    .option("--peer-floor <ms>", "the peer's floor; found out if absent", readTime)
    .option("--peer-slack <ms>", "the peer's slack, which cannot be seen; 2000 if absent", readTime)
    .addOption(
      new Option(
        "--peer-reply <what>",
        "what the peer's application does with a message; found out if absent",
      ).choices(["echo", "length", "none"]),
    );
}

async function choose(
  options: RunCommandOptions,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<number> {
  const { testee, dial, listen, contract = "ndjson" } = options;
  const given = [testee, dial, listen].filter((way) => way !== undefined).length;
  if (given !== 1)
    throw new UsageError(
      `give ${given === 0 ? "one" : "only one"} of --testee <command>, --dial <url> and --listen <url>`,
    );
  if (testee === undefined) {
    if (options.contract !== undefined)
      throw new UsageError("--contract goes with --testee: a peer that runs already keeps none");
    return runOutside(options, terminal, signal);
  }
  if (testee.trim() === "") throw new UsageError("--testee needs a command line");
  const stray = OUTSIDE_ONLY.find((key) => options[key] !== undefined);
  if (stray !== undefined)
    throw new UsageError(`${flagOf(stray)} goes with --dial or --listen, and not with --testee`);
  const env = contract === "env" ? " --contract env" : "";
  const subcommand = `run --testee ${quote(testee)}${env}`;
  const target =
    contract === "env"
      ? environmentTarget(testee, options.unit, signal)
      : processTarget(testee, signal);
  return run({ ...options, subcommand, target }, terminal, signal);
}

function processTarget(testee: string, signal: AbortSignal): RunTarget {
  return { source: { start: () => new TesteeProcess(testee, signal) } };
}

function environmentTarget(
  testee: string,
  unitMs: number = DEFAULT_UNIT_MS,
  signal: AbortSignal,
): RunTarget {
  return {
    source: new EnvironmentSource(testee, undefined, signal),
    by: "environment",
    fit: ({ spec }) => {
      const why = whyBeyondEnvironment(spec);
      return why === undefined ? { unitMs } : { why };
    },
  };
}

/** "peerFloor" as it is typed: "--peer-floor". */
function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
