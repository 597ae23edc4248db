/** Checks on what a side sends while the connection is open, and when [PW-SND, PW-ADP, PW-HBT, PW-PRB]. */
import { type Finding, INEXCUSABLE } from "../../judge/outcome.ts";
import { window } from "../../judge/spans.ts";
import { counted, ms, ns } from "../../judge/view.ts";
import { AT_ONCE_MS, type PairFrame, type SideView } from "./pair-view.ts";

/** Answers may be so far apart, and a probe waits for the next [PW-PRB-3]. */
const ANSWER_SPACING_MS = 100;
/** A heartbeat comes no sooner than this part of E after the last transmission [PW-SND-4]. */
const SOONEST = 0.75;
/** Each transmission counts from the one before it, so the lateness of so many adds up. */
const LATE_BEATS = 2;
/** So many are looked at together: more tell nothing new, and a flood of them would take for ever. */
const MOST_BEATS = 16;

/** A configured side speaks first, and at once. */
export function judgeOpens(side: SideView): Finding | undefined {
  const { pair, openNs, config } = side;
  if (openNs === undefined || config.heartbeat_time_ms === undefined) return undefined;
  const expected = `a heartbeat before anything else, within ${AT_ONCE_MS} ms of the opening (+${pair.tolerance.lateMs} ms)`;
  const latest = pair.atOnce(openNs);
  const windows = [window("expected", `the first heartbeat of the ${side.side}`, openNs, latest)];
  const [first] = side.sent;
  if (first === undefined) {
    if (side.dutyNs < latest)
      return { ok: undefined, expected, seen: "it was over before", windows };
    return { ok: false, expected, seen: "nothing", windows, missNs: side.dutyNs - latest };
  }
  if (first.frame.body !== "heartbeat")
    return { ok: false, expected, seen: `first ${first.frame.body}`, windows, missNs: INEXCUSABLE };
  const seen = `a heartbeat after ${ms(first.atNs - openNs)}`;
  return { ok: first.atNs <= latest, expected, seen, windows, missNs: first.atNs - latest };
}

/** Each heartbeat says the E in use, and E only falls. */
export function judgeTimes(side: SideView): Finding | undefined {
  const { heartbeats, pair } = side;
  if (heartbeats.length === 0 || side.isLegacy) return undefined;
  const expected = "in each heartbeat the heartbeat-time in use, which never rises";
  let last: number | undefined;
  for (const { atNs, frame } of heartbeats) {
    const time = frame.heartbeat?.heartbeatTimeMs;
    // What it heard just before it sent this it need not have taken in.
    const earlier = atNs - ns(AT_ONCE_MS) - pair.late(atNs - ns(AT_ONCE_MS), atNs);
    const possible = side.effectiveIn(earlier, atNs);
    const seen = `${timeWords(time)} where it was ${possible.map(timeWords).join(" or ")}, after ${ms(atNs)}`;
    const rises = last !== undefined && (time === undefined || time > last);
    if (rises || !possible.includes(time)) {
      const isStale = !rises && side.effectiveIn(Number.NEGATIVE_INFINITY, atNs).includes(time);
      const since = side.adoptions.findLast((change) => change.atNs <= earlier)?.atNs ?? earlier;
      return { ok: false, expected, seen, missNs: isStale ? earlier - since : INEXCUSABLE };
    }
    last = time;
  }
  return { ok: true, expected, seen: `so in ${counted(heartbeats.length, "heartbeat")}` };
}

/** A smaller heartbeat-time is adopted and announced at once. */
export function judgeAnnounces(side: SideView): Finding | undefined {
  if (side.adoptions.length === 0) return undefined;
  const { pair } = side;
  let expected = "";
  let seen = "";
  const windows = [];
  let judged = false;
  for (const { atNs, ms: time = 0 } of side.adoptions) {
    const from = side.awakeNs(atNs);
    const latest = pair.atOnce(from);
    expected = `a heartbeat with heartbeat-time ${time} ms within ${AT_ONCE_MS} ms (+${pair.tolerance.lateMs} ms) of the one that asks for it`;
    windows.push(window("expected", `${time} ms, announced by the ${side.side}`, from, latest));
    const said = side.heartbeats.find(
      (beat) =>
        beat.atNs >= atNs &&
        (beat.frame.heartbeat?.heartbeatTimeMs ?? 0) <= time &&
        beat.frame.heartbeat?.heartbeatTimeMs !== undefined,
    );
    if (said === undefined) {
      if (side.dutyNs < latest) continue;
      return { ok: false, expected, seen: "none", windows, missNs: side.dutyNs - latest };
    }
    if (said.atNs > latest && side.dutyNs >= latest && !side.isDisturbed(atNs, said.atNs))
      return {
        ok: false,
        expected,
        seen: `one after ${ms(said.atNs - from)}`,
        windows,
        missNs: said.atNs - latest,
      };
    judged = true;
    seen = `one after ${ms(said.atNs - atNs)}`;
  }
  return {
    ok: judged ? true : undefined,
    expected,
    seen: judged ? seen : "it was over before",
    windows,
  };
}

/** While E is defined it transmits at least every E, to the end. */
export function judgeCadence(side: SideView): Finding | undefined {
  const { pair, dutyNs } = side;
  const sent = side.transmissions.filter(({ atNs }) => atNs <= dutyNs);
  const moments = [...sent.map(({ atNs }) => atNs), dutyNs];
  // What it uses it has used since it took in what it heard; E only falls, so the earlier bound is the wider.
  const bounds = moments.map((at) => {
    const earlier = at - ns(AT_ONCE_MS);
    return side.effectiveMs(earlier) ?? side.effectiveMs(at);
  });
  const finalMs = bounds.at(-1);
  if (finalMs === undefined || sent.length === 0) return undefined;
  const expected = `a heartbeat or data at least every ${finalMs} ms (+${pair.tolerance.lateMs} ms)`;
  let longest = 0;
  let judged = 0;
  for (let first = 0; first < moments.length; first += 1) {
    const fromNs = moments[first] as number;
    let allowed = 0;
    const most = Math.min(moments.length - 1, first + MOST_BEATS);
    for (let beat = first + 1; beat <= most; beat += 1) {
      const bound = bounds[beat - 1];
      const before = moments[beat - 1] as number;
      const at = moments[beat] as number;
      if (bound === undefined || side.isDisturbed(before, at)) break;
      allowed += ns(bound);
      const steps = beat - first;
      const late = Math.min(steps, LATE_BEATS) * ns(pair.tolerance.lateMs) + pair.lag(fromNs, at);
      if (at - fromNs > allowed + late)
        return {
          ok: false,
          expected,
          seen:
            steps === 1
              ? `${ms(at - fromNs)} without either, ${ms(fromNs)} after the beginning`
              : `${counted(steps, "transmission")} in ${ms(at - fromNs)}`,
          windows: [window("forbidden", `silence of the ${side.side}`, before, at)],
          missNs: at - fromNs - allowed - late,
        };
      if (steps === 1) {
        judged += 1;
        longest = Math.max(longest, at - fromNs);
      }
    }
  }
  if (judged === 0) return undefined;
  return { ok: true, expected, seen: `${counted(judged, "gap")} of at most ${ms(longest)}` };
}

/** A heartbeat of its own clock comes no sooner than 0.75 E after what was sent last. */
export function judgePace(side: SideView): Finding | undefined {
  const { pair } = side;
  const expected = `no heartbeat of its own clock sooner than ${SOONEST} E after the last transmission`;
  let judged = 0;
  let lastTime: number | undefined;
  let lastBeat: number | undefined;
  const sent = side.transmissions;
  for (const [index, { atNs, frame }] of sent.entries()) {
    if (frame.body !== "heartbeat") continue;
    const before = sent[index - 1]?.atNs;
    const time = frame.heartbeat?.heartbeatTimeMs;
    const isAnnouncement = time !== lastTime;
    const beatBefore = lastBeat;
    lastTime = time;
    lastBeat = atNs;
    if (before === undefined || time === undefined || isAnnouncement) continue;
    if (frame.heartbeat?.replyRequested === true || mayAnswer(side, atNs)) continue;
    if (side.isDisturbed(before, atNs)) continue;
    judged += 1;
    // Heartbeats may keep to their own rhythm whatever else is sent [PW-SND-6].
    const gap = Math.max(atNs - before, beatBefore === undefined ? 0 : atNs - beatBefore);
    const missNs = ns(SOONEST * time) - pair.earlyAfterSeen(before) - gap;
    if (missNs > 0)
      return {
        ok: false,
        expected,
        seen: `one after ${ms(gap)}, with E ${time} ms, ${ms(atNs)} after the beginning`,
        windows: [window("forbidden", `heartbeats of the ${side.side}`, before, atNs)],
        // Had we seen the one before too late, this one would look early.
        causeFromNs: before - pair.unitNs,
        missNs,
      };
  }
  if (judged === 0) return undefined;
  return { ok: true, expected, seen: `so with ${counted(judged, "heartbeat")}` };
}

/** A passive side never beats, but to answer. */
export function judgePassive(side: SideView): Finding | undefined {
  if (side.config.heartbeat_time_ms !== undefined) return undefined;
  const expected = side.isLegacy
    ? "no heartbeat, as it is told to be a peer from before heartbeats"
    : "no heartbeat while it is passive, but as the answer to a probe";
  const early = side.heartbeats.find(
    ({ atNs }) => side.isLegacy || (side.effectiveMs(atNs) === undefined && !mayAnswer(side, atNs)),
  );
  if (early !== undefined)
    return { ok: false, expected, seen: `one after ${ms(early.atNs)}`, missNs: INEXCUSABLE };
  return { ok: true, expected, seen: "none" };
}

/** A probe is answered at once. */
export function judgeAnswers(side: SideView): Finding | undefined {
  if (side.isLegacy) return undefined;
  const { pair } = side;
  const probes = side.heard.filter(({ frame }) => frame.heartbeat?.replyRequested === true);
  const expected = `a heartbeat within ${AT_ONCE_MS} ms of each probe (+${pair.tolerance.lateMs} ms)`;
  let judged = 0;
  for (const { deliveredNs } of probes) {
    const from = side.awakeNs(deliveredNs);
    const hasAnswered = probes.some(
      (probe) =>
        probe.deliveredNs < deliveredNs &&
        probe.deliveredNs > deliveredNs - ns(ANSWER_SPACING_MS + AT_ONCE_MS),
    );
    const latest = pair.atOnce(from) + (hasAnswered ? ns(ANSWER_SPACING_MS) : 0);
    if (side.dutyNs < latest) continue;
    const answer = side.heartbeats.find(({ atNs }) => atNs >= deliveredNs);
    if (answer === undefined || answer.atNs > latest) {
      const seen = answer === undefined ? "none" : `one after ${ms(answer.atNs - from)}`;
      const windows = [window("expected", `the answer of the ${side.side}`, from, latest)];
      return { ok: false, expected, seen, windows, missNs: (answer?.atNs ?? pair.lastAt) - latest };
    }
    judged += 1;
  }
  if (judged === 0) return undefined;
  return { ok: true, expected, seen: `${counted(judged, "answer")} in time` };
}

/** One probe in one silence, when it has lasted for max(E, P) and half the slack. */
export function judgeSuspects(side: SideView): Finding | undefined {
  const expected = `one probe in a silence, when it has lasted for max(E, P) and ${side.slackMs / 2} ms (+${AT_ONCE_MS} ms, +${side.pair.tolerance.lateMs} ms)`;
  const early = earlyProbe(side);
  if (early !== undefined) return { expected, ...early };
  const missing = missingProbe(side);
  if (typeof missing === "object") return { expected, ...missing };
  if (missing === 0) return undefined;
  return { ok: true, expected, seen: `so in ${counted(missing, "silence")}` };
}

type Broken = Omit<Finding, "expected">;

/** The first probe that came too soon, or once too often. */
function earlyProbe(side: SideView): Broken | undefined {
  let asked: number | undefined;
  for (const { atNs, frame } of side.sent) {
    if (!isProbe(frame)) continue;
    const lives = side.lastLives(atNs);
    const [from = 0] = lives;
    // After a delay of its own a side may ask once more [PW-CLK-3].
    if (side.isDisturbed(from, atNs)) continue;
    const seen = `one after ${ms(atNs - from)} of silence, ${ms(atNs)} after the beginning`;
    // The machine may have delayed it too.
    if (lives.length === 1 && asked === from)
      return { ok: false, seen: `a second ${seen}`, missNs: 0 };
    asked = from;
    const misses = lives.map((life) => earlyBy(side, life, atNs));
    const missNs = Math.min(...misses);
    if (missNs > 0) return { ok: false, seen, missNs };
  }
  return undefined;
}

/** By how much a probe is too early, if this was the last life before it. */
function earlyBy(side: SideView, life: number, atNs: number): number {
  const patience = side.patienceMs(life);
  if (patience === undefined) return INEXCUSABLE;
  return life + ns(patience + side.slackMs / 2) - side.earlyAfter(life) - atNs;
}

/** The first silence in which there was none, or else how many had theirs. */
function missingProbe(side: SideView): Broken | number {
  const { pair } = side;
  let judged = 0;
  for (const { fromNs, toNs } of side.silences) {
    const patience = side.patienceMs(fromNs);
    if (patience === undefined || side.isDisturbed(fromNs, toNs)) continue;
    const dueNs = fromNs + ns(patience + side.slackMs / 2);
    const latest = pair.atOnce(dueNs);
    if (Math.min(toNs, side.dutyNs) < latest) continue;
    const earliest = dueNs - side.earlyAfter(fromNs);
    const probe = side.sent.find(({ atNs, frame }) => atNs >= earliest && isProbe(frame));
    if (probe === undefined || probe.atNs > latest) {
      const windows = [window("expected", `the probe of the ${side.side}`, dueNs, latest)];
      const seen = probe === undefined ? "none" : `one after ${ms(probe.atNs - fromNs)} of silence`;
      return { ok: false, seen, windows, missNs: (probe?.atNs ?? side.dutyNs) - latest };
    }
    judged += 1;
  }
  return judged;
}

function isProbe(frame: PairFrame["frame"]): boolean {
  return frame.heartbeat?.replyRequested === true;
}

/** Whether a heartbeat at a moment can be the answer to a probe. */
function mayAnswer(side: SideView, atNs: number): boolean {
  const from = atNs - ns(AT_ONCE_MS + ANSWER_SPACING_MS) - side.pair.late(atNs, atNs);
  return side.heard.some(
    ({ deliveredNs, frame }) =>
      isProbe(frame) && deliveredNs <= atNs && side.awakeNs(deliveredNs) >= from,
  );
}

function timeWords(time: number | undefined): string {
  return time === undefined ? "no heartbeat-time" : `${time} ms`;
}
