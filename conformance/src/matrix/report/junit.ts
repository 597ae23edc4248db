/** The matrix as JUnit XML: a test suite for each ordered pair, a test for each run. */

import type { Verdict } from "../../model.ts";
import { clausesById, levelWord } from "../../report/evidence.ts";
import { groupBy } from "../../report/group.ts";
import { junitXml, type Outcome, type TestCase, type TestSuite } from "../../report/junit-xml.ts";
import { needsAttention } from "../../report/verdicts.ts";
import type { MatrixReport, PairResult } from "../model.ts";

/** What was not shown must not look green. */
const OUTCOMES: Readonly<Record<Verdict, Outcome>> = {
  pass: "passed",
  info: "passed",
  warn: "passed",
  fail: "failure",
  untestable: "failure",
  error: "error",
  inconclusive: "error",
  na: "skipped",
};

export function renderMatrixJunit(report: MatrixReport): string {
  const pairs = groupBy(report.results, ({ dialer, listener }) => `${dialer}, ${listener}`);
  const suites = [...pairs.values()].map((results): TestSuite => {
    const [{ dialer, listener }] = results;
    return {
      name: `${dialer} dials ${listener}`,
      tests: results.map((result) => toTest(report, result)),
    };
  });
  const peers = report.peers.filter(({ leftOut }) => leftOut !== undefined);
  const all = [...wholeRun(report), ...suites, ...leftOutSuite(peers)];
  const { environment, tolerance } = report;
  return junitXml(all, {
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: {
      suite: report.suiteVersion,
      unitMs: String(report.unitMs),
      toleranceMs: `-${tolerance.earlyMs}/+${tolerance.lateMs}`,
      platform: environment.platform,
      node: environment.node,
    },
  });
}

/** A run that ended early or judged nobody must not look green either. */
function wholeRun({ problem, results, durationMs, command }: MatrixReport): TestSuite[] {
  if (problem === undefined && results.length > 0) return [];
  const message = problem ?? "nothing was run";
  const test: TestCase = {
    name: "run",
    classname: "pulsewire.matrix",
    seconds: durationMs / 1000,
    outcome: "error",
    type: "run",
    message,
    body: `${message}\n\nagain: ${command}`,
  };
  return [{ name: "run", tests: [test] }];
}

/** Who takes no part is skipped, with what to do about it. */
function leftOutSuite(peers: MatrixReport["peers"]): TestSuite[] {
  if (peers.length === 0) return [];
  const tests = peers.map(
    ({ name, leftOut }): TestCase => ({
      name,
      classname: "pulsewire.peers",
      seconds: 0,
      outcome: "skipped",
      type: "na",
      message: [leftOut?.why, leftOut?.advice].filter(Boolean).join("; "),
      body: "",
    }),
  );
  return [{ name: "left out", tests }];
}

function toTest(report: MatrixReport, result: PairResult): TestCase {
  const { verdict, reason, checks, transport, configuration, fault } = result;
  const bad = checks.filter((check) => needsAttention(check.verdict));
  const clauses = clausesById(report);
  const told = bad.flatMap((check) => [
    `${check.verdict.toUpperCase()} ${check.id}, ${result[check.id.startsWith("dialer") ? "dialer" : "listener"]}`,
    ...check.clauses.map((id) => {
      const sentence = clauses.get(id)?.sentence;
      return `${levelWord(sentence, check.level)} ${id} "${sentence ?? ""}"`;
    }),
    `expected: ${check.expected}`,
    `seen: ${check.seen}`,
    "",
  ]);
  const body = [...(reason === undefined ? [] : [reason, ""]), ...told, `again: ${result.repro}`];
  return {
    name: `${transport} ${configuration} ${fault}`,
    classname: `pulsewire.${result.dialer}.${result.listener}.${transport}`,
    seconds: result.durationMs / 1000,
    outcome: OUTCOMES[verdict],
    type: verdict,
    message: reason ?? bad[0]?.seen ?? verdict,
    body: needsAttention(verdict) ? body.join("\n") : "",
  };
}
