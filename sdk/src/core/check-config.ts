import { agreedTimes } from "./agreed-times.ts";
import { type ConnectionConfig, describe, type ResolvedConfig, resolveConfig } from "./config.ts";
import { PulsewireError } from "./errors.ts";
import { MIDDLEBOXES, type MiddleboxName } from "./middleboxes.ts";

/** The stable codes of {@link ConfigWarning}. docs/checking.md has a row for each, and a test holds the two together. */
export type ConfigWarningCode =
  | "slack-zero"
  | "slack-under-fifth"
  | "slack-under-three-round-trips"
  | "idle-limit"
  | "idle-before-heartbeat"
  | "nobody-beats"
  | "floor-without-effect"
  | "floor-above-peer"
  | "peer-never-beats"
  | "peer-never-judged"
  | "optional-needless"
  | "always-beat-needless"
  | "limit-below-protocol";

/** A setting that is allowed and will be regretted. */
export interface ConfigWarning {
  readonly code: ConfigWarningCode;
  /** The option to change; "peer." before it if it is one of the peer's. */
  readonly setting: string;
  /** What is wrong, in figures, and what to set instead. */
  readonly message: string;
  /** What would come of it. */
  readonly reason: string;
}

/** What is known of where a configuration is to work. */
export interface CheckEnvironment {
  /** The round trip to be expected, in ms: the slow one, not the mean. */
  readonly rttMs?: number | undefined;
  /** The peer's configuration, `{}` for one that is passive; or that it is no peer that beats. */
  readonly peer?: ConnectionConfig | "never-beats" | undefined;
  /**
   * What stands in between. Default `["unknown"]`, because one rarely knows;
   * `[]` for nothing at all.
   */
  readonly behind?: readonly MiddleboxName[] | undefined;
}

/**
 * A heartbeat is not lost on a connection, it comes later: after four losses in
 * a row, 0.2 + 0.4 + 0.8 + 1.6 s, from a sender whose timer was 2 s late, which
 * is the default slack. So the limit of a box is kept at 5 s less, and need not
 * be twice the heartbeat-time, as it would where one lost beat is a gap.
 */
const IDLE_MARGIN_MS = 5000;

/** One of the two sides, with what it comes to use. */
interface Side {
  readonly prefix: "" | "peer.";
  readonly given: ConnectionConfig;
  readonly config: ResolvedConfig;
  /** E. */
  readonly usesMs: number | undefined;
}

/**
 * Finds settings that contradict each other, the peer's, the round trip or what
 * stands in between. Nothing it finds is an error: a connection works with all
 * of it, worse than its owner thinks. It changes nothing and knows no clock;
 * call it once, where configuration is read.
 *
 * @throws PulsewireError `PW_CONFIG` for what no connection would take either.
 */
export function checkConfig(
  config: ConnectionConfig = {},
  environment: CheckEnvironment = {},
): ConfigWarning[] {
  const resolved = resolveConfig(config);
  requireEnvironment(environment);
  const { rttMs, peer: given, behind = ["unknown"] } = environment;
  const peerConfig = typeof given === "object" ? resolvePeer(given) : undefined;
  const agreed =
    peerConfig === undefined
      ? { own: resolved.heartbeatTimeMs, peer: undefined }
      : agreedTimes(resolved, peerConfig);
  const own: Side = { prefix: "", given: config, config: resolved, usesMs: agreed.own };
  const peer: Side | undefined =
    peerConfig && typeof given === "object"
      ? { prefix: "peer.", given, config: peerConfig, usesMs: agreed.peer }
      : undefined;
  const sides = peer === undefined ? [own] : [own, peer];
  return [
    ...sides.flatMap((side) => checkSlack(side, rttMs)),
    ...checkIdleLimits(sides, behind),
    ...sides.flatMap(checkIdleTimeout),
    ...sides.flatMap(checkFloor),
    ...(peer === undefined ? [] : [...checkBetween(own, peer), ...checkBetween(peer, own)]),
    ...(given === "never-beats" ? checkSilentPeer(own) : []),
    ...(agreed.own === undefined && given !== undefined ? [nobodyBeats()] : []),
    ...sides.flatMap(checkLimits),
  ];
}

function checkSlack({ prefix, config, usesMs }: Side, rttMs = 0): ConfigWarning[] {
  const { heartbeatSlackTimeMs: slack } = config;
  if (usesMs === undefined) return [];
  const setting = `${prefix}heartbeatSlackTimeMs`;
  const enough = Math.ceil(Math.max(usesMs / 5, 3 * rttMs));
  const advice = `set it to ${enough} ms or more`;
  if (slack === 0) {
    const reason =
      "any delay of a healthy peer, of the network or of this process ends the connection, and no time is left in which to ask the peer before it is judged [PW-PRB-1]";
    return [{ code: "slack-zero", setting, message: `${setting} is 0 ms: ${advice}`, reason }];
  }
  const warnings: ConfigWarning[] = [];
  if (slack < usesMs / 5) {
    warnings.push({
      code: "slack-under-fifth",
      setting,
      message: `${setting} is ${slack} ms, less than a fifth of the heartbeat-time of ${usesMs} ms: ${advice}`,
      reason:
        "the silence that is tolerated is hardly longer than the one that is promised, so a retransmission, a garbage collection or a busy moment ends the connection with a healthy peer",
    });
  }
  if (slack < 3 * rttMs) {
    warnings.push({
      code: "slack-under-three-round-trips",
      setting,
      message: `${setting} is ${slack} ms, less than three round trips of ${rttMs} ms: ${advice}`,
      reason:
        "a suspect is probed when half the slack has passed [PW-PRB-1]; probe and answer take one round trip, and a packet that was lost on the way takes another before it is sent again",
    });
  }
  return warnings;
}

/** Each direction by itself: some boxes count so, and the slower one decides where they do not. */
function checkIdleLimits(
  sides: readonly Side[],
  behind: readonly MiddleboxName[],
): ConfigWarning[] {
  const slowest = sides.reduce((a, b) => ((b.usesMs ?? 0) > (a.usesMs ?? 0) ? b : a));
  const { prefix, usesMs } = slowest;
  if (usesMs === undefined) return [];
  return behind.flatMap((key) => {
    const { name, idleLimitMs, setting: called } = MIDDLEBOXES[key];
    const most = idleLimitMs - IDLE_MARGIN_MS;
    if (usesMs <= most) return [];
    const setting = `${prefix}heartbeatTimeMs`;
    const which = key === "unknown" ? "not knowing what is in between" : `behind ${name}`;
    return [
      {
        code: "idle-limit" as const,
        setting,
        message: `${setting} is ${usesMs} ms, ${which}: set it to ${most} ms or less`,
        reason: `${key === "unknown" ? "many proxies end" : "it ends or forgets"} a connection that carries nothing for ${idleLimitMs} ms (${called}), and a heartbeat that has to be sent again comes up to ${IDLE_MARGIN_MS} ms late`,
      },
    ];
  });
}

function checkIdleTimeout({ prefix, config, usesMs }: Side): ConfigWarning[] {
  const { idleTimeoutMs } = config;
  if (idleTimeoutMs === undefined || usesMs === undefined || idleTimeoutMs > usesMs) return [];
  const setting = `${prefix}idleTimeoutMs`;
  return [
    {
      code: "idle-before-heartbeat",
      setting,
      message: `${setting} is ${idleTimeoutMs} ms, and the heartbeat-time in use is ${usesMs} ms: set it to several times that, or use no heartbeats`,
      reason:
        "heartbeats do not count as messages [PW-CLS-13], so a connection that is quiet is closed before the first of them is due, and they keep and find nothing",
    },
  ];
}

function checkFloor({ prefix, given, config }: Side): ConfigWarning[] {
  const { minHeartbeatTimeMs: floor } = given;
  const { heartbeatTimeMs } = config;
  if (floor === undefined || heartbeatTimeMs === undefined || floor <= heartbeatTimeMs) return [];
  const setting = `${prefix}minHeartbeatTimeMs`;
  return [
    {
      code: "floor-without-effect",
      setting,
      message: `${setting} is ${floor} ms, above ${prefix}heartbeatTimeMs, which is ${heartbeatTimeMs} ms: leave it out, or set it to ${heartbeatTimeMs} ms or less`,
      reason: `the floor is never above one's own heartbeat-time [PW-ADP-4], so ${heartbeatTimeMs} ms is in force`,
    },
  ];
}

/** What `side` makes of what `other` asks for. */
function checkBetween(side: Side, other: Side): ConfigWarning[] {
  const warnings: ConfigWarning[] = [];
  const wanted = other.config.heartbeatTimeMs;
  const { floorMs, alwaysBeat, peerHeartbeats } = side.config;
  const [it, asker] = side.prefix === "" ? ["this side", "the peer"] : ["the peer", "this side"];
  if (wanted !== undefined && floorMs > wanted) {
    const setting = `${side.prefix}minHeartbeatTimeMs`;
    const detectsMs = floorMs + other.config.heartbeatSlackTimeMs;
    warnings.push({
      code: "floor-above-peer",
      setting,
      message: `${setting} is ${floorMs} ms, and ${asker} asks for ${wanted} ms: set it to ${wanted} ms or less`,
      reason: `${it} beats only every ${floorMs} ms, and who is slower is judged by its own time [PW-LIV-3]: ${asker} finds a loss after ${detectsMs} ms, and not after ${wanted + other.config.heartbeatSlackTimeMs} ms`,
    });
  }
  if (peerHeartbeats === "optional" && side.usesMs !== undefined) {
    warnings.push({
      code: "optional-needless",
      setting: `${side.prefix}peerHeartbeats`,
      message: `${side.prefix}peerHeartbeats is "optional", and ${asker} beats: set it to "required"`,
      reason: `${asker} would never be missed if it died before its first heartbeat [PW-LIV-8]`,
    });
  }
  if (alwaysBeat && side.usesMs !== undefined) {
    warnings.push({
      code: "always-beat-needless",
      setting: `${side.prefix}alwaysBeat`,
      message: `${side.prefix}alwaysBeat is true, and ${asker} takes any octet for life: set it to false`,
      reason: `while data flows its heartbeats say nothing that the data does not [PW-LIV-1]`,
    });
  }
  return warnings;
}

function checkSilentPeer({ config, usesMs }: Side): ConfigWarning[] {
  if (usesMs === undefined) return [];
  const setting = "peerHeartbeats";
  if (config.peerHeartbeats === "optional") {
    return [
      {
        code: "peer-never-judged",
        setting,
        message: `${setting} is "optional", and the peer never beats: use the keep-alive of the operating system beside it`,
        reason:
          "a peer is judged only once it has beaten [PW-LIV-8], so this side never finds that it is gone; what it sends does keep the connection from being idle",
      },
    ];
  }
  const after = usesMs + config.heartbeatSlackTimeMs;
  return [
    {
      code: "peer-never-beats",
      setting,
      message: `${setting} is "required", and the peer never beats: set it to "optional"`,
      reason: `a peer that has nothing to say is taken for dead ${after} ms after its last message [PW-LIV-3]`,
    },
  ];
}

function nobodyBeats(): ConfigWarning {
  return {
    code: "nobody-beats",
    setting: "heartbeatTimeMs",
    message: "heartbeatTimeMs is set on neither side: set it on one of them, such as 10000 ms",
    reason:
      "two passive sides send nothing and judge nothing [PW-LIV-10]: a silent loss is never found, and boxes in between end the connection when it is idle",
  };
}

function checkLimits({ prefix, config }: Side): ConfigWarning[] {
  const promised = [
    ["maxFrameBytes", config.maxFrameBytes, 2 ** 20, "PW-LIM-1"],
    ["maxMessageBytes", config.maxMessageBytes, 2 ** 24, "PW-LIM-2"],
  ] as const;
  return promised.flatMap(([name, bytes, least, clause]) => {
    if (bytes >= least) return [];
    const setting = `${prefix}${name}`;
    return [
      {
        code: "limit-below-protocol" as const,
        setting,
        message: `${setting} is ${bytes} octets: set it to ${least} or more, unless all peers are known to send less`,
        reason: `any peer may count on ${least} octets [${clause}], and who sends more than the limit is disconnected`,
      },
    ];
  });
}

// --- what is given -------------------------------------------------------------

function requireEnvironment(environment: CheckEnvironment): void {
  if (typeof environment !== "object" || environment === null) {
    throw new PulsewireError(
      "PW_CONFIG",
      `environment must be an object; got ${describe(environment)}`,
    );
  }
  const { rttMs, peer, behind = ["unknown"] } = environment;
  const isPeer = typeof peer === "object" && peer !== null;
  if (!isPeer && peer !== undefined && peer !== "never-beats") {
    throw new PulsewireError(
      "PW_CONFIG",
      `peer must be the options of the peer, {} for a passive one, "never-beats" or undefined; got ${describe(peer)}`,
    );
  }
  if (rttMs !== undefined && !(typeof rttMs === "number" && rttMs >= 0 && Number.isFinite(rttMs))) {
    throw new PulsewireError("PW_CONFIG", `rttMs must be 0 or more milliseconds; got ${rttMs}`);
  }
  const known = Object.keys(MIDDLEBOXES);
  const names: readonly unknown[] = Array.isArray(behind) ? behind : [behind];
  const stranger = names.find((name) => !known.includes(String(name)));
  if (!Array.isArray(behind) || stranger !== undefined) {
    throw new PulsewireError(
      "PW_CONFIG",
      `behind must be an array of ${known.map((name) => `"${name}"`).join(", ")}; got ${stranger ?? behind}`,
    );
  }
}

function resolvePeer(given: ConnectionConfig): ResolvedConfig {
  try {
    return resolveConfig(given);
  } catch (error) {
    if (!(error instanceof PulsewireError)) throw error;
    const message = error.message.replace(/^\[PW_CONFIG\] /, "peer: ");
    throw new PulsewireError("PW_CONFIG", message, { cause: error });
  }
}
