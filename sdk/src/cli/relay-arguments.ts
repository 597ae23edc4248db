import { parseArgs } from "node:util";
import { resolveConfig } from "../core/index.ts";
import type { RelayOptions } from "../relay/index.ts";
import { isSecure, type LegTarget, parseLeg } from "../relay/leg-target.ts";
import { inWordsOfTheLine, readTimes, refuseRepeated } from "./arguments.ts";
import { parseDuration } from "./duration.ts";
import { readTls } from "./tls-files.ts";
import { UsageError } from "./usage-error.ts";

/** A command line of `pulsewire relay`, understood. */
export type RelayCommand =
  | { readonly verb: "help" }
  | {
      readonly verb: "relay";
      readonly options: RelayOptions;
      readonly json: boolean;
      readonly quiet: boolean;
    };

const OPTIONS = {
  to: { type: "string" },
  "heartbeat-time": { type: "string" },
  slack: { type: "string" },
  floor: { type: "string" },
  "connect-timeout": { type: "string" },
  "max-connections": { type: "string" },
  cert: { type: "string" },
  key: { type: "string" },
  ca: { type: "string" },
  "to-cert": { type: "string" },
  "to-key": { type: "string" },
  "to-ca": { type: "string" },
  "to-insecure": { type: "boolean" },
  origin: { type: "string", multiple: true },
  json: { type: "boolean" },
  quiet: { type: "boolean", short: "q" },
  help: { type: "boolean", short: "h" },
} as const;

const EXAMPLE = "pulsewire relay plain+tcp://127.0.0.1:9000 --to wss://gate.example/db";

/**
 * Reads what follows `relay`.
 *
 * @throws UsageError for a command line that makes no sense.
 */
export function parseRelayCommand(argv: readonly string[]): RelayCommand {
  const { values, positionals } = read(argv);
  if (values.help) return { verb: "help" };
  const [listen, ...more] = positionals;
  const { to } = values;
  if (listen === undefined || more.length > 0) {
    throw new UsageError(`relay takes one URL to listen on, and --to: ${EXAMPLE}`);
  }
  if (to === undefined) throw new UsageError(`--to says where to: ${EXAMPLE}`);
  const legs = inWordsOfTheLine(() => ({ listen: parseLeg(listen), to: parseLeg(to) }));
  const times = readTimes(values);
  inWordsOfTheLine(() => resolveConfig(times));
  const connectTimeout = values["connect-timeout"];
  const listenTls = readTls("listen", isSecure(legs.listen), values);
  const toFiles = {
    cert: values["to-cert"],
    key: values["to-key"],
    ca: values["to-ca"],
    insecure: values["to-insecure"],
  };
  const toTls = readTls("connect", isSecure(legs.to), toFiles, "to-");
  return {
    verb: "relay",
    options: {
      ...times,
      listen,
      to,
      ...(isSecure(legs.listen) ? { listenTls } : {}),
      ...(isSecure(legs.to) ? { toTls } : {}),
      connectTimeoutMs:
        connectTimeout === undefined
          ? undefined
          : parseDuration(connectTimeout, "--connect-timeout"),
      maxConnections: readCount(values["max-connections"]),
      origins: readOrigins(values.origin, legs.listen),
    },
    json: values.json ?? false,
    quiet: values.quiet ?? false,
  };
}

function read(argv: readonly string[]) {
  try {
    const args = [...argv];
    const line = parseArgs({ args, options: OPTIONS, allowPositionals: true, tokens: true });
    refuseRepeated(line.tokens, ["origin"]);
    return line;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function readCount(text: string | undefined): number | undefined {
  if (text === undefined || /^[1-9]\d{0,5}$/.test(text)) return text === undefined ? text : +text;
  throw new UsageError(`--max-connections takes a whole number from 1 to 999999; got "${text}"`);
}

function readOrigins(origins: string[] | undefined, listen: LegTarget): string[] | undefined {
  if (origins === undefined) return undefined;
  if (listen.target.binding !== "ws") {
    throw new UsageError("--origin is for listening on ws:// and wss://");
  }
  // What a browser sends has no path, and is compared as it stands.
  const wrong = origins.find((origin) => !/^[a-z][a-z\d+.-]*:\/\/[^/?#\s]+$/.test(origin));
  if (wrong === undefined) return origins;
  throw new UsageError(
    `--origin takes a page's origin such as https://example.com; got "${wrong}"`,
  );
}
