import type { CaseResult, Report } from "../model.ts";
import {
  badChecks,
  besideFirst,
  checkName,
  clausesById,
  endingWords,
  levelWord,
} from "./evidence.ts";
import { junitXml, type Outcome, type TestCase, type TestSuite } from "./junit-xml.ts";
import { type Binding, bindingKey, bindingsOf, roleWords } from "./layout.ts";
import { standingOf } from "./standing.ts";
import { textTimeline } from "./text/timeline.ts";
import { needsAttention } from "./verdicts.ts";

const TIMELINE_WIDTH = 100;

/**
 * Renders a run as JUnit XML: a test suite for each transport and role, a test for each case.
 *
 * | verdict | becomes |
 * | --- | --- |
 * | pass, info | a test that passes |
 * | warn | a test that passes, with the warning in its system-out |
 * | fail, untestable | `failure` |
 * | error | `error` |
 * | inconclusive | `error`: nothing was shown, and what was not shown must not look green |
 * | na | `skipped`, with the reason |
 * | anything bad that a baseline expects | `skipped`, with what it expects |
 * | anything bad that is not scored | `skipped`, with what was seen |
 * | well after it was run again | a test that passes, with the attempts in its system-out |
 *
 * A run that ended early or has no results has a test "run" with an `error`, for the same reason.
 */
export function renderJunit(report: Report): string {
  const suites = bindingsOf(report).map((binding) => bindingSuite(report, binding));
  if (report.problem !== undefined || report.results.length === 0) suites.unshift(runSuite(report));

  const { testee, environment, tolerance } = report;
  return junitXml(suites, {
    startedAt: report.startedAt,
    durationMs: report.durationMs,
    properties: {
      testee: testee === undefined ? "unknown" : `${testee.name} ${testee.version}`,
      suite: report.suiteVersion,
      unitMs: String(report.unitMs),
      toleranceMs: `-${tolerance.earlyMs}/+${tolerance.lateMs}`,
      platform: environment.platform,
      node: environment.node,
    },
  });
}

function bindingSuite(report: Report, binding: Binding): TestSuite {
  const key = bindingKey(binding);
  const results = report.results.filter((result) => bindingKey(result) === key);
  return {
    name: `${binding.transport}, ${roleWords(binding.role)}`,
    tests: results.map((result) => toTest(report, result)),
  };
}

function runSuite(report: Report): TestSuite {
  const message = report.problem ?? "no case ran";
  return {
    name: "run",
    tests: [
      {
        name: "run",
        classname: "pulsewire.run",
        seconds: report.durationMs / 1000,
        outcome: "error",
        type: "run",
        message,
        body: `${message}\n\nagain: ${report.command}`,
      },
    ],
  };
}

function toTest(report: Report, result: CaseResult): TestCase {
  const [worst] = badChecks(result);
  const seen = result.reason ?? worst?.seen ?? result.verdict;
  return {
    name: `${result.caseId} ${result.title}`,
    classname: `pulsewire.${result.transport}.${result.role}.${result.family}`,
    seconds: result.durationMs / 1000,
    outcome: outcomeOf(result),
    type: result.verdict,
    message: excuseOf(result, seen) ?? seen,
    body: needsAttention(result.verdict) ? bodyOf(report, result) : attemptsOf(result),
  };
}

/** Why something bad does not make the run red, if it does not. */
function excuseOf(result: CaseResult, seen: string): string | undefined {
  const { expectation } = result;
  switch (standingOf(result)) {
    case "counts":
      return undefined;
    case "unscored":
      return `not scored: ${seen}`;
    case "expected":
      return `expected (${expectation?.status}, until ${expectation?.expires}, ${expectation?.issue}): ${seen}`;
  }
}

function attemptsOf({ attempts, setAside = [] }: CaseResult): string {
  if (attempts <= 1) return "";
  const lines = setAside.map(
    ({ maxLagMs, checks }) =>
      `set aside, the suite was up to ${maxLagMs.toFixed(1)} ms late: ` +
      checks.map(({ id, seen }) => `${id}: ${seen}`).join("; "),
  );
  return [`${attempts} attempts, because this machine was late`, ...lines].join("\n");
}

function outcomeOf(result: CaseResult): Outcome {
  if (needsAttention(result.verdict) && standingOf(result) !== "counts") return "skipped";
  switch (result.verdict) {
    case "pass":
    case "info":
    case "warn":
      return "passed";
    case "fail":
    case "untestable":
      return "failure";
    case "error":
    case "inconclusive":
      return "error";
    case "na":
      return "skipped";
  }
}

function bodyOf(report: Report, result: CaseResult): string {
  const clauses = clausesById(report);
  const checks = badChecks(result);
  const { others, notReached } = besideFirst(checks);
  const lines = [...checks.slice(0, 1), ...others].flatMap((check) => [
    `${check.verdict.toUpperCase()} ${checkName(check)}`,
    ...check.clauses.map(
      (id) =>
        `${levelWord(clauses.get(id)?.sentence, check.level)} ${id} "${clauses.get(id)?.sentence ?? ""}"`,
    ),
    `expected: ${check.expected}`,
    `seen: ${check.seen}`,
    "",
  ]);
  const windows = checks.find((check) => check.windows !== undefined)?.windows;
  const timeline = textTimeline(result.trace, TIMELINE_WIDTH, windows);
  return [
    ...(result.reason === undefined ? [] : [result.reason, ""]),
    ...lines,
    ...(notReached === undefined ? [] : [notReached, ""]),
    ...timeline,
    ...(timeline.length === 0 ? [] : [""]),
    `${endingWords(result)}, attempts: ${result.attempts}, harness lag at most ${result.maxLagMs} ms`,
    `again: ${result.repro}`,
  ].join("\n");
}
