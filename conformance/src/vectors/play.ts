/** Plays the inputs of a trace on a state machine, in virtual time: the rules of conformance/vectors/README.md. */
import type { Input, InputStep, Output, Trace } from "./model.ts";

/** A state machine behind the words of the vectors. */
export interface Machine {
  /** When {@link handleTimeout} wants to be called; undefined for never. */
  nextTimeout(): number | undefined;
  handleTimeout(now: number): void;
  /** Never `stop` nor `continue`: that is the player's affair. */
  handle(input: Input, now: number): void;
  /** Takes what it wants done, in order; no frames while the transport is blocked. */
  takeOutputs(now: number): Output[];
}

/** What came out, and when. */
export type Played = { readonly at: number } & Output;

/** More timeouts between two inputs than any trace has, in a machine that always wants to be called. */
const MOST_TIMEOUTS = 10_000;

export function play(trace: Pick<Trace, "steps" | "until">, machine: Machine): Played[] {
  const played: Played[] = [];
  let now = 0;
  /** What arrives while the process stands still; undefined while it runs. */
  let waiting: InputStep[] | undefined;

  const collect = (): void => {
    for (const output of machine.takeOutputs(now)) played.push({ at: now, ...output });
  };
  const handle = (input: InputStep): void => {
    const times = input.in === "receive" ? (input.repeat ?? 1) : 1;
    for (let i = 0; i < times; i += 1) {
      machine.handle(input, now);
      collect();
    }
  };
  const dueBy = (time: number): boolean => (machine.nextTimeout() ?? Infinity) <= time;
  const runTo = (time: number): void => {
    for (let turns = 0; dueBy(time); turns += 1) {
      if (turns > MOST_TIMEOUTS) throw new Error(`it always wants to be called at ${now}`);
      now = Math.max(now, machine.nextTimeout() ?? now);
      machine.handleTimeout(now);
      collect();
    }
    now = time;
  };

  for (const step of trace.steps) {
    if (!("in" in step)) continue;
    if (waiting === undefined) runTo(step.at);
    now = step.at;
    if (step.in === "stop") {
      waiting = [];
    } else if (step.in === "continue") {
      // What arrived meanwhile is read before anything is judged [PW-CLK-2].
      for (const arrived of waiting ?? []) handle(arrived);
      waiting = undefined;
      if (dueBy(now)) machine.handleTimeout(now);
      collect();
    } else if (waiting === undefined) {
      handle(step);
    } else {
      waiting.push(step);
    }
  }
  runTo(trace.until);
  return played;
}
