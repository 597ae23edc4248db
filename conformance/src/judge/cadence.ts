/**
 * Checks on rhythm.
 *
 * A single gap says little on a busy machine: the frame before it may have been
 * seen late. So a cadence is judged on where each beat falls counted from the
 * first, and on the slope of all of them, which are far steadier.
 */
import type { CheckKinds } from "../cases/model.ts";
import { parseTime } from "../cases/times.ts";
import { describeMatch, matches } from "./match.ts";
import { type Finding, notReached } from "./outcome.ts";
import { resolve, window } from "./spans.ts";
import { counted, ms, ns, type TraceView } from "./view.ts";

/** The mean period may be this much beyond its bound. */
const SLOPE_ALLOWANCE = 0.05;
/** Each beat counts from the one before it, so the lateness of so many adds up; of more the slope tells. */
const LATE_BEATS = 2;

export function judgeCadence(view: TraceView, args: CheckKinds["cadence"]): Finding {
  const { unitMs } = view.trace;
  const slowest = args.no_slower === undefined ? undefined : parseTime(args.no_slower, unitMs);
  const fastest = args.no_faster === undefined ? undefined : parseTime(args.no_faster, unitMs);
  const what = describeMatch(args.match, unitMs);
  const bounds = [
    ...(fastest === undefined ? [] : [`no sooner than every ${fastest} ms`]),
    ...(slowest === undefined ? [] : [`at least every ${slowest} ms`]),
  ].join(" and ");
  const expected = `${what} ${bounds}, over ${args.beats} beats`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const times = timesOf(view, args.match, from, args.beats + 1);
  const first = times[0];
  const last = times.at(-1);
  // Between two of them there is a time; one alone is neither early nor late.
  if (slowest === undefined && times.length < 2)
    return {
      ok: undefined,
      expected,
      seen: `${counted(times.length, "beat")}: too few to be too many`,
      windows: [window("expected", what, from, view.lastAt)],
    };
  if (first === undefined || last === undefined)
    return {
      ok: false,
      expected,
      seen: "not one",
      windows: [window("expected", what, from, view.lastAt)],
      missNs: view.lastAt - from,
    };
  const windows = [window("expected", what, first, Math.max(last, from))];
  if (times.length <= args.beats && fastest === undefined)
    return {
      ok: false,
      expected,
      seen: `only ${counted(times.length - 1, "beat")} after the first, in ${ms(view.lastAt - first)}`,
      windows: [window("expected", what, first, view.lastAt)],
      // The next beat was due so long ago.
      missNs: view.lastAt - first - times.length * ns(slowest ?? 0),
    };
  const period = slope(times);
  const seen = `${counted(times.length - 1, "beat")}, every ${(period / 1e6).toFixed(1)} ms on average`;
  const lag = view.lag(first, last);
  const lateFor = (beat: number): number =>
    Math.min(beat, LATE_BEATS) * ns(view.tolerance.lateMs) + lag;
  // Had we seen the first one late, all others would look early.
  const early = view.earlyAfterSeen(first);
  for (const [beat, at] of times.entries()) {
    const tooLate = slowest === undefined ? 0 : at - (first + beat * ns(slowest) + lateFor(beat));
    const tooSoon = fastest === undefined ? 0 : first + beat * ns(fastest) - early - at;
    if (tooLate <= 0 && tooSoon <= 0) continue;
    return {
      ok: false,
      expected,
      seen: `${seen}; beat ${beat} came ${ms(at - first)} after the first`,
      windows,
      missNs: Math.max(tooLate, tooSoon),
    };
  }
  const tooSlow = slowest !== undefined && period > ns(slowest) * (1 + SLOPE_ALLOWANCE);
  const tooFast = fastest !== undefined && period < ns(fastest) * (1 - SLOPE_ALLOWANCE);
  return { ok: times.length > 1 && !tooSlow && !tooFast, expected, seen, windows };
}

export function judgeGaps(view: TraceView, args: CheckKinds["gaps"]): Finding {
  const { unitMs } = view.trace;
  const longest = args.longest === undefined ? undefined : parseTime(args.longest, unitMs);
  const shortest = args.shortest === undefined ? undefined : parseTime(args.shortest, unitMs);
  const what = describeMatch(args.match, unitMs);
  const bounds = [
    ...(longest === undefined ? [] : [`at most ${longest} ms (+${view.tolerance.lateMs})`]),
    ...(shortest === undefined ? [] : [`at least ${shortest} ms (-${view.tolerance.earlyMs})`]),
  ].join(" and ");
  const expected = `${bounds} from ${what} to the next, ${args.at_least} or more of them`;
  const stretch = resolve(view, args);
  if (typeof stretch === "string") return notReached(stretch, expected);
  const { from, to } = stretch;
  const windows = [window("expected", what, from, to)];
  const times = view
    .received(from, to)
    .filter((event) => matches(event.frame, args.match, unitMs))
    .map((event) => event.atNs);
  if (times.length < args.at_least)
    return { ok: false, expected, seen: counted(times.length, "frame"), windows };
  const gaps = gapsOf(times);
  const greatest = Math.max(...gaps);
  const least = Math.min(...gaps);
  const ok =
    (longest === undefined || greatest <= ns(longest) + view.late(from, to)) &&
    (shortest === undefined ||
      gaps.every(
        (gap, index) => gap >= ns(shortest) - view.earlyAfterSeen(times[index] as number),
      ));
  return {
    ok,
    expected,
    seen: `${counted(times.length, "frame")}, ${ms(least)} to ${ms(greatest)} apart`,
    windows,
  };
}

export function judgeSpread(view: TraceView, args: CheckKinds["spread"]): Finding {
  const { unitMs } = view.trace;
  const what = describeMatch(args.match, unitMs);
  const atLeast = parseTime(args.at_least, unitMs);
  const expected = `gaps between ${what} and the next that differ by ${atLeast} ms or more`;
  const from = view.moment(args.from);
  if (from === undefined) return notReached(args.from, expected);
  const times = timesOf(view, args.match, from, args.beats + 1);
  const windows = [window("expected", what, from, times.at(-1) ?? view.lastAt)];
  if (times.length <= args.beats)
    return { ok: false, expected, seen: `only ${counted(times.length, "beat")}`, windows };
  const late = times.map((at) => view.seenLate(at));
  const gaps = gapsOf(times);
  // Our own lag spreads beats apart that were not: it must not be taken for theirs.
  const longest = Math.max(...gaps.map((gap, index) => gap - (late[index + 1] as number)));
  const shortest = Math.min(...gaps.map((gap, index) => gap + (late[index] as number)));
  const range = longest - shortest;
  return { ok: range >= ns(atLeast), expected, seen: `they differ by ${ms(range)}`, windows };
}

function timesOf(
  view: TraceView,
  match: CheckKinds["cadence"]["match"],
  from: number,
  count: number,
): number[] {
  return view
    .received(from)
    .filter((event) => matches(event.frame, match, view.trace.unitMs))
    .slice(0, count)
    .map((event) => event.atNs);
}

function gapsOf(times: readonly number[]): number[] {
  return times.slice(1).map((at, index) => at - (times[index] as number));
}

/** The least-squares slope of the times over their index: the mean period. */
function slope(times: readonly number[]): number {
  const meanIndex = (times.length - 1) / 2;
  const meanTime = times.reduce((sum, at) => sum + at, 0) / times.length;
  let product = 0;
  let square = 0;
  for (const [index, at] of times.entries()) {
    product += (index - meanIndex) * (at - meanTime);
    square += (index - meanIndex) ** 2;
  }
  return square === 0 ? 0 : product / square;
}
