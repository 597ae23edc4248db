/**
 * The words that every part of the suite shares: traces, verdicts, results.
 *
 * The runner makes traces, the judge turns a case and a trace into checks, the
 * reports draw them. Nothing in this file does anything, and everything in it
 * survives JSON, so that saved evidence can be judged and drawn again.
 */

/** The bindings the suite speaks itself, from raw octets. */
export type TransportName = "tcp" | "ws" | "grpc";

/** What the peer under test does: it dials the harness, or it listens for it. */
export type Role = "dial" | "listen";

/** RFC 2119 level of a check. `info` is recorded and never scored. */
export type Level = "must" | "should" | "info";

/**
 * What became of a check, or of a case (the worst of its checks).
 *
 * - `pass`: positive evidence was seen.
 * - `fail`: a MUST was broken.
 * - `warn`: a SHOULD was broken.
 * - `info`: recorded, not scored.
 * - `na`: not claimed or not applicable; the reason says why.
 * - `untestable`: claimed, and a prerequisite was missing; scored as a failure.
 * - `inconclusive`: this machine stalled while it mattered; only this is retried.
 * - `error`: the testee broke the control contract, or the harness has a bug.
 */
export type Verdict =
  | "pass"
  | "fail"
  | "warn"
  | "info"
  | "na"
  | "untestable"
  | "inconclusive"
  | "error";

/** How the connection ended, apart from the verdict. */
export type Ending =
  /** Still open when the case was over. */
  | "open"
  /** The testee sent a Close frame, or its transport's close code for one. */
  | "coded"
  /** End of stream without Close. */
  | "clean"
  /** Reset, or cut in the middle of a frame. */
  | "abrupt"
  /** The harness ended it. */
  | "harness"
  /** There never was one. */
  | "none";

/** A decoded frame, by the harness's own codec; absent fields are absent. */
export interface DecodedFrame {
  readonly version?: number;
  readonly body: "heartbeat" | "data" | "close" | "unknown" | "none" | "malformed";
  readonly heartbeat?: {
    readonly heartbeatTimeMs?: number;
    readonly replyRequested?: boolean;
    readonly timestamp?: number;
    readonly echo?: number;
    readonly heldUs?: number;
    readonly lowestVersion?: number;
  };
  /** Number of octets, and the text if it is short and printable. */
  readonly data?: { readonly bytes: number; readonly text?: string };
  readonly close?: {
    readonly code: number;
    readonly reason?: string;
    readonly retryAfterMs?: number;
    readonly lowestVersion?: number;
  };
  readonly more?: boolean;
  /** Why `body` is "malformed". */
  readonly problem?: string;
}

/** Which way something crossed the wire, seen from the harness. */
export type Direction = "sent" | "received";

interface TraceEventBase {
  /** Monotonic nanoseconds since the trace began. */
  readonly atNs: number;
  /** The connection within the case, from 0; -1 where there is none. */
  readonly conn: number;
}

/** One thing that happened, in the order it was seen. */
export type TraceEvent =
  /** The connection is open, as the binding defines it; on another transport or in another role than the case where it says so. */
  | (TraceEventBase & {
      readonly kind: "open";
      readonly transport?: TransportName;
      readonly role?: Role;
    })
  /** A whole frame. `batch` numbers the read it came in: frames of one read share a time. */
  | (TraceEventBase & {
      readonly kind: "frame";
      readonly direction: Direction;
      /** Raw frame octets in hex, without the binding's framing; cut at 256 octets. */
      readonly hex: string;
      readonly bytes: number;
      readonly frame: DecodedFrame;
      readonly batch?: number;
    })
  /** Octets that are no whole frame: a partial frame, garbage, a WebSocket ping. */
  | (TraceEventBase & {
      readonly kind: "octets";
      readonly direction: Direction;
      readonly hex: string;
      readonly bytes: number;
      /** What it was, in words: "half a frame", "websocket ping". */
      readonly what: string;
    })
  /** The end of a direction, or of the connection. */
  | (TraceEventBase & {
      readonly kind: "end";
      readonly by: "testee" | "harness";
      readonly how: "fin" | "reset" | "half-close" | "status" | "close-code" | "refused" | "abort";
      /** The WebSocket close code or gRPC status, where there was one. */
      readonly code?: number;
      readonly detail?: string;
    })
  /** What the testee said of itself. It corroborates and never decides. */
  | (TraceEventBase & { readonly kind: "testee"; readonly event: unknown })
  /** A step of the case began: what the harness set out to do. */
  | (TraceEventBase & { readonly kind: "step"; readonly step: string; readonly label?: string })
  /** The harness was late by this much at this moment: its own stall, or a step behind its time. */
  | (TraceEventBase & { readonly kind: "lag"; readonly lagNs: number })
  /** The testee was ready to run, and by this moment the machine had kept it waiting for so long. */
  | (TraceEventBase & { readonly kind: "starved"; readonly waitNs: number });

/** Everything that was recorded while one case ran once. */
export interface Trace {
  readonly caseId: string;
  readonly transport: TransportName;
  readonly role: Role;
  /** The length of one time unit in this run; every time in a case is a multiple of it. */
  readonly unitMs: number;
  readonly events: readonly TraceEvent[];
}

/** A stretch of the trace that a check looked at, for drawing. */
export interface Window {
  readonly label: string;
  readonly fromNs: number;
  readonly toNs: number;
  /** `expected`: something had to happen in it. `forbidden`: nothing was allowed to. */
  readonly kind: "expected" | "forbidden";
}

/** What a baseline says of something that is known to be bad. */
export interface Expectation {
  /** `fail`: each time. `flaky`: now and then. `crash`: the testee breaks its contract. */
  readonly status: "fail" | "flaky" | "crash";
  /** What the entry of the baseline names: "ADP-001", "ADP-001/announces", "ADP-*". */
  readonly entry: string;
  /** What had to be a part of what was seen, if the entry says so. */
  readonly match?: string;
  /** Where it is being mended: an address. */
  readonly issue: string;
  /** The last day on which the entry holds, as 2027-01-31. */
  readonly expires: string;
}

/** One verdict with its evidence. */
export interface CheckResult {
  /** Unique within the case, permanent: "ADP-001/adopts". */
  readonly id: string;
  /** The clauses it judges, such as "PW-ADP-2". */
  readonly clauses: readonly string[];
  readonly level: Level;
  readonly verdict: Verdict;
  /** What had to be seen, in words with numbers and tolerance. */
  readonly expected: string;
  /** What was seen, in words with numbers. */
  readonly seen: string;
  readonly windows?: readonly Window[];
  /** Set if a baseline expects this: see {@link CaseResult.expectation}. */
  readonly expectation?: Expectation;
  /** Set if the check was added after the set of requirements was frozen: it is shown and counts for nothing. */
  readonly scored?: false;
  /** Set if the case stopped at a step before it came to what this judges: the check "steps" says where. It shows no sentence broken. */
  readonly notReached?: true;
}

/** An attempt that was inconclusive, and therefore made again. */
export interface SetAside {
  readonly maxLagMs: number;
  /** The checks that our own lag left open, and what was seen. */
  readonly checks: readonly { readonly id: string; readonly seen: string }[];
}

/** What became of one case on one transport in one role. */
export interface CaseResult {
  readonly caseId: string;
  readonly title: string;
  readonly family: string;
  readonly transport: TransportName;
  readonly role: Role;
  readonly verdict: Verdict;
  readonly ending: Ending;
  readonly checks: readonly CheckResult[];
  /** Why it did not apply, or what broke. */
  readonly reason?: string;
  readonly durationMs: number;
  /** How often it ran: more than 1 only after an inconclusive run. */
  readonly attempts: number;
  /** The greatest lag of the harness while it ran. */
  readonly maxLagMs: number;
  readonly trace: Trace;
  /** The testee's standard error while the case ran, cut at 64 KiB. */
  readonly stderr: string;
  /** A command that repeats just this. */
  readonly repro: string;
  /** How the testee was told to behave, as in the control contract. */
  readonly config?: Readonly<Record<string, unknown>>;
  /**
   * Set if a baseline expects all that is wrong here, so that it does not make
   * the run red. With the status `flaky` it may have passed as well.
   */
  readonly expectation?: Expectation;
  /** Set if the case was added after the set of requirements was frozen: it is shown and counts for nothing. */
  readonly scored?: false;
  /** The attempts before the last: each was inconclusive. Absent if there were none. */
  readonly setAside?: readonly SetAside[];
  /** Where its evidence lies, seen from the directory of the reports: "evidence/ADP-001.tcp.dial". */
  readonly evidence?: string;
}

/** What a testee says of itself in `hello`. */
export interface TesteeInfo {
  readonly name: string;
  readonly version: string;
  readonly language: string;
  readonly transports: readonly TransportName[];
  readonly roles: readonly Role[];
  readonly features: readonly string[];
}

/** A sentence of the specification. */
export interface Clause {
  readonly id: string;
  readonly sentence: string;
  /** "protocol.md" or "bindings.md". */
  readonly page: string;
}

/** How late something came, over so many samples, in milliseconds. */
export interface Lateness {
  readonly samples: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** What the suite measured of this machine before it judged anybody by time. */
export interface Calibration {
  readonly durationMs: number;
  /** Timers of the suite's own process. */
  readonly timer: Lateness;
  /** A frame there and back between two peers of the suite, over loopback. */
  readonly echo: Lateness;
  /** The arrival of frames that are sent on a schedule between the two. */
  readonly cadence: Lateness;
  /** No p99 may be above this. */
  readonly boundMs: number;
  readonly fit: boolean;
}

/** The set of cases and checks that a run is scored by. */
export interface Requirements {
  /** "1" is frozen; "latest" is all there is. */
  readonly set: "1" | "latest";
  /** How many cases and checks are in it. */
  readonly cases: number;
  readonly checks: number;
}

/** What came of a baseline. */
export interface BaselineOutcome {
  readonly file: string;
  readonly entries: number;
  /** Entries that no longer hold: each makes the run red. */
  readonly problems: readonly BaselineProblem[];
}

export interface BaselineProblem {
  /**
   * - `stale`: it passes now.
   * - `unknown`: there is no such case or check.
   * - `mismatch`: it is bad in another way.
   * - `expired`: its day is over.
   * - `wide`: its wildcard covers too much.
   */
  readonly kind: "stale" | "unknown" | "mismatch" | "expired" | "wide";
  readonly entry: string;
  /** The line of the file, from 1. */
  readonly line: number;
  /** What is wrong, and what to do. */
  readonly sentence: string;
}

/** One run of the suite: what report.json holds. */
export interface Report {
  /** Version of this structure; changes only when a reader could break. */
  readonly schema: 1;
  readonly suiteVersion: string;
  readonly protocolVersion: 1;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly unitMs: number;
  /** Printed with every report: how far from its time a thing may be. */
  readonly tolerance: { readonly earlyMs: number; readonly lateMs: number };
  readonly environment: {
    readonly platform: string;
    readonly cpus: number;
    readonly node: string;
    /** Absent when it was skipped. */
    readonly calibration?: Calibration;
  };
  /** Absent when the testee never said hello. */
  readonly testee?: TesteeInfo;
  readonly command: string;
  /** Set when the run ended early: the testee never started or broke its contract, or the machine was not fit. */
  readonly problem?: string;
  /** How the peer was driven: not at all, or by its environment; by the control contract if absent. */
  readonly by?: "wire" | "environment";
  /** What whoever reads it has to know: how the peer was found to be, that nobody checked its certificate. */
  readonly notes?: readonly string[];
  readonly requirements?: Requirements;
  /** Absent without a baseline. */
  readonly baseline?: BaselineOutcome;
  readonly clauses: readonly Clause[];
  readonly results: readonly CaseResult[];
  /** 0 pass, 1 fail, 2 inconclusive, 3 nothing ran, 4 testee broke, 70 harness bug; 129, 130, 143 broken off by a signal. */
  readonly exitCode: 0 | 1 | 2 | 3 | 4 | 70 | 129 | 130 | 143;
}
