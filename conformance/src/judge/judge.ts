/**
 * The judge: a case and a trace in, verdicts out.
 *
 * It is a pure function. It opens no socket and asks no clock, so verdicts are
 * tested with traces made by hand, and saved evidence can be judged again.
 */
import type { CaseSpec, CheckSpec } from "../cases/model.ts";
import type { CheckResult, Level, Trace } from "../model.ts";
import { FAREWELL, judgeFarewell, judgeFence, judgeSteps, judgeWire } from "./always.ts";
import { judgeCadence, judgeGaps, judgeSpread } from "./cadence.ts";
import {
  judgeConfigRefused,
  judgeEnds,
  judgeGone,
  judgeHandshakeRefused,
  judgeStaysOpen,
  judgeTransportEnds,
} from "./endings.ts";
import {
  judgeAnswered,
  judgeCount,
  judgeDelivers,
  judgeEvery,
  judgeFirst,
  judgeNone,
  judgeOctets,
  judgeOpensWith,
  judgeOvertakes,
  judgeRoundTrip,
} from "./frames.ts";
import { type Finding, verdictOf } from "./outcome.ts";
import { ms, type StepEvent, TraceView } from "./view.ts";

/** Clauses that every frame of every case is held to. */
export const WIRE_CLAUSES: readonly string[] = [
  "PW-FRM-1",
  "PW-FRM-2",
  "PW-HBT-2",
  "PW-CLS-2",
  "PW-LIM-6",
];

/** Clauses that a fence rests on. */
export const FENCE_CLAUSES: readonly string[] = ["PW-PRB-2"];

/** Clauses that the end of a case rests on, where the connection is open until then. */
export const FAREWELL_CLAUSES: readonly string[] = ["PW-CLS-3"];

/** All checks of a case: its own, its fences, and what holds for every frame. */
export function judge(spec: CaseSpec, trace: Trace): CheckResult[] {
  const results: CheckResult[] = [];
  const whole = new TraceView(trace, 0);
  const steps = judgeSteps(whole);
  const add = (
    view: TraceView,
    id: string,
    level: Level,
    clauses: readonly string[],
    finding: Finding,
  ): void => {
    const verdict = verdictOf(finding, level, view);
    const waited = view.starved(0, view.lastAt);
    const excuse =
      verdict === "inconclusive" && waited > 0
        ? `; the machine kept the testee waiting for up to ${ms(waited)}`
        : "";
    results.push({
      id: `${spec.id}/${id}`,
      clauses,
      level,
      verdict,
      expected: finding.expected,
      seen: `${finding.seen}${excuse}`,
      ...(finding.windows === undefined ? {} : { windows: finding.windows }),
      // Only where a step says why: otherwise this is all that tells of it.
      ...(finding.notReached === true && steps !== undefined ? { notReached: true } : {}),
    });
  };

  for (const check of spec.checks) {
    const view = new TraceView(trace, check.conn);
    add(view, check.id, check.level, check.clauses, judgeCheck(view, check));
  }

  let fences = 0;
  for (const event of trace.events) {
    if (event.kind !== "step" || event.step !== "fence") continue;
    fences += 1;
    const view = new TraceView(trace, event.conn);
    const id = fences === 1 ? "fence" : `fence-${fences}`;
    add(view, id, "must", FENCE_CLAUSES, judgeFence(view, event));
  }

  const farewell = trace.events.find(
    (event): event is StepEvent => event.kind === "step" && event.step === FAREWELL,
  );
  if (farewell !== undefined) {
    const view = new TraceView(trace, farewell.conn);
    add(view, FAREWELL, "must", FAREWELL_CLAUSES, judgeFarewell(view, farewell));
  }

  if (steps !== undefined) {
    // Whatever the case is about: a peer that cannot be reached keeps nothing of it.
    const level = whole.isOpen ? spec.level : "must";
    // It quotes no sentence: those of the case are about what comes after the step.
    add(whole, "steps", level, [], steps);
  }
  add(whole, "wire", "must", WIRE_CLAUSES, judgeWire(trace));
  return results;
}

function judgeCheck(view: TraceView, check: CheckSpec): Finding {
  switch (check.kind) {
    case "first":
      return judgeFirst(view, check.args);
    case "opens_with":
      return judgeOpensWith(view, check.args);
    case "none":
      return judgeNone(view, check.args);
    case "every":
      return judgeEvery(view, check.args);
    case "count":
      return judgeCount(view, check.args);
    case "cadence":
      return judgeCadence(view, check.args);
    case "gaps":
      return judgeGaps(view, check.args);
    case "spread":
      return judgeSpread(view, check.args);
    case "ends":
      return judgeEnds(view, check.args);
    case "transport_ends":
      return judgeTransportEnds(view, check.args);
    case "gone":
      return judgeGone(view, check.args);
    case "stays_open":
      return judgeStaysOpen(view, check.args);
    case "answered":
      return judgeAnswered(view, check.args);
    case "delivers":
      return judgeDelivers(view, check.args);
    case "round_trip":
      return judgeRoundTrip(view, check.args);
    case "overtakes":
      return judgeOvertakes(view, check.args);
    case "octets":
      return judgeOctets(view, check.args);
    case "config_refused":
      return judgeConfigRefused(view);
    case "handshake_refused":
      return judgeHandshakeRefused(view, check.args);
  }
}
