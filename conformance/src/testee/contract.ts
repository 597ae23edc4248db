/**
 * The control contract: how the harness drives the peer under test.
 *
 * One JSON object a line, commands on the testee's standard input, replies and
 * events on its standard output. docs/conformance.md says it in prose, and
 * schema/testee.schema.json is what every line of a testee is checked against.
 * The names are those of the wire, hence snake_case.
 */
import type { Role, TransportName } from "../model.ts";
import type { Address } from "../peers/peer.ts";

/** The version of the contract; only a change that breaks a testee raises it. */
export const CONTRACT_VERSION = 1;

/** What a connection is to be like. What is absent is the testee's own default. */
export interface TesteeConfig {
  /** Absent: passive. */
  readonly heartbeat_time_ms?: number;
  readonly slack_ms?: number;
  readonly floor_ms?: number;
  readonly always_beat?: boolean;
  readonly peer_heartbeats?: "required" | "optional";
  readonly max_frame_bytes?: number;
  readonly max_message_bytes?: number;
  readonly first_frame_timeout_ms?: number;
  readonly max_unread_bytes?: number;
  /** What the application does with a message it receives; nothing if absent. */
  readonly reply?: "echo" | "length";
  /** The application does not take messages until it is told to `read`. */
  readonly read?: "paused";
  /** The application sends from the moment the connection is open. */
  readonly stream?: Sending;
  /** No heartbeat leaves, and none that arrives changes anything: a peer from before heartbeats. */
  readonly legacy?: boolean;
}

/** Every key of {@link TesteeConfig}: a testee refuses any other as unsupported. */
export const CONFIG_KEYS: ReadonlySet<string> = new Set<keyof TesteeConfig>([
  "heartbeat_time_ms",
  "slack_ms",
  "floor_ms",
  "always_beat",
  "peer_heartbeats",
  "max_frame_bytes",
  "max_message_bytes",
  "first_frame_timeout_ms",
  "max_unread_bytes",
  "reply",
  "read",
  "stream",
  "legacy",
]);

/** The key or value of a configuration that this version of the contract does not have, if any. */
export function unknownOption(config: TesteeConfig): string | undefined {
  const { reply } = config;
  if (reply !== undefined && reply !== "echo" && reply !== "length") return `reply: ${reply}`;
  return Object.keys(config).find((key) => !CONFIG_KEYS.has(key));
}

/** Messages for the application to send: `bytes` octets each, or this text. */
export interface Sending {
  readonly bytes?: number;
  readonly text?: string;
  /** How many; 1 if absent. */
  readonly repeat?: number;
  /** Milliseconds from one to the next; all at once if absent. */
  readonly every_ms?: number;
}

/** The second leg of a gateway. */
export interface Forward {
  readonly transport: TransportName;
  readonly address: Address;
  readonly config: TesteeConfig;
}

export type TesteeCommand =
  | { readonly cmd: "hello"; readonly contract: number; readonly suite: string }
  | {
      readonly cmd: "open";
      readonly conn: string;
      readonly role: Role;
      readonly transport: TransportName;
      readonly address?: Address;
      readonly config: TesteeConfig;
      readonly case?: string;
      /** A listener that is a gateway: where it dials for each connection that it accepts, and how. */
      readonly forward?: Forward;
    }
  | ({ readonly cmd: "send"; readonly conn: string } & Sending)
  | {
      readonly cmd: "close";
      readonly conn: string;
      readonly code?: number;
      readonly reason?: string;
    }
  | { readonly cmd: "read"; readonly conn: string }
  | { readonly cmd: "stall"; readonly ms: number }
  | { readonly cmd: "suspend"; readonly ms: number }
  | { readonly cmd: "collect"; readonly ms: number }
  | { readonly cmd: "bye" };

/** Optional abilities a testee may claim. */
export const FEATURES = [
  "always_beat",
  "optional_peers",
  "stall",
  "suspend",
  "gateway",
  "legacy",
  "collect",
] as const;

/** What `hello` is answered with. */
export interface HelloReply {
  readonly contract: number;
  readonly name: string;
  readonly version: string;
  readonly language: string;
  readonly transports: readonly TransportName[];
  readonly roles: readonly Role[];
  readonly features: readonly string[];
}

/** Why a command was not carried out. */
export type Refusal = "unsupported" | "invalid" | "failed";

export type TesteeReply =
  | { readonly id: number; readonly ok: Readonly<Record<string, unknown>> }
  | { readonly id: number; readonly err: Refusal; readonly why?: string };

export type TesteeEvent =
  /** A listener accepted a connection; `conn` is its name from now on. */
  | { readonly event: "open"; readonly conn: string; readonly listener?: string }
  | { readonly event: "state" | "message" | "end"; readonly conn: string };

export type TesteeLine = TesteeReply | TesteeEvent;
