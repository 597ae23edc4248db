import { checkConfig, PulsewireError } from "../../core/index.ts";
import { Console } from "../console.ts";
import { UsageError } from "../usage-error.ts";
import { figuresOf } from "./figures.ts";
import { CHECK_HELP } from "./help.ts";
import { inFlags, parseCheck } from "./options.ts";
import { showCheck } from "./view.ts";

/** Wider lines are hard to read, whatever the terminal. */
const WIDTH_LIMIT = 100;

/**
 * `pulsewire check`. Resolves with the exit code: 0 nothing to warn of, 1 warnings.
 *
 * @throws UsageError, which is exit code 2.
 */
export async function check(argv: readonly string[]): Promise<number> {
  const command = parseCheck(argv);
  if (command.help) {
    process.stdout.write(CHECK_HELP);
    return 0;
  }
  const { config, environment } = command;
  const { figures, warnings } = inWords(() => ({
    warnings: checkConfig(config, environment),
    figures: figuresOf(config, environment),
  }));
  if (command.json) {
    process.stdout.write(`${JSON.stringify({ figures, warnings }, undefined, 2)}\n`);
  } else {
    const color = Console.wantsColor(process.env);
    const width = Math.min(WIDTH_LIMIT, process.stdout.columns || 80);
    process.stdout.write(showCheck(command, figures, warnings, { color, width }));
  }
  return warnings.length === 0 ? 0 : 1;
}

function inWords<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof PulsewireError)) throw error;
    throw new UsageError(inFlags(error.message));
  }
}
