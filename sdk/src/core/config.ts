import { PulsewireError } from "./errors.ts";

/** The largest heartbeat-time there is, one hour [PW-HBT-2]. */
export const HEARTBEAT_TIME_CEILING_MS: number = 3_600_000;
/** The smallest heartbeat-time and floor there is [PW-HBT-4, PW-ADP-4]. */
export const HEARTBEAT_TIME_MINIMUM_MS: number = 100;

/** How much time a silent peer can be given by confirmation [PW-LIV-11]. */
export interface ConfirmLimits {
  /** How long to wait for each answer, in ms. */
  readonly timeoutMs: number;
  /** How often in one silence "reachable" gives the peer more time. */
  readonly maxExtensions: number;
}

/** The rules of one connection. Every duration is in milliseconds, every size in octets. */
export interface ConnectionConfig {
  /**
   * This side sends at least once in this time, and asks its peer to do the
   * same. 100 to 3600000. Undefined (the default): passive, until a peer's
   * heartbeat brings a value [PW-ADP-1]. Behind proxies stay under 55000.
   */
  readonly heartbeatTimeMs?: number | undefined;
  /**
   * Silence tolerated beyond the heartbeat-time. 0 to 3600000, default 2000
   * [PW-LIV-7]. Below a few round trips it kills healthy peers; 0 leaves no
   * time for a probe.
   */
  readonly heartbeatSlackTimeMs?: number | undefined;
  /**
   * The floor: the smallest heartbeat-time a peer can make this side adopt.
   * 100 to 3600000, default 1000; a smaller `heartbeatTimeMs` lowers it to
   * itself [PW-ADP-4].
   */
  readonly minHeartbeatTimeMs?: number | undefined;
  /**
   * Send heartbeats also while data flows. Default false: data takes their
   * place [PW-SND-6]. For peers that look at heartbeats alone.
   */
  readonly alwaysBeat?: boolean | undefined;
  /**
   * Where in the round, which is 0.85 of the heartbeat-time, the heartbeats
   * fall: drawn at random within `spread` around `at`, both fractions of the
   * round, 0 to 1. Sessions on one clock whose phases differ do not beat
   * together: `pool` gives each its own. Within five heartbeats of the opening,
   * or of data, and always between 0.75 and 1 of the heartbeat-time after the
   * last transmission. Default: anywhere there [PW-SND-5], at moments that all
   * sessions of a process have in common: multiples of 100 ms, or of a fiftieth
   * of the heartbeat-time if that is less.
   */
  readonly heartbeatPhase?: { readonly at: number; readonly spread: number } | undefined;
  /**
   * "required" (the default): with a heartbeat-time, silence counts from the
   * opening. "optional": only once the peer has beaten, for peers that may
   * never [PW-LIV-8].
   */
  readonly peerHeartbeats?: "required" | "optional" | undefined;
  /**
   * Before a silent peer is declared down, ask whether it can still be reached
   * another way: a process that was paused is not dead. At the deadline a
   * `confirming` event is told; {@link Connection.confirm} takes the answer, and
   * each "reachable" gives the peer one more heartbeat-time and slack. Default:
   * nobody is asked. Bounded whatever is answered: with max(E, P) + slack as
   * *patience*, a silent peer is down `maxExtensions` x (`timeoutMs` + patience)
   * after its deadline at the latest [PW-LIV-11, PW-LIV-13].
   */
  readonly confirmDown?:
    | {
        /** How long to wait for each answer; none counts as "not reachable". 1 to 3600000, default 2000. */
        readonly timeoutMs?: number | undefined;
        /**
         * How often in one silence. 1 to 1000, default 3: with the usual times a
         * peer may pause for half a minute, and its successor waits no longer.
         */
        readonly maxExtensions?: number | undefined;
      }
    | undefined;
  /**
   * Close a connection on which no message was sent or received for so long;
   * heartbeats are none. 1 to 2^31-1, default: never. It ends as `idle`, and the
   * peer sees a Close with NORMAL. Messages that wait to be sent, a frame that
   * arrives in parts (gRPC and browsers show whole ones only), and time in which
   * this side does not read do not count as idle [PW-CLS-13]. A message of the
   * peer's of which nothing has arrived yet by then is lost.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Longest frame accepted. 1024 to 2^31-1, default 1 MiB; below that peers may rightly fail [PW-LIM-1]. */
  readonly maxFrameBytes?: number | undefined;
  /** Longest message accepted and sent. 1 to 2^31-1, default 16 MiB [PW-LIM-2]. */
  readonly maxMessageBytes?: number | undefined;
  /**
   * Heartbeats a peer may send in a second, on average; those of 15 seconds at
   * once. 40 to 1000, default 40, which no conforming peer reaches [PW-LIM-3].
   */
  readonly maxHeartbeatsPerSecond?: number | undefined;
  /** From the first octet to the first whole frame. 1 to 3600000, default 10000 [PW-LIM-4]. */
  readonly firstFrameTimeoutMs?: number | undefined;
  /**
   * Data received and not yet read by the application at which reading from
   * the transport pauses. 1 to 2^31-1, default 16 MiB [PW-LIM-5].
   */
  readonly maxUnreadBytes?: number | undefined;
  /**
   * Data waiting to be sent, 64 octets more a message, at which `send` refuses
   * more. 1 to 2^31-1, default
   * 16 MiB. A peer that reads slowly cannot make this side's memory grow.
   */
  readonly maxUnsentBytes?: number | undefined;
  /**
   * After a Close, how long the transport may take to go, and before it, how
   * long it may take nothing of what still waits. 1 to 3600000, default 2000
   * [PW-CLS-8].
   */
  readonly closeTimeoutMs?: number | undefined;
}

/** A configuration with its defaults in place. */
export interface ResolvedConfig {
  readonly heartbeatTimeMs: number | undefined;
  readonly heartbeatSlackTimeMs: number;
  /** The floor in force: never above `heartbeatTimeMs`, so that it cannot raise E. */
  readonly floorMs: number;
  readonly alwaysBeat: boolean;
  readonly heartbeatPhase: { readonly at: number; readonly spread: number } | undefined;
  readonly peerHeartbeats: "required" | "optional";
  readonly confirmDown: ConfirmLimits | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly maxFrameBytes: number;
  readonly maxMessageBytes: number;
  readonly maxHeartbeatsPerSecond: number;
  readonly firstFrameTimeoutMs: number;
  readonly maxUnreadBytes: number;
  readonly maxUnsentBytes: number;
  readonly closeTimeoutMs: number;
}

const MAX_BYTES = 2 ** 31 - 1;
const CONFIRM_TIMEOUT_MS = 2000;
const CONFIRM_EXTENSIONS = 3;
/** More than three weeks, for what nobody has to hear of in an hour. */
const MAX_MS = 2 ** 31 - 1;

/**
 * Fills in the defaults and refuses nonsense. What it returned is taken as it
 * is: so many connections can share one.
 *
 * @throws PulsewireError `PW_CONFIG`, naming the option, its range, and what was given.
 */
export function resolveConfig(config: ConnectionConfig | ResolvedConfig = {}): ResolvedConfig {
  return config instanceof Resolved ? config : new Resolved(config);
}

/** A class, so that it is known again. */
class Resolved implements ResolvedConfig {
  readonly heartbeatTimeMs: number | undefined;
  readonly heartbeatSlackTimeMs: number;
  readonly floorMs: number;
  readonly alwaysBeat: boolean;
  readonly heartbeatPhase: ResolvedConfig["heartbeatPhase"];
  readonly peerHeartbeats: ResolvedConfig["peerHeartbeats"];
  readonly confirmDown: ConfirmLimits | undefined;
  readonly idleTimeoutMs: number | undefined;
  readonly maxFrameBytes: number;
  readonly maxMessageBytes: number;
  readonly maxHeartbeatsPerSecond: number;
  readonly firstFrameTimeoutMs: number;
  readonly maxUnreadBytes: number;
  readonly maxUnsentBytes: number;
  readonly closeTimeoutMs: number;

  constructor(config: ConnectionConfig) {
    refuseSlips(config);
    const heartbeatTimeMs = optional(
      config,
      "heartbeatTimeMs",
      HEARTBEAT_TIME_MINIMUM_MS,
      HEARTBEAT_TIME_CEILING_MS,
    );
    const floorMs =
      optional(
        config,
        "minHeartbeatTimeMs",
        HEARTBEAT_TIME_MINIMUM_MS,
        HEARTBEAT_TIME_CEILING_MS,
      ) ?? 1000;
    const bytes = (name: keyof ConnectionConfig, least: number, fallback: number): number =>
      optional(config, name, least, MAX_BYTES) ?? fallback;
    const ms = (name: keyof ConnectionConfig, least: number, fallback: number): number =>
      optional(config, name, least, HEARTBEAT_TIME_CEILING_MS) ?? fallback;
    this.heartbeatTimeMs = heartbeatTimeMs; // PW-HBT-4
    this.heartbeatSlackTimeMs = ms("heartbeatSlackTimeMs", 0, 2000); // PW-LIV-7
    this.floorMs = Math.min(floorMs, heartbeatTimeMs ?? floorMs); // PW-ADP-4
    this.alwaysBeat = oneOf(config, "alwaysBeat", [false, true]);
    this.heartbeatPhase = phase(config.heartbeatPhase);
    this.peerHeartbeats = oneOf(config, "peerHeartbeats", ["required", "optional"]);
    this.confirmDown = confirmLimits(config.confirmDown);
    this.idleTimeoutMs = optional(config, "idleTimeoutMs", 1, MAX_MS);
    this.maxFrameBytes = bytes("maxFrameBytes", 1024, 2 ** 20);
    this.maxMessageBytes = bytes("maxMessageBytes", 1, 2 ** 24);
    this.maxHeartbeatsPerSecond = optional(config, "maxHeartbeatsPerSecond", 40, 1000) ?? 40;
    this.firstFrameTimeoutMs = ms("firstFrameTimeoutMs", 1, 10_000);
    this.maxUnreadBytes = bytes("maxUnreadBytes", 1, 2 ** 24);
    this.maxUnsentBytes = bytes("maxUnsentBytes", 1, 2 ** 24);
    this.closeTimeoutMs = ms("closeTimeoutMs", 1, 2000);
  }
}

function confirmLimits(confirm: unknown): ConfirmLimits | undefined {
  if (confirm === undefined) return undefined;
  if (typeof confirm !== "object" || confirm === null) {
    throw new PulsewireError(
      "PW_CONFIG",
      `confirmDown must be an object or undefined; got ${describe(confirm)}`,
    );
  }
  const { timeoutMs, maxExtensions } = confirm as NonNullable<ConnectionConfig["confirmDown"]>;
  return {
    timeoutMs:
      whole("confirmDown.timeoutMs", timeoutMs, 1, HEARTBEAT_TIME_CEILING_MS) ?? CONFIRM_TIMEOUT_MS,
    maxExtensions: whole("confirmDown.maxExtensions", maxExtensions, 1, 1000) ?? CONFIRM_EXTENSIONS,
  };
}

/**
 * A misspelt option would be no option: of all slips the worst is a
 * `heartbeatTime` that leaves a side passive without a word. Other keys belong
 * to the bindings, so only those that look like one of these are refused.
 */
function refuseSlips(config: unknown): void {
  if (typeof config !== "object" || config === null) {
    throw new PulsewireError("PW_CONFIG", `options must be an object; got ${describe(config)}`);
  }
  for (const key of Object.keys(config)) {
    const slip =
      /^(min|max)?h(ea|e|a)r?t?beat/i.test(key) ||
      /^(slack|interval|timeout|idle|confirm)/i.test(key);
    if (slip && !LIVENESS_OPTIONS.has(key)) {
      const known = [...LIVENESS_OPTIONS].join(", ");
      throw new PulsewireError("PW_CONFIG", `there is no option "${key}"; there are ${known}`);
    }
  }
}

const LIVENESS_OPTIONS: ReadonlySet<string> = new Set<keyof ConnectionConfig>([
  "heartbeatTimeMs",
  "heartbeatSlackTimeMs",
  "minHeartbeatTimeMs",
  "maxHeartbeatsPerSecond",
  "confirmDown",
  "idleTimeoutMs",
  "heartbeatPhase",
]);

function optional(
  config: ConnectionConfig,
  name: keyof ConnectionConfig,
  least: number,
  most: number,
): number | undefined {
  return whole(name, config[name], least, most);
}

function whole(name: string, value: unknown, least: number, most: number): number | undefined {
  if (value === undefined) return undefined;
  // A whole number: heartbeat-times travel as integers, and "5s" or 0.5 is a unit mistaken.
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  const unit = name.endsWith("Bytes") ? " octets" : name.endsWith("Ms") ? " milliseconds" : "";
  throw new PulsewireError(
    "PW_CONFIG",
    `${name} must be a whole number of${unit || " units"} from ${least} to ${most}, or undefined; got ${describe(value)}`,
  );
}

function phase(value: ConnectionConfig["heartbeatPhase"]): ResolvedConfig["heartbeatPhase"] {
  if (value === undefined) return undefined;
  const isFraction = (part: unknown): boolean => typeof part === "number" && part >= 0 && part <= 1;
  if (isFraction(value?.at) && isFraction(value?.spread)) return value;
  throw new PulsewireError(
    "PW_CONFIG",
    `heartbeatPhase must be { at, spread }, both numbers from 0 to 1, or undefined; got { at: ${value?.at}, spread: ${value?.spread} }`,
  );
}

function oneOf<const T>(
  config: ConnectionConfig,
  name: keyof ConnectionConfig,
  allowed: readonly [T, ...T[]],
): T {
  const value: unknown = config[name];
  if (value === undefined) return allowed[0];
  for (const candidate of allowed) {
    if (candidate === value) return candidate;
  }
  throw new PulsewireError(
    "PW_CONFIG",
    `${name} must be ${allowed.map((candidate) => describe(candidate)).join(" or ")}; got ${describe(value)}`,
  );
}

export function describe(value: unknown): string {
  return typeof value === "string" ? `"${value}"` : String(value);
}
