/** What the harness does in the course of a run, and for how long it looks on. Times in units from the opening. */
import type { Sending } from "../testee/contract.ts";
import { type Disturbance, disturbanceOf, type PairSetup } from "./model.ts";

export interface Action {
  readonly at: number;
  readonly does:
    | { readonly kind: "say"; readonly messages: readonly Sending[] }
    | { readonly kind: "fault" }
    | { readonly kind: "close" };
}

export interface Script {
  readonly actions: readonly Action[];
  /** How long to look on after the last action, unless both sides have let go before. */
  readonly watch: number;
}

/** When things happen in a run that nothing disturbs: between messages there is room for heartbeats. */
const FIRST_WORDS = 0.5;
const LARGE_MESSAGE = 5.5;
const LAST_WORDS = 8.5;
const GOODBYE = 10;
/** A fault comes in the middle of it. */
const FAULT = 5;
/** Four to the deadline, and what there is to see after it. */
const HOLE_WATCH = 7;
/** Two seconds [PW-CLS-8], in units of the usual length; a larger unit only waits longer than it need. */
const LINGER = 10;
/** More than one frame may hold [PW-DAT-4]. */
const LARGE_BYTES = 100_000;

/** How long a process is stopped, or kept busy, in units: with E and slack of two each, four is the deadline. */
export const DISTURBED_FOR: Readonly<Record<Exclude<Disturbance, "kill">, number>> = {
  // With the longest gap between two heartbeats before it, still below the deadline.
  "stop-short": 1.5,
  "stop-long": 8,
  collect: 6,
};

/** @param phase in [0, 1): so much of a unit later the fault comes, to meet the heartbeats at any moment. */
export function scriptFor(setup: PairSetup, name: string, phase: number): Script {
  const { fault } = setup;
  let said = 0;
  const words = (): Sending => {
    said += 1;
    return { text: `${name} ${said}` };
  };
  const first: Action = { at: FIRST_WORDS, does: { kind: "say", messages: [words(), words()] } };
  const close: Action = { at: GOODBYE, does: { kind: "close" } };
  const disturbance = disturbanceOf(fault)?.kind;
  if (disturbance !== undefined)
    return {
      actions: [
        first,
        { at: FAULT - 1, does: { kind: "fault" } },
        ...(disturbance === "kill" ? [] : [{ ...close, at: FAULT + 3 }]),
      ],
      watch: 2,
    };
  switch (fault) {
    case "none":
    case "delay":
    case "slices": {
      const large: Action = {
        at: LARGE_MESSAGE,
        // Octet by octet it would take as long as everything else; and with a latency HTTP/2 holds
        // back what its window has no room for, which no side can help.
        does: { kind: "say", messages: fault === "none" ? [{ bytes: LARGE_BYTES }] : [words()] },
      };
      const last: Action = { at: LAST_WORDS, does: { kind: "say", messages: [words()] } };
      return { actions: [first, large, last, close], watch: 2.5 };
    }
    default: {
      const middle: Action = { at: FAULT - 1.5, does: { kind: "say", messages: [words()] } };
      const strike: Action = { at: FAULT + phase, does: { kind: "fault" } };
      return {
        actions: [first, middle, strike],
        watch: fault === "reset" ? 1.5 : watchHole(setup),
      };
    }
  }
}

/** Until those who have a deadline have acted on it, and let go of the transport. */
function watchHole({ transport, configuration }: PairSetup): number {
  const isJudged = configuration === "both" || configuration === "one-passive";
  // A server may wait for its client with the status of the call [PW-GRPC-6].
  return isJudged && transport === "grpc" ? HOLE_WATCH + LINGER : HOLE_WATCH;
}
