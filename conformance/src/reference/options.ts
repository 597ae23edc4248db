/** What a connection of the reference peer is configured with, in milliseconds and octets. */
import type { TesteeConfig } from "../testee/contract.ts";
import type { Mutant } from "./mutants.ts";

export const CEILING_MS = 3_600_000;
export const MIN_TIME_MS = 100;

export interface ReferenceOptions {
  readonly heartbeatTimeMs: number | undefined;
  readonly slackMs: number;
  readonly floorMs: number;
  readonly alwaysBeat: boolean;
  readonly optionalPeer: boolean;
  readonly maxFrameBytes: number;
  readonly maxMessageBytes: number;
  readonly firstFrameTimeoutMs: number;
  readonly maxUnreadBytes: number;
  readonly reply: "echo" | "length" | undefined;
  readonly mutant: Mutant | undefined;
}

/** Fills in the defaults of the specification; throws RangeError on what it forbids. */
export function resolveOptions(config: TesteeConfig, mutant: Mutant | undefined): ReferenceOptions {
  const time = config.heartbeat_time_ms;
  const least = mutant === "accepts-tiny-time" ? 1 : MIN_TIME_MS;
  const most = mutant === "no-ceiling" ? Number.POSITIVE_INFINITY : CEILING_MS;
  if (time !== undefined && (time < least || time > most))
    throw new RangeError(`a heartbeat-time of ${time} ms [PW-HBT-4]`);
  const givenMs =
    mutant === "zero-slack-is-default" ? config.slack_ms || undefined : config.slack_ms;
  const slackMs = givenMs ?? (mutant === "long-default-slack" ? 5_000 : 2_000);
  if (slackMs < 0 && mutant !== "accepts-negative-slack")
    throw new RangeError(`a slack of ${slackMs} ms [PW-LIV-7]`);
  const floorMs = config.floor_ms ?? (mutant === "low-default-floor" ? MIN_TIME_MS : 1_000);
  if ((floorMs < MIN_TIME_MS || floorMs > CEILING_MS) && mutant !== "accepts-tiny-floor")
    throw new RangeError(`a floor of ${floorMs} ms [PW-ADP-4]`);
  return {
    heartbeatTimeMs: time,
    slackMs,
    floorMs,
    alwaysBeat: config.always_beat ?? false,
    optionalPeer: config.peer_heartbeats === "optional",
    maxFrameBytes: config.max_frame_bytes ?? 1_048_576,
    maxMessageBytes: config.max_message_bytes ?? 16_777_216,
    firstFrameTimeoutMs: config.first_frame_timeout_ms ?? 10_000,
    maxUnreadBytes: config.max_unread_bytes ?? 1_048_576,
    reply: config.reply,
    mutant,
  };
}
