/** Runs the commands of a peer that are no testee: whether its toolchain is there, and its setup. */
import { LastWords } from "../testee/last-words.ts";
import { Program } from "../testee/program.ts";

/** For a command that only says a version, in milliseconds. */
const NEEDS_LIMIT_MS = 30_000;

export interface CommandResult {
  readonly ok: boolean;
  /** How it ended, with the end of what it wrote to standard error. */
  readonly what: string;
}

/** Whether a toolchain is there: its command exits with 0, and soon. */
export function hasToolchain(
  command: string,
  directory: string,
  signal?: AbortSignal,
): Promise<CommandResult> {
  return runCommand(command, directory, { limitMs: NEEDS_LIMIT_MS, signal });
}

/** Runs a command to its end; what it says goes to `tell`, if anywhere. */
export async function runCommand(
  command: string,
  directory: string,
  {
    limitMs,
    signal,
    tell,
  }: {
    readonly limitMs?: number;
    readonly signal?: AbortSignal | undefined;
    readonly tell?: (text: string) => void;
  } = {},
): Promise<CommandResult> {
  const program = new Program(command, process.env, signal, directory);
  const lastWords = new LastWords();
  program.onStderr((text) => {
    lastWords.hear(text);
    tell?.(text);
  });
  program.stdout.setEncoding("utf8").on("data", (text: string) => tell?.(text));
  let isLate = false;
  const end = (): void => {
    isLate = true;
    program.signal("SIGKILL");
  };
  const timer = limitMs === undefined ? undefined : setTimeout(end, limitMs);
  const { code, what } = await program.ended;
  clearTimeout(timer);
  await program.dispose();
  if (isLate) return { ok: false, what: `it took longer than ${limitMs} ms` };
  return { ok: code === 0, what: lastWords.after(what.replace(/^the testee/, "it")) };
}
