import { PulsewireError } from "../core/index.ts";
import { type Command, parseCommand } from "./arguments.ts";
import { Console } from "./console.ts";
import { HELP } from "./help.ts";
import { toJson } from "./json-view.ts";
import type { Notice } from "./notice.ts";
import { run } from "./run.ts";
import { toLines } from "./terminal-view.ts";
import { withoutCode } from "./text.ts";
import { UsageError } from "./usage-error.ts";
import { version } from "./version.ts";

/**
 * The commands that read a command line of their own. Each is loaded when it is
 * called; it resolves with the exit code, and throws UsageError.
 */
const SUBCOMMANDS: ReadonlyMap<string, (argv: readonly string[]) => Promise<number>> = new Map([
  ["check", async (argv) => (await import("./check/command.ts")).check(argv)],
  ["relay", async (argv) => (await import("./relay-command.ts")).run(argv)],
]);

process.exitCode = await main(process.argv.slice(2));

/** Exit code: 0 in good order, 1 down, lost or no connection, 2 the command makes no sense. */
async function main(argv: readonly string[]): Promise<number> {
  const [verb = "", ...rest] = argv;
  const subcommand = SUBCOMMANDS.get(verb);
  try {
    if (subcommand !== undefined) return await subcommand(rest);
    const command = parseCommand(argv);
    if (command.verb === "help") process.stdout.write(HELP);
    else if (command.verb === "version") process.stdout.write(`${version()}\n`);
    else return await carryOut(command);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const help = subcommand === undefined ? "pulsewire --help" : `pulsewire ${verb} --help`;
    process.stderr.write(`pulsewire: ${error.message}\nSee ${help}.\n`);
    return 2;
  }
}

async function carryOut(
  command: Extract<Command, { verb: "listen" | "connect" }>,
): Promise<number> {
  const console = new Console();
  const view = {
    color: Console.wantsColor(process.env),
    quiet: command.quiet,
    numbered: command.verb === "listen",
  };
  const show = (notice: Notice): void => {
    if (command.json) {
      const isBeat = notice.type === "heartbeat-sent" || notice.type === "heartbeat-received";
      if (!(command.quiet && isBeat)) console.print(toJson(notice, performance.now()));
    } else {
      for (const line of toLines(notice, new Date(), view)) console.print(line);
    }
  };
  show({ type: "started", version: version(), wallTime: new Date().toISOString() });
  try {
    return await run(command, { console, show });
  } catch (error) {
    if (!(error instanceof PulsewireError)) throw error;
    const { code } = error;
    const message = withoutCode(error);
    if (command.json) show({ type: "failed", code, message });
    else process.stderr.write(`pulsewire: ${message}\n`);
    const isWrongCommand = /^PW_(CONFIG|URL|MISSING_DEPENDENCY)$/.test(code);
    return isWrongCommand ? 2 : 1;
  } finally {
    console.stop();
  }
}
