/** `check-shim`: the control contract alone. */
import type { Command } from "commander";
import { orAborted } from "../runner/interrupt.ts";
import { checkShim } from "../shim/check-shim.ts";
import { renderChecklist } from "../shim/render.ts";
import { readSuiteVersion } from "../version.ts";
import { interruptible } from "./interrupts.ts";
import { type Terminal, UsageError } from "./run.ts";

const EXIT_CONTRACT_BROKEN = 4;

export function addCheckShimCommand(program: Command, terminal: Terminal): void {
  program
    .command("check-shim")
    .description("check that a testee keeps the control contract, and nothing of the protocol")
    .requiredOption("--testee <command>", "the command line that starts the peer")
    .action(async ({ testee }: { readonly testee: string }) => {
      if (testee.trim() === "") throw new UsageError("--testee needs a command line");
      process.exitCode = await interruptible(async (signal) => {
        const checked = checkShim(testee, readSuiteVersion(), signal);
        const report = await orAborted(checked, signal);
        const color = terminal.out.hasColors?.() ?? false;
        terminal.out.write(renderChecklist(report, { color }));
        const broken = report.checks.some(({ outcome }) => outcome === "fail");
        return broken ? EXIT_CONTRACT_BROKEN : 0;
      });
    });
}
