import { PulsewireError } from "../core/index.ts";
import { type Relay, type RelayEvent, relay } from "../relay/index.ts";
import { Console } from "./console.ts";
import { toJson } from "./json-view.ts";
import { parseRelayCommand, type RelayCommand } from "./relay-arguments.ts";
import { RELAY_HELP } from "./relay-help.ts";
import { type RelayNotice, toNotice } from "./relay-notice.ts";
import { toRelayLines } from "./relay-view.ts";
import { onInterrupt } from "./run.ts";
import { withoutCode } from "./text.ts";
import { version } from "./version.ts";

type Run = Extract<RelayCommand, { verb: "relay" }>;

/**
 * Carries `pulsewire relay` out. Resolves with the exit code.
 *
 * @throws UsageError for a command line that makes no sense.
 */
export async function run(argv: readonly string[]): Promise<number> {
  const command = parseRelayCommand(argv);
  if (command.verb === "help") {
    process.stdout.write(RELAY_HELP);
    return 0;
  }
  // A service goes on without a log: what it carries is not for whoever read that.
  process.stderr.on("error", () => {});
  const console = new Console(({ message }) => {
    process.stderr.write(`pulsewire: no log from here on, the relay goes on: ${message}\n`);
  });
  const show = shower(command, console);
  show({ type: "started", version: version(), wallTime: new Date().toISOString() });
  try {
    await carry(command, show);
    return 0;
  } catch (error) {
    if (!(error instanceof PulsewireError)) throw error;
    const { code } = error;
    const message = withoutCode(error);
    if (command.json) show({ type: "failed", code, message });
    else process.stderr.write(`pulsewire: ${message}\n`);
    return /^PW_(CONFIG|URL|MISSING_DEPENDENCY)$/.test(code) ? 2 : 1;
  } finally {
    console.stop();
  }
}

function shower({ json, quiet }: Run, console: Console): (notice: RelayNotice) => void {
  const color = Console.wantsColor(process.env);
  return (notice) => {
    const isBeat = notice.type === "heartbeat-sent" || notice.type === "heartbeat-received";
    if (quiet && isBeat) return;
    if (json) console.print(toJson(notice, performance.now()));
    else for (const line of toRelayLines(notice, new Date(), color)) console.print(line);
  };
}

/** Relays until it is told to stop. */
async function carry({ options }: Run, show: (notice: RelayNotice) => void): Promise<void> {
  const onEvent = (event: RelayEvent): void => show(toNotice(event));
  const running = await relay({ ...options, onEvent });
  show({ type: "listening", address: running.address, to: options.to });
  await interrupted(running, show);
}

function interrupted(running: Relay, show: (notice: RelayNotice) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let interrupts = 0;
    const stop = onInterrupt(() => {
      interrupts += 1;
      if (interrupts > 1) process.exit(1);
      if (running.connections > 0) show({ type: "closing", connections: running.connections });
      running.close().finally(stop).then(resolve, reject);
    }, ["SIGINT", "SIGTERM", "SIGHUP"]);
  });
}
