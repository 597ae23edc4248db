/** What a peer is like that cannot be configured: found on the wire, or said by the user. */
import type { Role, TransportName } from "../model.ts";

export interface PeerProfile {
  readonly transport: TransportName;
  readonly role: Role;
  /** Its heartbeat-time in milliseconds; undefined if it is passive. */
  readonly heartbeatTimeMs: number | undefined;
  /** What it makes of a heartbeat-time of 1 ms. */
  readonly floorMs: number;
  /** Never seen, and taken for this. */
  readonly slackMs: number;
  /** What it does with a message; undefined: nothing. */
  readonly reply: "echo" | "length" | "other" | undefined;
  /** It sends data without being asked. */
  readonly talks: boolean;
  /** The user has said these: they need not be the defaults of the specification. */
  readonly said: { readonly floor: boolean; readonly slack: boolean };
  /** What was odd while it was looked at, in words; for the judge to find the rule of. */
  readonly oddities: readonly string[];
}

/** What the user says of the peer. */
export interface PeerClaims {
  readonly heartbeatTimeMs?: number | "none";
  readonly floorMs?: number;
  readonly slackMs?: number;
  readonly reply?: "echo" | "length" | "none";
}

/** The default of the specification [PW-ADP-4], in milliseconds. */
export const DEFAULT_FLOOR_MS = 1_000;
/** The default of the specification [PW-LIV-7], in milliseconds. */
export const DEFAULT_SLACK_MS = 2_000;

/** "passive, floor 1000 ms, slack taken as 2000 ms, does not reply" */
export function describeProfile(profile: PeerProfile): string {
  const { heartbeatTimeMs, floorMs, slackMs, reply, talks, said } = profile;
  const replies = {
    echo: "echoes",
    length: "replies with the length",
    other: "replies to data in a way of its own",
    none: "does not reply to data",
  };
  return [
    heartbeatTimeMs === undefined
      ? "passive"
      : `configured with a heartbeat-time of ${heartbeatTimeMs} ms`,
    `floor ${floorMs} ms`,
    `slack ${said.slack ? "said to be" : "taken as"} ${slackMs} ms`,
    replies[reply ?? "none"],
    ...(talks ? ["sends data of its own"] : []),
  ].join(", ");
}
