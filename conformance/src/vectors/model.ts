/**
 * The shared vectors: golden data that every implementation checks in its own
 * unit tests. conformance/vectors/README.md says what each key means.
 */

/** A frame as its fields; absent means absent, and the default where a field has no presence. */
export interface FrameJson {
  readonly version: number;
  readonly heartbeat?: HeartbeatJson;
  readonly data_hex?: string;
  readonly close?: CloseJson;
  /** Only beside `data_hex`. */
  readonly more?: boolean;
}

export interface HeartbeatJson {
  readonly heartbeat_time_ms?: number;
  readonly reply_requested?: boolean;
  readonly timestamp?: number;
  readonly echo?: number;
  readonly held_us?: number;
  readonly lowest_version?: number;
}

export interface CloseJson {
  readonly code?: number;
  readonly reason?: string;
  readonly retry_after_ms?: number;
  readonly lowest_version?: number;
}

/** A golden frame. With both `frame` and `error`, either is right. */
export interface FrameVector {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly note?: string;
  readonly hex: string;
  readonly frame?: FrameJson;
  readonly canonical?: true;
  readonly either?: true;
  readonly error?: "PROTOCOL_ERROR";
}

/** Octets of a byte stream and the frames in them. */
export interface StreamVector {
  readonly name: string;
  readonly clauses: readonly string[];
  readonly max_frame_bytes?: number;
  readonly hex: string;
  readonly frames: readonly string[];
  readonly partial?: true;
  readonly error?: "PROTOCOL_ERROR" | "FRAME_TOO_LARGE";
  readonly found_by?: "length" | "frame";
}

/** What one side's state machine does with what happens to it, in virtual time. */
export interface Trace {
  readonly name: string;
  readonly title: string;
  readonly clauses: readonly string[];
  readonly needs?: readonly Need[];
  readonly config: TraceConfig;
  readonly steps: readonly (InputStep | OutputStep)[];
  readonly until: number;
}

/** Abilities that a core may leave to its driver, or not have. */
export type Need =
  | "always_beat"
  | "optional_peers"
  | "suspend"
  | "probe"
  | "pause"
  | "outbound"
  | "octets"
  | "first_frame"
  | "frame_limit";

/** Keys of the testee contract's `config`. */
export interface TraceConfig {
  readonly heartbeat_time_ms?: number;
  readonly slack_ms?: number;
  readonly floor_ms?: number;
  readonly always_beat?: boolean;
  readonly peer_heartbeats?: "optional";
  readonly max_frame_bytes?: number;
  readonly max_message_bytes?: number;
  readonly first_frame_timeout_ms?: number;
}

/** What happens to the side. */
export type Input =
  | { readonly in: "open" }
  | {
      readonly in: "receive";
      readonly hex: string;
      readonly frame?: FrameJson;
      readonly repeat?: number;
    }
  | { readonly in: "octets" }
  | { readonly in: "send"; readonly data_hex: string }
  | { readonly in: "probe" }
  | { readonly in: "close"; readonly code: number; readonly reason?: string }
  | { readonly in: "peer-ended" }
  | { readonly in: "transport-failed" }
  | { readonly in: "pause" }
  | { readonly in: "resume" }
  | { readonly in: "block" }
  | { readonly in: "progress" }
  | { readonly in: "unblock" }
  | { readonly in: "stop" }
  | { readonly in: "continue" }
  | { readonly in: "suspended"; readonly ms: number };

/** What the side does. */
export type Output =
  | { readonly out: "frame"; readonly frame: FrameJson }
  | { readonly out: "message"; readonly data_hex: string }
  | { readonly out: "end"; readonly why: EndKind; readonly code?: number };

/** How a connection ends that this side's application did not close. */
export type EndKind =
  | "peer-silent"
  | "peer-closed"
  | "closed-by-peer"
  | "protocol-error"
  | "outbound-blocked"
  | "transport-failed";

export type InputStep = { readonly at: number } & Input;

/** `at`: the very millisecond, or the first and the last on which it may come. */
export type OutputStep = { readonly at: number | readonly [number, number] } & Output;
