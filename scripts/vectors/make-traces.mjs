// Scripts of traces to traces: the SDK's state machine plays each twice, with little jitter and with
// much, and what differs becomes windows: those of the protocol, which are wider than the SDK's.
import { play } from "../../conformance/dist/vectors/play.js";
import { readFrame, writeFrame } from "../../conformance/dist/vectors/sdk-frames.js";
import { SdkMachine } from "../../conformance/dist/vectors/sdk-machine.js";
import { fromHex, toHex } from "../../conformance/dist/wire/hex.js";

/**
 * @import { FrameJson, InputStep, Output, OutputStep, Trace } from "../../conformance/src/vectors/model.ts"
 * @import { Played } from "../../conformance/src/vectors/play.ts"
 * @import { ScriptInput, TraceScript } from "./script.mjs"
 */

/** What the random source says for a beat as soon as the SDK sends one, and for one after E or nearly. */
const EXTREMES = [0, 1.25];
/** The SDK sends on a grid, and leaves the last to late timers; the protocol allows all of it [PW-SND-4, PW-SND-3]. */
const SOONEST = 0.75;

/**
 * @param {readonly TraceScript[]} scripts
 * @returns {Trace[]}
 */
export function makeTraces(scripts) {
  /** @type {string[]} */
  const problems = [];
  const traces = scripts.flatMap((script) => {
    try {
      return makeTrace(script);
    } catch (error) {
      problems.push(`${script.name}: ${error instanceof Error ? error.message : error}`);
      return [];
    }
  });
  if (problems.length > 0) throw new Error(`no trace comes of\n${problems.join("\n")}`);
  return traces;
}

/**
 * @param {TraceScript} script
 * @returns {Trace}
 */
function makeTrace({ name, title, clauses, needs, config, inputs, until, keep }) {
  /** @type {InputStep[]} */
  const steps = [{ at: 0, in: "open" }, ...inputs.map(([at, input]) => inputStep(at, input))];
  const [early = [], late = []] = EXTREMES.map((extreme) => {
    const machine = new TimedMachine(config, () => extreme);
    const played = play({ steps, until }, machine);
    refuseCoincidence(steps, until, machine.timeouts);
    return played.map((output) => ({ ...output, ...bounds(output, played, steps, machine) }));
  });
  const outputs = zip(early, late, keep, config.always_beat === true);
  refuseUnclear(steps, until, outputs);
  return {
    name,
    title,
    clauses,
    ...(needs.length === 0 ? {} : { needs }),
    config,
    steps: merge(steps, outputs),
    until,
  };
}

/** Notes when timeouts were handled. */
class TimedMachine extends SdkMachine {
  /** @type {number[]} */
  timeouts = [];

  /**
   * @override
   * @param {number} now
   */
  handleTimeout(now) {
    this.timeouts.push(now);
    super.handleTimeout(now);
  }
}

/**
 * @param {number} at
 * @param {ScriptInput} input
 * @returns {InputStep}
 */
function inputStep(at, input) {
  if (input.in !== "receive") return { at, ...input };
  const { repeat } = input;
  const octets = input.frame === undefined ? fromHex(input.hex ?? "") : writeFrame(input.frame);
  const frame = readFrame(octets);
  return {
    at,
    in: "receive",
    hex: toHex(octets),
    ...(repeat === undefined ? {} : { repeat }),
    ...(frame === undefined ? {} : { frame }),
  };
}

/**
 * From when to when the protocol allows it, where that is not a matter of jitter: the end of a
 * blocked transport has as long again as it needs at least [PW-OUT-3].
 *
 * @param {Played} output
 * @param {readonly Played[]} played
 * @param {readonly InputStep[]} steps
 * @param {SdkMachine} machine
 */
function bounds(output, played, steps, machine) {
  if (output.out !== "end" || output.why !== "outbound-blocked") {
    return { from: output.at, to: output.at };
  }
  const accepted = [
    ...played.filter(({ out }) => out === "frame"),
    ...steps.filter((step) => step.in === "progress"),
  ].map(({ at }) => at);
  const last = Math.max(...accepted);
  return { from: last + machine.patienceMs, to: last + 2 * machine.patienceMs };
}

/**
 * @typedef {Played & { from: number, to: number }} Bounded
 * @param {readonly Bounded[]} early
 * @param {readonly Bounded[]} late
 * @param {readonly string[]} keep
 * @param {boolean} alwaysBeats Data does not take the place of a heartbeat [PW-SND-6].
 * @returns {OutputStep[]}
 */
function zip(early, late, keep, alwaysBeats) {
  const [one, other] = [early, late].map((run) => run.map((output) => bare(output, keep)));
  if (JSON.stringify(one) !== JSON.stringify(other)) {
    const lines = [early, late].map((run) =>
      run.map((each) => `\n  ${JSON.stringify(each)}`).join(""),
    );
    throw new Error(`what comes out depends on the jitter:${lines.join("\nor")}`);
  }
  /** When the last transmission was, at the earliest and at the latest. */
  let last = { from: 0, to: 0 };
  return early.map((output, index) => {
    let from = Math.min(output.from, late[index]?.from ?? 0);
    let to = Math.max(output.to, late[index]?.to ?? 0);
    if (output.out === "frame") {
      const { heartbeat, close } = output.frame;
      const period = heartbeat?.heartbeat_time_ms;
      if (output.at !== late[index]?.at && period !== undefined) {
        from = last.from + SOONEST * period;
        to = last.to + period;
      }
      if (heartbeat !== undefined || (close === undefined && !alwaysBeats)) last = { from, to };
    }
    return { at: from === to ? from : [from, to], ...bare(output, keep) };
  });
}

/**
 * The output without its time and without what is its sender's own business.
 *
 * @param {Bounded} bounded
 * @param {readonly string[]} keep
 * @returns {Output}
 */
function bare({ at, from, to, ...output }, keep) {
  if (output.out !== "frame") return output;
  const { heartbeat, close, ...frame } = output.frame;
  /** @type {(fields: object, names: readonly string[]) => object} */
  const only = (fields, names) =>
    Object.fromEntries(
      Object.entries(fields).filter(([name]) => names.includes(name) || keep.includes(name)),
    );
  /** @type {FrameJson} */
  const kept = {
    ...frame,
    ...(heartbeat && { heartbeat: only(heartbeat, ["heartbeat_time_ms", "reply_requested"]) }),
    ...(close && { close: only(close, ["code", "lowest_version"]) }),
  };
  return { out: "frame", frame: kept };
}

/**
 * Whether a timeout that is due at the moment of an input comes before it is not for a script to rest on.
 *
 * @param {readonly InputStep[]} steps
 * @param {number} until
 * @param {readonly number[]} timeouts
 */
function refuseCoincidence(steps, until, timeouts) {
  const moments = steps.filter((step) => step.in !== "continue").map(({ at }) => at);
  const both = timeouts.find((at) => at === until || moments.includes(at));
  if (both !== undefined) throw new Error(`a timeout is due at ${both}, the moment of an input`);
  for (const [index, at] of moments.entries()) {
    if (at < (moments[index - 1] ?? 0)) throw new Error(`${at} comes after what is later`);
  }
}

/**
 * @param {readonly InputStep[]} steps
 * @param {number} until
 * @param {readonly OutputStep[]} outputs
 */
function refuseUnclear(steps, until, outputs) {
  for (const { at } of outputs) {
    if (typeof at === "number") continue;
    const [from, to] = at;
    const within = [...steps.map((step) => step.at), until].find((t) => from <= t && t <= to);
    if (within !== undefined) throw new Error(`${within} lies in the window ${from} to ${to}`);
  }
}

/**
 * @param {readonly InputStep[]} inputs
 * @param {readonly OutputStep[]} outputs
 */
function merge(inputs, outputs) {
  /** @param {OutputStep} output */
  const first = ({ at }) => (typeof at === "number" ? at : at[0]);
  const rest = [...outputs];
  /** @type {(InputStep | OutputStep)[]} */
  const steps = [];
  for (const [index, input] of inputs.entries()) {
    steps.push(input);
    const next = inputs[index + 1]?.at ?? Infinity;
    while (rest[0] !== undefined && first(rest[0]) < next)
      steps.push(/** @type {OutputStep} */ (rest.shift()));
  }
  return steps;
}
