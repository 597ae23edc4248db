/**
 * The words of the matrix: two peers, what stands between them, and what was seen there.
 *
 * Nothing in this file does anything, and everything in it survives JSON.
 */
import type {
  CheckResult,
  Clause,
  DecodedFrame,
  Report,
  TesteeInfo,
  TransportName,
  Verdict,
} from "../model.ts";
import type { TesteeConfig } from "../testee/contract.ts";

/** The two ends of a connection. */
export type Side = "dialer" | "listener";

export const SIDES: readonly Side[] = ["dialer", "listener"];

export function otherSide(side: Side): Side {
  return side === "dialer" ? "listener" : "dialer";
}

/** How the two sides are configured against each other. */
export const CONFIGURATIONS = ["both", "one-passive", "both-passive", "legacy"] as const;
export type Configuration = (typeof CONFIGURATIONS)[number];

/** What the harness does to the connection. */
export const CONNECTION_FAULTS = [
  "none",
  "slices",
  "delay",
  "black-hole",
  "black-hole-to-dialer",
  "black-hole-to-listener",
  "reset",
] as const;
export type ConnectionFault = (typeof CONNECTION_FAULTS)[number];

/** What it does to the process of one side. */
export const DISTURBANCES = ["kill", "stop-short", "stop-long", "collect"] as const;
export type Disturbance = (typeof DISTURBANCES)[number];

/** A disturbance names its victim, so that a fault says all: "kill-dialer". */
export type Fault = ConnectionFault | `${Disturbance}-${Side}`;

/** One run: who, over what, configured how, and what happens to them. */
export interface PairSetup {
  /** The names of the two in peers.yaml. */
  readonly dialer: string;
  readonly listener: string;
  readonly transport: TransportName;
  readonly configuration: Configuration;
  readonly fault: Fault;
  readonly unitMs: number;
  /** How each side is told to behave. */
  readonly sides: Readonly<Record<Side, TesteeConfig>>;
  /** Whose application speaks; that of the other side sends back what it hears. */
  readonly speaker: Side;
  /** Whose application closes at the end, if nothing ended it before. */
  readonly closer: Side;
}

/** How a side ended its direction, or the connection. */
export type EndHow = "fin" | "reset" | "close-code" | "half-close" | "status" | "cancel";

interface At {
  /** Monotonic nanoseconds since the trace began. */
  readonly atNs: number;
}

/** What passed the tap: read from one side at `atNs`, and written to the other, if it ever was. */
interface Passing extends At {
  readonly from: Side;
  readonly deliveredNs?: number;
}

/** One thing that happened, as the tap saw it. */
export type PairEvent =
  /** The connection is open for a side, as its binding defines it. */
  | (At & { readonly kind: "open"; readonly side: Side })
  | (Passing & {
      readonly kind: "frame";
      readonly bytes: number;
      readonly frame: DecodedFrame;
      /** Of the frame that completes a message: its octets, and their CRC-32. */
      readonly message?: { readonly bytes: number; readonly sum: number };
    })
  /** Whole, and no frame: a handshake, a ping. Or the beginning of a frame that never became whole. */
  | (Passing & { readonly kind: "octets"; readonly what: string; readonly bytes: number })
  | (Passing & { readonly kind: "end"; readonly how: EndHow; readonly code?: number })
  /** The harness began or stopped to interfere. */
  | (At & { readonly kind: "fault"; readonly what: FaultMoment })
  /** The harness told an application something. */
  | (At & { readonly kind: "command"; readonly side: Side } & (
        | { readonly command: "close" }
        | { readonly command: "send"; readonly text?: string; readonly bytes: number }
      ))
  /** What a testee said of itself. It decides nothing. */
  | (At & { readonly kind: "testee"; readonly side: Side; readonly event: unknown })
  /** The harness was late by this much. */
  | (At & { readonly kind: "lag"; readonly lagNs: number })
  /** The machine kept the process of a side waiting for so long. */
  | (At & { readonly kind: "starved"; readonly side: Side; readonly waitNs: number })
  /** The harness looks no more. Last. */
  | (At & { readonly kind: "finish" });

export type FaultMoment =
  | "black hole"
  | "reset"
  | "kill"
  | "stop"
  | "continue"
  | "collect"
  | "collected";

export interface PairTrace {
  readonly events: readonly PairEvent[];
}

/** What became of one run. */
export interface PairResult extends PairSetup {
  readonly verdict: Verdict;
  readonly checks: readonly CheckResult[];
  /** Why it did not apply, or what broke. */
  readonly reason?: string;
  readonly durationMs: number;
  /** How often it ran: more than once only after an inconclusive run. */
  readonly attempts: number;
  readonly maxLagMs: number;
  readonly trace: PairTrace;
  /** A command that repeats just this. */
  readonly repro: string;
}

/** A peer of the file, and whether it took part. */
export interface MatrixPeer {
  readonly name: string;
  readonly language?: string;
  /** What it said of itself. */
  readonly info?: TesteeInfo;
  /** Why it takes no part, and what to do about it. */
  readonly leftOut?: { readonly why: string; readonly advice?: string };
}

/** One run of the matrix: what matrix.json holds. */
export interface MatrixReport
  extends Pick<
    Report,
    | "suiteVersion"
    | "protocolVersion"
    | "startedAt"
    | "durationMs"
    | "unitMs"
    | "tolerance"
    | "environment"
    | "command"
    | "problem"
    | "exitCode"
  > {
  /** Version of this structure; changes only when a reader could break. */
  readonly schema: 1;
  /** The file of the peers, as it was named. */
  readonly file: string;
  readonly peers: readonly MatrixPeer[];
  readonly clauses: readonly Clause[];
  readonly results: readonly PairResult[];
}

/** "go:python/tcp/both/none": the address of a run. */
export function runKey(
  setup: Pick<PairSetup, "dialer" | "listener" | "transport" | "configuration" | "fault">,
): string {
  const { dialer, listener, transport, configuration, fault } = setup;
  return `${dialer}:${listener}/${transport}/${configuration}/${fault}`;
}

/** What happens to the process of which side, if the fault is one of that kind. */
export function disturbanceOf(
  fault: Fault,
): { readonly kind: Disturbance; readonly victim: Side } | undefined {
  for (const kind of DISTURBANCES)
    for (const victim of SIDES) if (fault === `${kind}-${victim}`) return { kind, victim };
  return undefined;
}
