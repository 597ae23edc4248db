import { parseArgs } from "node:util";
import { PulsewireError, resolveConfig } from "../core/index.ts";
import type { SessionOptions } from "../driver/index.ts";
import { parseTarget, type Target } from "../relay/target.ts";
import type { TlsFiles } from "../relay/transports.ts";
import { inUnits, parseDuration } from "./duration.ts";
import { readTls } from "./tls-files.ts";
import { UsageError } from "./usage-error.ts";

/** A command line, understood. */
export type Command =
  | { readonly verb: "help" }
  | { readonly verb: "version" }
  | {
      readonly verb: "listen" | "connect";
      readonly target: Target;
      readonly config: SessionOptions;
      readonly tls: TlsFiles;
      readonly json: boolean;
      readonly quiet: boolean;
      readonly endWithInput: boolean;
    };

const OPTIONS = {
  "heartbeat-time": { type: "string" },
  slack: { type: "string" },
  floor: { type: "string" },
  "always-beat": { type: "boolean" },
  "peer-heartbeats": { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  ca: { type: "string" },
  insecure: { type: "boolean" },
  json: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  "end-with-input": { type: "boolean", short: "N" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean" },
} as const;

/** @throws UsageError for a command line that makes no sense. */
export function parseCommand(argv: readonly string[]): Command {
  const { values, positionals } = read(argv);
  if (values.help || (argv.length === 1 && positionals[0] === "help")) return { verb: "help" };
  if (values.version) return { verb: "version" };
  const [verb, url, ...more] = positionals;
  if (verb !== "listen" && verb !== "connect") {
    const what = verb === undefined ? "say listen, connect or relay" : `"${verb}" is no command`;
    throw new UsageError(`${what}: pulsewire connect tcp://127.0.0.1:7400 --heartbeat-time 2s`);
  }
  if (url === undefined || more.length > 0) {
    throw new UsageError(`pulsewire ${verb} takes one URL, such as tcp://127.0.0.1:7400`);
  }
  const target = inWordsOfTheLine(() => parseTarget(url));
  const config: SessionOptions = {
    ...readTimes(values),
    alwaysBeat: values["always-beat"],
    peerHeartbeats: peerHeartbeats(values["peer-heartbeats"]),
  };
  inWordsOfTheLine(() => resolveConfig(config));
  const secure = target.binding !== "unix" && target.secure;
  return {
    verb,
    target,
    config,
    tls: readTls(verb, secure, values),
    json: values.json ?? false,
    quiet: values.quiet ?? false,
    endWithInput: values["end-with-input"] ?? false,
  };
}

function read(argv: readonly string[]) {
  try {
    const args = [...argv];
    const line = parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
    refuseRepeated(line.tokens);
    return line;
  } catch (error) {
    // Node's own words, such as: Unknown option '--hearbeat-time'.
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** @throws UsageError for an option with a value that is given twice: one of the two would be ignored. */
export function refuseRepeated(
  tokens: readonly { readonly kind: string; readonly name?: string; readonly value?: unknown }[],
  repeatable: readonly string[] = [],
): void {
  const seen = new Set<string>();
  for (const { name, value } of tokens) {
    if (name === undefined || value === undefined || repeatable.includes(name)) continue;
    if (seen.has(name)) throw new UsageError(`--${name} is given twice: say it once`);
    seen.add(name);
  }
}

/** The times of a command line, as options of a session. */
export function readTimes(values: {
  readonly "heartbeat-time"?: string;
  readonly slack?: string;
  readonly floor?: string;
}): Pick<SessionOptions, "heartbeatTimeMs" | "heartbeatSlackTimeMs" | "minHeartbeatTimeMs"> {
  const duration = (name: "heartbeat-time" | "slack" | "floor") => {
    const text = values[name];
    return text === undefined ? undefined : parseDuration(text, `--${name}`);
  };
  return {
    heartbeatTimeMs: duration("heartbeat-time"),
    heartbeatSlackTimeMs: duration("slack"),
    minHeartbeatTimeMs: duration("floor"),
  };
}

/** Runs `read`; what the library has to say of it is said in the words of the command line. */
export function inWordsOfTheLine<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof PulsewireError)) throw error;
    const message = error.message
      .replace("heartbeatTimeMs", "--heartbeat-time")
      .replace("heartbeatSlackTimeMs", "--slack")
      .replace("minHeartbeatTimeMs", "--floor")
      .replace(/^\[PW_\w+\] |, or undefined/g, "");
    throw new UsageError(inUnits(message));
  }
}

function peerHeartbeats(text: string | undefined): "required" | "optional" | undefined {
  if (text === undefined || text === "required" || text === "optional") return text;
  throw new UsageError(`--peer-heartbeats is required or optional; got "${text}"`);
}
