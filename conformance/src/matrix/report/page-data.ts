/** What the page of a matrix draws from: `assets/report/client/pairs/` reads it. Small, as runs are many. */

import type { CheckResult, Clause, DecodedFrame, Level, Verdict, Window } from "../../model.ts";
import type { Headline } from "../../report/headline.ts";
import { VERDICTS, type VerdictStyle } from "../../report/verdicts.ts";
import { PAIR_CHECKS } from "../judge/judge-pair.ts";
import type {
  EndHow,
  FaultMoment,
  MatrixReport,
  PairEvent,
  PairResult,
  PairSetup,
  Side,
} from "../model.ts";
import { matrixFindings } from "./findings.ts";
import { matrixHeadline } from "./headline.ts";

export interface MatrixPageData {
  readonly report: Omit<MatrixReport, "results" | "clauses">;
  readonly headline: Omit<Headline, "advice">;
  /** Worst first. */
  readonly verdicts: readonly VerdictStyle[];
  /** The sentences that a check rests on. */
  readonly clauses: readonly Clause[];
  readonly checks: readonly {
    readonly id: string;
    readonly level: Level;
    readonly clauses: readonly string[];
  }[];
  readonly findings: readonly FindingData[];
  readonly runs: readonly RunData[];
}

/** A finding, by the indexes of its runs. */
export interface FindingData {
  readonly verdict: Verdict;
  readonly who: string;
  readonly check?: string;
  readonly runs: readonly number[];
}

export interface RunData extends Omit<PairSetup, "unitMs"> {
  readonly verdict: Verdict;
  readonly reason?: string;
  readonly durationMs: number;
  readonly attempts: number;
  readonly maxLagMs: number;
  readonly repro: string;
  readonly checks: readonly CheckData[];
  readonly events: readonly RunEvent[];
}

/** A check, without what stands in the list of all. */
export interface CheckData extends Pick<CheckResult, "id" | "verdict" | "expected" | "seen"> {
  readonly windows?: readonly WindowData[];
}

/** Times are in tenths of a millisecond: as exact as anybody can see. */
export interface WindowData extends Pick<Window, "kind" | "label"> {
  readonly from: number;
  readonly to: number;
}

export type RunEvent = { readonly at: number } & (
  | { readonly kind: "open"; readonly side: Side }
  | {
      readonly kind: "frame";
      readonly from: Side;
      /** So much later it was delivered; absent if it never was. */
      readonly after?: number;
      readonly bytes: number;
      readonly frame: DecodedFrame;
    }
  | {
      readonly kind: "octets";
      readonly from: Side;
      readonly after?: number;
      readonly what: string;
      readonly bytes: number;
    }
  | {
      readonly kind: "end";
      readonly from: Side;
      readonly after?: number;
      readonly how: EndHow;
      readonly code?: number;
    }
  | { readonly kind: "fault"; readonly what: FaultMoment }
  | { readonly kind: "command"; readonly side: Side; readonly what: string }
  | { readonly kind: "told"; readonly side: Side; readonly what: string }
  | { readonly kind: "lag"; readonly for: number }
  | { readonly kind: "finish" }
);

/** What a page can hold of one run; matrix.json has everything. */
const MOST_EVENTS = 300;
const MOST_SAID = 200;
/** A lag below this explains nothing, in nanoseconds. */
const LEAST_LAG_NS = 10e6;

export function pageData(report: MatrixReport): MatrixPageData {
  const { results, clauses, ...rest } = report;
  const indexOf = new Map(results.map((result, index) => [result, index]));
  const quoted = new Set(PAIR_CHECKS.flatMap((check) => check.clauses));
  return {
    report: rest,
    headline: matrixHeadline(report),
    verdicts: VERDICTS,
    clauses: clauses.filter(({ id }) => quoted.has(id)),
    checks: PAIR_CHECKS.map(({ id, level, clauses: of }) => ({ id, level, clauses: of })),
    findings: matrixFindings(report).map(({ verdict, who, check, places }) => ({
      verdict,
      who,
      ...(check === undefined ? {} : { check }),
      runs: places.map(({ result }) => indexOf.get(result) ?? 0),
    })),
    runs: results.map(runData),
  };
}

function runData({ trace, checks, unitMs: _, ...run }: PairResult): RunData {
  const { events } = trace;
  const half = MOST_EVENTS / 2;
  // How it began and how it ended; in between there is more of the same.
  const kept =
    events.length <= MOST_EVENTS ? events : [...events.slice(0, half), ...events.slice(-half)];
  return { ...run, checks: checks.map(checkData), events: kept.flatMap(eventData) };
}

function checkData({ id, verdict, expected, seen, windows }: CheckResult): CheckData {
  return {
    id,
    verdict,
    expected,
    seen,
    ...(windows === undefined
      ? {}
      : {
          windows: windows.map(({ kind, label, fromNs, toNs }) => ({
            kind,
            label,
            from: tenths(fromNs),
            to: tenths(toNs),
          })),
        }),
  };
}

function eventData(event: PairEvent): RunEvent[] {
  const at = tenths(event.atNs);
  switch (event.kind) {
    case "open":
    case "fault":
    case "finish": {
      const { atNs: _, ...rest } = event;
      return [{ ...rest, at }];
    }
    case "frame":
    case "octets":
    case "end": {
      const { atNs, deliveredNs, ...rest } = event;
      const after = deliveredNs === undefined ? {} : { after: tenths(deliveredNs - atNs) };
      if (rest.kind !== "frame") return [{ ...rest, ...after, at }];
      const { kind, from, bytes, frame } = rest;
      return [{ kind, from, bytes, frame: withoutStamps(frame), ...after, at }];
    }
    case "command": {
      const { kind, side } = event;
      if (event.command === "close") return [{ kind, side, what: "close", at }];
      const said = event.text === undefined ? `${event.bytes} octets` : `"${event.text}"`;
      return [{ kind, side, what: `send ${said}`, at }];
    }
    case "testee": {
      const said = JSON.stringify(event.event) ?? "";
      return [{ kind: "told", side: event.side, what: said.slice(0, MOST_SAID), at }];
    }
    case "lag":
      return event.lagNs < LEAST_LAG_NS ? [] : [{ kind: "lag", for: tenths(event.lagNs), at }];
    case "starved":
      return [];
  }
}

/** Timestamps tell nobody anything here, and no two of them are alike: they would be half of the page. */
function withoutStamps(frame: DecodedFrame): DecodedFrame {
  if (frame.heartbeat === undefined) return frame;
  const { timestamp: _, echo: __, heldUs: ___, ...heartbeat } = frame.heartbeat;
  return { ...frame, heartbeat };
}

function tenths(ns: number): number {
  return Math.round(ns / 1e5);
}
