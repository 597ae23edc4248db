/** Whether what was played is what a trace says: the rules of conformance/vectors/README.md. */
import { isDeepStrictEqual } from "node:util";
import type { FrameJson, OutputStep, Trace } from "../../src/vectors/model.ts";
import type { Played } from "../../src/vectors/play.ts";

/** Clocks are not all kept in the same unit. */
const HELD_TOLERANCE_US = 1000;

/** What is not as the trace says, in words; empty if all is. */
export function differences(trace: Pick<Trace, "steps">, played: readonly Played[]): string[] {
  const expected = trace.steps.filter((step) => "out" in step);
  const found: string[] = [];
  for (const list of ["frames", "events"] as const) {
    const ours = ({ out }: { readonly out: string }): boolean =>
      (out === "frame") === (list === "frames");
    const wanted = expected.filter(ours);
    const seen = played.filter(ours);
    for (let index = 0; index < Math.max(wanted.length, seen.length); index += 1) {
      const [want, saw] = [wanted[index], seen[index]];
      if (want !== undefined && saw !== undefined && isTimely(want, saw) && isAlike(want, saw))
        continue;
      found.push(
        `${list}[${index}]: expected ${JSON.stringify(want)}, seen ${JSON.stringify(saw)}`,
      );
    }
  }
  return found;
}

function isTimely({ at }: OutputStep, saw: Played): boolean {
  const [from, to] = typeof at === "number" ? [at, at] : at;
  return from <= saw.at && saw.at <= to;
}

function isAlike({ at: _, ...want }: OutputStep, { at: __, ...saw }: Played): boolean {
  if (want.out !== "frame" || saw.out !== "frame") return isDeepStrictEqual(want, saw);
  return isAlikeFrame(want.frame, saw.frame);
}

function isAlikeFrame(want: FrameJson, saw: FrameJson): boolean {
  const { heartbeat: beat, close, ...frame } = want;
  const { heartbeat: sawBeat, close: sawClose, ...sawFrame } = saw;
  return (
    isDeepStrictEqual(frame, sawFrame) &&
    hasFields(beat, sawBeat, ["heartbeat_time_ms", "reply_requested"]) &&
    hasFields(close, sawClose, ["code"])
  );
}

/** The named fields are the same, absence included; others where they are wanted. */
function hasFields(want: object | undefined, saw: object | undefined, names: string[]): boolean {
  if (want === undefined || saw === undefined) return want === saw;
  const [wanted, seen] = [new Map(Object.entries(want)), new Map(Object.entries(saw))];
  return [...names, ...wanted.keys()].every((name) => {
    if (name !== "held_us") return wanted.get(name) === seen.get(name);
    return Math.abs(wanted.get(name) - seen.get(name)) <= HELD_TOLERANCE_US;
  });
}
