/**
 * The judge of a pair: a setup and a trace in, verdicts out.
 *
 * It is a pure function, and holds each side to the sentences of the protocol by the wire alone:
 * by what was read from it, and by what had been written to it when it acted.
 */
import { type Finding, verdictOf } from "../../judge/outcome.ts";
import { ms } from "../../judge/view.ts";
import type { CheckResult, Level } from "../../model.ts";
import { type PairSetup, type PairTrace, SIDES } from "../model.ts";
import {
  judgeCompression,
  judgeEchoes,
  judgeFrames,
  judgeSays,
  judgeSubprotocol,
} from "./content.ts";
import {
  judgeConnects,
  judgeDown,
  judgeGone,
  judgeGoodbye,
  judgeHeeds,
  judgeLetsGo,
  judgeSaysWhy,
  judgeStays,
  judgeTellsEnd,
} from "./ending.ts";
import { PairView, type SideView } from "./pair-view.ts";
import {
  judgeAnnounces,
  judgeAnswers,
  judgeCadence,
  judgeOpens,
  judgePace,
  judgePassive,
  judgeSuspects,
  judgeTimes,
} from "./sending.ts";

interface PairCheck {
  /** Permanent. */
  readonly id: string;
  readonly level: Level;
  readonly clauses: readonly string[];
  /** Undefined: it has no place in this run. */
  readonly judge: (side: SideView) => Finding | undefined;
}

const must = (id: string, clauses: readonly string[], judge: PairCheck["judge"]): PairCheck => ({
  id,
  level: "must",
  clauses,
  judge,
});

const should = (id: string, clauses: readonly string[], judge: PairCheck["judge"]): PairCheck => ({
  id,
  level: "should",
  clauses,
  judge,
});

/** Every check, which is made of both sides. */
export const PAIR_CHECKS: readonly PairCheck[] = [
  must("connects", ["PW-TCP-2", "PW-WS-8", "PW-GRPC-4"], judgeConnects),
  must("subprotocol", ["PW-WS-1", "PW-WS-2"], judgeSubprotocol),
  should("no-compression", ["PW-WS-5"], judgeCompression),
  must("opens", ["PW-SND-1", "PW-ADP-1"], judgeOpens),
  must("times", ["PW-HBT-1", "PW-ADP-2", "PW-ADP-3", "PW-ADP-5", "PW-ADP-6"], judgeTimes),
  must("announces", ["PW-ADP-2", "PW-SND-2"], judgeAnnounces),
  must("cadence", ["PW-SND-3", "PW-SND-7"], judgeCadence),
  should("pace", ["PW-SND-4"], judgePace),
  must("passive", ["PW-SND-9", "PW-ADP-8"], judgePassive),
  must("answers", ["PW-PRB-2", "PW-PRB-3"], judgeAnswers),
  must("suspects", ["PW-PRB-1"], judgeSuspects),
  must("says", ["PW-DAT-1", "PW-DAT-2", "PW-DAT-3"], judgeSays),
  must("echoes", ["PW-DAT-2", "PW-DAT-3"], judgeEchoes),
  must("frames", ["PW-FRM-1", "PW-FRM-2", "PW-HBT-2", "PW-CLS-2", "PW-LIM-6"], judgeFrames),
  must("stays", ["PW-LIV-3", "PW-LIV-4", "PW-LIV-8", "PW-LIV-10", "PW-CLK-2"], judgeStays),
  must("down", ["PW-LIV-3", "PW-LIV-5"], judgeDown),
  should("says-why", ["PW-LIV-6", "PW-CLS-1"], judgeSaysWhy),
  must("gone", ["PW-LIV-6"], judgeGone),
  should("goodbye", ["PW-CLS-1", "PW-CLS-10"], judgeGoodbye),
  must("lets-go", ["PW-TCP-6", "PW-WS-9", "PW-GRPC-6", "PW-MAP-1"], judgeLetsGo),
  must("heeds", ["PW-CLS-3", "PW-CLS-4"], judgeHeeds),
  { id: "tells-end", level: "info", clauses: ["PW-CLS-9"], judge: judgeTellsEnd },
];

/** All that can be said of one run. */
export function judgePair(setup: PairSetup, trace: PairTrace): CheckResult[] {
  const view = new PairView(setup, trace);
  return SIDES.flatMap((name) =>
    PAIR_CHECKS.flatMap(({ id, level, clauses, judge }) => {
      const finding = judge(view.side(name));
      if (finding === undefined) return [];
      const verdict = verdictOf(finding, level, view);
      const waited = view.starved(0, view.lastAt);
      const excuse =
        verdict === "inconclusive" && waited > 0
          ? `; the machine kept a peer waiting for up to ${ms(waited)}`
          : "";
      return {
        id: `${name}/${id}`,
        clauses,
        level,
        verdict,
        expected: finding.expected,
        seen: `${finding.seen}${excuse}`,
        ...(finding.windows === undefined ? {} : { windows: finding.windows }),
      };
    }),
  );
}
