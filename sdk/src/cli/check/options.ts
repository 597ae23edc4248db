import { parseArgs } from "node:util";
import { type CheckEnvironment, type ConnectionConfig, MIDDLEBOXES } from "../../core/index.ts";
import { formatDuration, inUnits, parseDuration } from "../duration.ts";
import { UsageError } from "../usage-error.ts";

/** A command line of `pulsewire check`, understood. */
export interface CheckCommand {
  readonly config: ConnectionConfig;
  readonly environment: CheckEnvironment;
  readonly json: boolean;
  readonly help: boolean;
}

const OPTIONS = {
  "heartbeat-time": { type: "string" },
  slack: { type: "string" },
  floor: { type: "string" },
  "always-beat": { type: "boolean" },
  "peer-heartbeats": { type: "string" },
  peer: { type: "string" },
  "peer-heartbeat-time": { type: "string" },
  "peer-slack": { type: "string" },
  "peer-floor": { type: "string" },
  behind: { type: "string", multiple: true },
  rtt: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

type Values = ReturnType<typeof read>;

/** @throws UsageError for a command line that makes no sense. */
export function parseCheck(argv: readonly string[]): CheckCommand {
  const values = read(argv);
  const config: ConnectionConfig = {
    heartbeatTimeMs: duration(values, "heartbeat-time"),
    heartbeatSlackTimeMs: duration(values, "slack"),
    minHeartbeatTimeMs: duration(values, "floor"),
    alwaysBeat: values["always-beat"],
    peerHeartbeats: oneOf("--peer-heartbeats", values["peer-heartbeats"], ["required", "optional"]),
  };
  const environment: CheckEnvironment = {
    rttMs: duration(values, "rtt"),
    peer: peerOf(values),
    behind: behindOf(values.behind),
  };
  return { config, environment, json: values.json ?? false, help: values.help ?? false };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function duration(
  values: Values,
  name:
    | "heartbeat-time"
    | "slack"
    | "floor"
    | "rtt"
    | "peer-heartbeat-time"
    | "peer-slack"
    | "peer-floor",
): number | undefined {
  const text = values[name];
  return text === undefined ? undefined : parseDuration(text, `--${name}`);
}

function peerOf(values: Values): CheckEnvironment["peer"] {
  const kind = oneOf("--peer", values.peer, ["passive", "never-beats"]);
  const heartbeatTimeMs = duration(values, "peer-heartbeat-time");
  const heartbeatSlackTimeMs = duration(values, "peer-slack");
  const minHeartbeatTimeMs = duration(values, "peer-floor");
  const given = [heartbeatTimeMs, heartbeatSlackTimeMs, minHeartbeatTimeMs];
  const isDescribed = given.some((value) => value !== undefined);
  if (kind === "never-beats") {
    if (isDescribed) throw new UsageError("a peer that never beats has none of its own times");
    return kind;
  }
  if (kind === "passive" && heartbeatTimeMs !== undefined) {
    throw new UsageError("a passive peer has no --peer-heartbeat-time");
  }
  if (kind === undefined && !isDescribed) return undefined;
  return { heartbeatTimeMs, heartbeatSlackTimeMs, minHeartbeatTimeMs };
}

function behindOf(texts: readonly string[] | undefined): CheckEnvironment["behind"] {
  if (texts === undefined) return undefined;
  const names = texts.flatMap((text) => text.split(","));
  if (names.length === 1 && names[0] === "nothing") return [];
  const known = Object.keys(MIDDLEBOXES) as (keyof typeof MIDDLEBOXES)[];
  return names.map((name) => {
    const found = known.find((each) => each === name);
    if (found !== undefined) return found;
    throw new UsageError(`--behind knows ${known.join(", ")} and, alone, nothing; got "${name}"`);
  });
}

function oneOf<const T extends string>(
  option: string,
  text: string | undefined,
  allowed: readonly T[],
): T | undefined {
  const found = allowed.find((each) => each === text);
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`${option} is ${allowed.join(" or ")}; got "${text}"`);
}

const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/\bpeer(?:\.|: )heartbeatTimeMs\b/g, "--peer-heartbeat-time"],
  [/\bpeer(?:\.|: )heartbeatSlackTimeMs\b/g, "--peer-slack"],
  [/\bpeer(?:\.|: )minHeartbeatTimeMs\b/g, "--peer-floor"],
  [/\bheartbeatTimeMs\b/g, "--heartbeat-time"],
  [/\bheartbeatSlackTimeMs\b/g, "--slack"],
  [/\bminHeartbeatTimeMs\b/g, "--floor"],
  [/\bpeerHeartbeats\b/g, "--peer-heartbeats"],
  [/\balwaysBeat\b/g, "--always-beat"],
];

/** What the library says of its options, in the words of the command line. */
export function inFlags(text: string): string {
  const named = FLAGS.reduce((said, [option, flag]) => said.replaceAll(option, flag), text);
  return inUnits(named.replace(/^\[PW_CONFIG\] |, or undefined/g, "")).replace(
    /\b(\d+(?:\.\d+)?) ms\b/g,
    (_, ms) => formatDuration(Number(ms)),
  );
}
