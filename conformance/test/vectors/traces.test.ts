import { describe, expect, test } from "vitest";
import type { InputStep, OutputStep, Trace } from "../../src/vectors/model.ts";
import { play } from "../../src/vectors/play.ts";
import { SdkMachine } from "../../src/vectors/sdk-machine.ts";
import { differences } from "./compare.ts";
import { traces } from "./load.ts";
import { beyondReference, ReferenceMachine } from "./reference-machine.ts";

/** The random source at its least, in the middle, and at its greatest. */
const JITTERS = [0, 0.5, 1 - 2 ** -53];

describe.each(JITTERS)("traces, with jitter %d", (jitter) => {
  describe("by the SDK", () => {
    test.each(traces)("$name", (trace) => {
      const played = play(trace, new SdkMachine(trace.config, () => jitter));
      expect(differences(trace, played)).toEqual([]);
    });
  });

  describe("by the reference", () => {
    for (const trace of traces) {
      test.skipIf(beyondReference(trace) !== undefined)(trace.name, () => {
        const played = play(trace, new ReferenceMachine(trace.config, () => jitter));
        expect(differences(trace, played)).toEqual([]);
      });
    }
  });
});

describe("a trace that was altered is found", () => {
  test.each(traces)("$name", (trace) => {
    const played = play(trace, new SdkMachine(trace.config, () => 0.5));
    for (const altered of alterations(trace)) {
      expect(differences(altered, played), JSON.stringify(altered.steps)).not.toEqual([]);
    }
  });
});

/** The trace without each of its outputs, with each of them later or earlier, and with one too many. */
function alterations(trace: Trace): Trace[] {
  const { steps } = trace;
  const outputs = steps.filter((step) => "out" in step);
  const extra: OutputStep = { at: trace.until, out: "message", data_hex: "00" };
  const replaced = (old: OutputStep, now: readonly OutputStep[]): (InputStep | OutputStep)[] =>
    steps.flatMap<InputStep | OutputStep>((step) => (step === old ? now : [step]));
  const altered: (InputStep | OutputStep)[][] = [
    [...steps, extra],
    ...outputs.flatMap((output) => [
      replaced(output, []),
      replaced(output, [{ ...output, at: last(output) + 1 }]),
      replaced(output, [{ ...output, at: first(output) - 1 }]),
      replaced(output, [otherwise(output)]),
    ]),
  ];
  return altered.map((changed) => ({ ...trace, steps: changed }));
}

function first({ at }: OutputStep): number {
  return typeof at === "number" ? at : at[0];
}

function last({ at }: OutputStep): number {
  return typeof at === "number" ? at : at[1];
}

/** The same output with something else in it. */
function otherwise(output: OutputStep): OutputStep {
  switch (output.out) {
    case "message":
      return { ...output, data_hex: `${output.data_hex}00` };
    case "end":
      return { ...output, why: output.why === "peer-closed" ? "peer-silent" : "peer-closed" };
    case "frame":
      return { ...output, frame: { ...output.frame, version: 2 } };
  }
}
