import type { CaseResult, Report, TraceEvent } from "../../model.ts";
import { needsAttention } from "../verdicts.ts";

/** What a page can hold. report.json has everything. */
const MOST_HEX = 128;
const MOST_EVENTS = 400;
const MOST_SAID = 2048;
const MOST_STDERR = { attention: 8192, other: 512 } as const;

/** What was left out of a result, by its index, so that the page can say so. */
export interface Omission {
  readonly events: number;
  readonly stderr: number;
}

/** A report cut to what a page can hold, with what was cut. */
export interface Trimmed {
  readonly report: Report;
  readonly omissions: Readonly<Record<number, Omission>>;
}

/** Cuts the parts of a report that a testee can make arbitrarily long. */
export function trim(report: Report): Trimmed {
  const omissions: Record<number, Omission> = {};
  const results = report.results.map((result, index) => {
    const events = trimEvents(result);
    const stderr = trimStderr(result);
    const omission = {
      events: result.trace.events.length - events.length,
      stderr: result.stderr.length - stderr.length,
    };
    if (omission.events > 0 || omission.stderr > 0) omissions[index] = omission;
    return { ...result, stderr, trace: { ...result.trace, events } };
  });
  return { report: { ...report, results }, omissions };
}

/** The first and the last events, with the middle left out: how it began and how it ended. */
function trimEvents(result: CaseResult): readonly TraceEvent[] {
  const { events } = result.trace;
  const kept =
    events.length <= MOST_EVENTS
      ? events
      : [...events.slice(0, MOST_EVENTS / 2), ...events.slice(-MOST_EVENTS / 2)];
  return kept.map(trimEvent);
}

function trimEvent(event: TraceEvent): TraceEvent {
  if (event.kind === "testee") {
    const said = JSON.stringify(event.event) ?? "";
    return said.length <= MOST_SAID ? event : { ...event, event: `${said.slice(0, MOST_SAID)}…` };
  }
  return "hex" in event && event.hex.length > MOST_HEX
    ? { ...event, hex: event.hex.slice(0, MOST_HEX) }
    : event;
}

/** The end of it: what was said last tells most. */
function trimStderr(result: CaseResult): string {
  const most = needsAttention(result.verdict) ? MOST_STDERR.attention : MOST_STDERR.other;
  return result.stderr.slice(-most);
}
