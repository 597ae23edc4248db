import type { Report, Verdict } from "../model.ts";
import { resultsThatCount } from "./standing.ts";
import { plural } from "./verdicts.ts";

/** Whether the run as a whole is good, needs a second look, or is bad. */
export type Tone = "good" | "unsure" | "bad";

/** The verdict on the whole run, in words. */
export interface Headline {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  /** What may help where a run came to no verdict; empty where it did. */
  readonly advice: readonly string[];
}

/** Says what the run came to: by its exit code, which the runner has decided. */
export function headlineOf(report: Report): Headline {
  return { ...wordsFor(report), advice: adviceFor(report) };
}

/** Where a testee can be at fault before a single frame is sent. */
const CONTRACT_ADVICE: readonly string[] = [
  '"pulsewire-conformance check-shim --testee <command>" tries the contract step by step, and shows what the testee writes to standard error.',
  'Start the testee by hand and write it one line: {"id": 1, "cmd": "hello", "contract": 1, "suite": "0"}. One line of JSON has to come back.',
  "Logs belong to standard error: every line on standard output has to be one of the contract.",
  "The contract is in docs/conformance.md, and what is checked in conformance/schema/testee.schema.json.",
];

/** Where there is no hello to look at. */
const UNSUITED_ADVICE: readonly string[] = [
  "Each case says beside it what it takes: start the peer so, or use a testee that keeps the control contract.",
];

function adviceFor({ exitCode, problem = "", by }: Report): readonly string[] {
  // Without a control contract the problem itself says what to do.
  if (by !== undefined && exitCode === 3) return UNSUITED_ADVICE;
  if (by !== undefined && exitCode === 4) return [];
  switch (exitCode) {
    case 2:
      return [
        "Close what else runs on this machine, and run what is inconclusive again.",
        "A larger --unit makes every time in a case longer, so that a busy machine matters less.",
      ];
    case 3:
      return [
        "Look at what the testee claims in its hello: transports, roles and features.",
        'Look at --transport, --role and --case: "list" shows what there is.',
      ];
    case 4:
      return /\b12[67]\b|ENOENT/.test(problem)
        ? [
            "The shell did not find the program, or may not run it: --testee takes a command line, as you would type it here.",
            ...CONTRACT_ADVICE,
          ]
        : CONTRACT_ADVICE;
    default:
      return [];
  }
}

function wordsFor(report: Report): Omit<Headline, "advice"> {
  const counts = tally(report);
  const counted = resultsThatCount(report);
  // What did not apply was not looked at, and shows nothing.
  const total = plural(counted.length - (report.exitCode === 3 ? 0 : counts.na), "result");
  switch (report.exitCode) {
    case 0:
      return {
        tone: "good",
        title: "Conforms",
        detail:
          counts.warn === 0
            ? `No MUST and no SHOULD was seen broken in ${total}.`
            : `No MUST was seen broken in ${total}; ${plural(counts.warn, "warning")} for a SHOULD.`,
      };
    case 1:
      return { tone: "bad", title: "Does not conform", detail: failureDetail(report, total) };
    case 2:
      return {
        tone: "unsure",
        title: "Inconclusive",
        detail: `This machine was too busy to judge ${counts.inconclusive} of ${total}: run them again.`,
      };
    case 3:
      return {
        tone: "unsure",
        title: "Nothing was judged",
        detail:
          counted.length === 0
            ? "No case was run."
            : `Nothing of what was chosen applies to this testee: none of ${total} came to a check.`,
      };
    case 4:
      if (report.by === "wire")
        return {
          tone: "bad",
          title: "There was no peer to judge",
          detail: "This says nothing of the protocol: see the problem.",
        };
      return {
        tone: "bad",
        title: "The testee broke its contract",
        detail:
          "This says nothing of the protocol: the control channel, by which the suite drives the testee, failed.",
      };
    case 129:
    case 130:
    case 143:
      return {
        tone: "unsure",
        title: "Broken off",
        detail: `The run was interrupted: this is what was known by then, of ${total}.`,
      };
    case 70:
      return {
        tone: "bad",
        title: "The harness has a bug",
        detail: "Trust none of this, and report it.",
      };
  }
}

function failureDetail(report: Report, total: string): string {
  const failed = resultsThatCount(report).filter(
    ({ verdict }) => verdict === "fail" || verdict === "untestable",
  );
  const problems = report.baseline?.problems.length ?? 0;
  const stale = `${plural(problems, "entry")} of the baseline no longer hold${problems === 1 ? "s" : ""}.`;
  if (failed.length === 0) return problems > 0 ? stale : "A MUST was seen broken.";
  const cases = new Set(failed.map(({ caseId }) => caseId)).size;
  const told = `${plural(cases, "case")} failed, in ${failed.length} of ${total}.`;
  return problems > 0 ? `${told} ${stale}` : told;
}

/** How many of the results that count have each verdict. */
export function tally(report: Report): Readonly<Record<Verdict, number>> {
  const counts: Record<Verdict, number> = {
    pass: 0,
    fail: 0,
    warn: 0,
    info: 0,
    na: 0,
    untestable: 0,
    inconclusive: 0,
    error: 0,
  };
  for (const result of resultsThatCount(report)) counts[result.verdict] += 1;
  return counts;
}
