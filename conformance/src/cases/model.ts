/**
 * A case as data: what a YAML file of conformance/cases says, after defaults.
 *
 * schema/case.schema.json has the same shape for whoever writes one. Times are
 * texts such as "3u" (times.ts); octets are hex.
 */
import type { Level, Role, TransportName } from "../model.ts";

/** A family: one YAML file. */
export interface Family {
  readonly family: string;
  readonly about: string;
  readonly cases: readonly CaseSpec[];
}

export type CaseProcess = "shared" | "bulk" | "own";

export interface CaseSpec {
  /** "ADP-001": permanent, never used again for another case. */
  readonly id: string;
  readonly family: string;
  readonly title: string;
  /** Why it matters, or what usually goes wrong. */
  readonly why?: string;
  readonly level: Level;
  readonly roles: readonly Role[];
  readonly transports: readonly TransportName[];
  /** Optional abilities without which the case does not apply. */
  readonly features: readonly string[];
  /**
   * Which testee process runs it: the one that most cases share, one that cases
   * with megabytes of data share, so that they disturb no timing, or one of its own.
   */
  readonly process: CaseProcess;
  /** Clause id to the words of it that the case checks. */
  readonly clauses: Readonly<Record<string, string>>;
  readonly testee: TesteeSketch;
  /**
   * The testee is a gateway: for each connection that it accepts it dials the
   * harness, as configured here, and passes messages on. `connect` on
   * connection n makes both: n comes in to the testee, n + 1 goes out from it.
   */
  readonly forward?: TesteeSketch;
  readonly steps: readonly Step[];
  readonly checks: readonly CheckSpec[];
}

/** How the testee is configured; `default` leaves an option to the implementation. */
export interface TesteeSketch {
  readonly heartbeat_time?: string;
  readonly slack?: string;
  readonly floor?: string;
  readonly always_beat?: boolean;
  readonly peer_heartbeats?: "required" | "optional";
  readonly max_frame_bytes?: number;
  readonly max_message_bytes?: number;
  readonly first_frame_timeout?: string;
  readonly max_unread_bytes?: number;
  readonly reply?: "echo" | "length";
  readonly read?: "paused";
  readonly stream?: SendingSketch;
}

export interface SendingSketch {
  readonly bytes?: number;
  readonly text?: string;
  readonly repeat?: number;
  readonly every?: string;
}

/** A frame for the harness to send; exactly one of the bodies, or `octets`. */
export interface FrameSketch {
  /** A heartbeat-time, or "none" for a heartbeat without one. */
  readonly heartbeat?: string;
  readonly probe?: boolean;
  readonly timestamp?: number;
  readonly echo?: number;
  readonly held_us?: number;
  readonly lowest_version?: number;
  readonly data?: string;
  readonly data_bytes?: number;
  readonly more?: boolean;
  readonly close?: number;
  readonly reason?: string;
  readonly body?: "none" | "unknown";
  /** 1 if absent. */
  readonly version?: number | "none";
  /** Adds fields that no version of the frame has, to the frame and to its heartbeat. */
  readonly unknown_fields?: boolean;
  /** The frame's octets, as hex, whatever they mean. */
  readonly octets?: string;
}

/** What a received frame must be like; all that is named must hold. */
export interface FrameMatch {
  readonly body?: "heartbeat" | "data" | "close" | "any";
  /** A time, "none", or "some". */
  readonly heartbeat_time?: string;
  readonly at_least?: string;
  /** Carries a timestamp. */
  readonly stamped?: boolean;
  readonly probe?: boolean;
  readonly version?: number;
  readonly more?: boolean;
  readonly echo?: number | "none" | "some";
  readonly code?: number;
  readonly lowest_version?: number;
  readonly max_data_bytes?: number;
  readonly max_reason_bytes?: number;
}

/** The opening manners of the harness, good where absent. */
export interface HandshakeSketch {
  readonly subprotocol?: string | "none";
  readonly compression?: boolean;
  readonly path?: string;
  readonly withhold_headers?: boolean;
}

export interface ConnectArgs {
  readonly handshake?: HandshakeSketch;
  /** The harness does not answer the testee's end with its own. */
  readonly linger?: boolean;
  /** The harness does not read until told to. */
  readonly paused?: boolean;
  /** The testee must refuse this configuration. */
  readonly refused_config?: TesteeSketch;
  /** No connection is meant to come of it. */
  readonly refused?: boolean;
  /** The protocol leaves it to the testee whether it takes this configuration: refused, the case does not apply. */
  readonly may_refuse?: boolean;
}

export type TesteeArgs =
  | { readonly send: SendingSketch }
  | { readonly close: { readonly code?: number; readonly reason_bytes?: number } }
  | { readonly read: true }
  | { readonly stall: string }
  /** As if its machine had been suspended for so long. */
  | { readonly suspend: string };

/** Each verb with its arguments. */
export interface Verbs {
  readonly connect: ConnectArgs;
  readonly send: FrameSketch;
  /** Several frames in one write. */
  readonly join: readonly FrameSketch[];
  /** The same frame many times in one write. */
  readonly burst: { readonly frame: FrameSketch; readonly count: number };
  /** The same frame again and again beside the steps, from now on, until `stop` or the end. */
  readonly beat: { readonly frame: FrameSketch; readonly every: string };
  readonly stop: Readonly<Record<string, never>>;
  /** The same frame `count` times, `every` so long; the next step comes after the last. */
  readonly repeat: { readonly frame: FrameSketch; readonly count: number; readonly every: string };
  /** One frame in pieces; `keep` leaves that many octets of it unsent. */
  readonly slice: {
    readonly frame: FrameSketch;
    readonly pieces: number;
    readonly every: string;
    readonly keep?: number;
  };
  /** The rest of a frame that `slice` kept. */
  readonly finish_slice: Readonly<Record<string, never>>;
  /** Only the head of a frame that would be so long. */
  readonly announce: { readonly bytes: number };
  /** Octets beneath the framing. */
  readonly raw: { readonly octets: string; readonly what: string };
  readonly text: string;
  readonly ping: Readonly<Record<string, never>>;
  readonly ping_every: string;
  readonly pause: Readonly<Record<string, never>>;
  readonly resume: Readonly<Record<string, never>>;
  /** Read this many octets, then pause again, `every` so often; goes on beside the steps. */
  readonly sip: { readonly bytes: number; readonly every: string };
  readonly half_close: Readonly<Record<string, never>>;
  /** The end of the transport, with the code that stands for this Close code, or with this one of WebSocket's own. */
  readonly end: { readonly code?: number; readonly websocket?: number };
  readonly reset: Readonly<Record<string, never>>;
  readonly wait: string;
  readonly expect: { readonly match: FrameMatch; readonly within: string };
  readonly expect_end: { readonly within: string };
  /** A probe that must be answered: proof that the testee lives and listens. */
  readonly fence: Readonly<Record<string, never>>;
  readonly testee: TesteeArgs;
}

export type Verb = keyof Verbs;

type StepOf<V extends Verb> = {
  readonly verb: V;
  readonly args: Verbs[V];
  readonly conn: number;
  /** A name for the moment it happened, for checks to refer to. */
  readonly as?: string;
};
export type Step = { [V in Verb]: StepOf<V> }[Verb];

/** A stretch of the trace, from a moment to a moment. */
export interface Span {
  readonly from: string;
  /** The end of the steps, if absent. */
  readonly to?: string;
}

/** Each kind of check with its arguments. */
export interface CheckKinds {
  /** The first matching frame after `from` comes in [not_before, within]. */
  readonly first: {
    readonly match: FrameMatch;
    readonly from: string;
    readonly within: string;
    readonly not_before?: string;
  };
  /** The very first frame of the connection is like this. */
  readonly opens_with: { readonly match: FrameMatch };
  /** No such frame in the whole span, in which the connection stays open. */
  readonly none: Span & { readonly match: FrameMatch; readonly even_if_ended?: boolean };
  /** Every frame that matches has this, and there is at least one. */
  readonly every: Span & {
    readonly match: FrameMatch;
    readonly has: FrameMatch;
    readonly at_least?: number;
  };
  readonly count: Span & {
    readonly match: FrameMatch;
    readonly min?: number;
    readonly max?: number;
  };
  /** Over so many beats, judged on position and slope and not gap by gap. */
  readonly cadence: {
    readonly match: FrameMatch;
    readonly from: string;
    readonly beats: number;
    readonly no_slower?: string;
    readonly no_faster?: string;
  };
  /** No gap between matching frames is longer, or shorter. */
  readonly gaps: Span & {
    readonly match: FrameMatch;
    readonly longest?: string;
    readonly shortest?: string;
    readonly at_least: number;
  };
  /** The gaps differ by at least so much. */
  readonly spread: {
    readonly match: FrameMatch;
    readonly from: string;
    readonly beats: number;
    readonly at_least: string;
  };
  /** The testee ends the connection in [after, by] from `from`. */
  readonly ends: {
    readonly from: string;
    readonly after?: string;
    readonly by: string;
    /** It says why: with this Close, or what the binding allows in its place. */
    readonly code?: number;
    /** Where all of these came so often there was nothing to judge, and this is why. */
    readonly unless?: Span & {
      readonly all: readonly { readonly match: FrameMatch; readonly at_least: number }[];
      readonly because: string;
    };
  };
  /** After the testee's Close its transport ends too, within so long, and with the code that stands for it. */
  readonly transport_ends: { readonly by: string; readonly from?: string };
  /** The testee lets go of the transport altogether, within so long; or ends its direction of it, where that says as much. */
  readonly gone: { readonly from: string; readonly by: string; readonly fin_suffices?: boolean };
  readonly stays_open: Span;
  /** The heartbeat that answers the probe sent at `probe`. */
  readonly answered: { readonly probe: string; readonly within: string };
  /** The messages received from `from` on are these, in this order; a number is a length. */
  readonly delivers: {
    readonly messages: readonly (string | number)[];
    readonly from: string;
    readonly within: string;
  };
  /** Heartbeats with a timestamp carry the last one the harness sent, and how long it was held. */
  readonly round_trip: Span & { readonly aspect: "echo" | "held" };
  /** A matching frame comes before the last of the others. */
  readonly overtakes: Span & { readonly match: FrameMatch; readonly last: FrameMatch };
  /** Something that is no frame was seen, or was not: a handshake, a pong. */
  readonly octets: {
    readonly what: string;
    readonly from: string;
    readonly within: string;
    readonly absent?: boolean;
  };
  /** The configuration was refused and nothing came of it. */
  readonly config_refused: Readonly<Record<string, never>>;
  /** The connection never opened, or was ended before any frame. */
  readonly handshake_refused: { readonly code?: number };
}

export type CheckKind = keyof CheckKinds;

interface CheckBase {
  /** Unique within the case. */
  readonly id: string;
  readonly level: Level;
  readonly clauses: readonly string[];
  readonly conn: number;
  /** Broken peers that must fail this check: see reference/mutants.ts. */
  readonly kills: readonly string[];
}

type CheckOf<K extends CheckKind> = CheckBase & {
  readonly kind: K;
  readonly args: CheckKinds[K];
};
export type CheckSpec = { [K in CheckKind]: CheckOf<K> }[CheckKind];
