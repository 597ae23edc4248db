/** A baseline: what is expected makes no run red, and what no longer holds does. */
import { describe, expect, test } from "vitest";
import { loadCases } from "../src/cases/load.ts";
import type { BaselineProblem, CaseResult, CheckResult, Report, Verdict } from "../src/model.ts";
import { runSuite } from "../src/runner/run-suite.ts";
import { exitCodeOf } from "../src/runner/verdicts.ts";
import { applyBaseline } from "../src/scoring/apply-baseline.ts";
import { BaselineError, EMPTY_BASELINE, parseBaseline } from "../src/scoring/baseline.ts";
import { updateBaseline } from "../src/scoring/update-baseline.ts";
import { referenceSource } from "./support/in-process.ts";

const catalogue = loadCases();
const TODAY = "2026-06-01";
const SEEN = "heartbeat 600 ms after 412 ms";

const ENTRY = {
  status: "fail",
  issue: "https://example.org/7",
  expires: "2026-12-31",
};

function yaml(entries: readonly Readonly<Record<string, string>>[]): string {
  const lines = entries.map((entry) => {
    const keys = Object.entries({ ...ENTRY, ...entry });
    return `  - ${keys.map(([key, value]) => `${key}: ${JSON.stringify(value)}`).join("\n    ")}\n`;
  });
  return `baseline: 1\nexpected:\n${lines.join("")}`;
}

function check(id: string, verdict: Verdict, seen = SEEN): CheckResult {
  return { id, clauses: [], level: "must", verdict, expected: "", seen };
}

function result(caseId: string, verdict: Verdict, changes: Partial<CaseResult> = {}): CaseResult {
  const place = { transport: "tcp", role: "dial" } as const;
  return {
    caseId,
    title: "",
    family: catalogue.find(({ id }) => id === caseId)?.family ?? "",
    ...place,
    verdict,
    ending: "open",
    checks: [check(`${caseId}/announces`, verdict), check(`${caseId}/wire`, "pass")],
    durationMs: 1,
    attempts: 1,
    maxLagMs: 0,
    trace: { caseId, ...place, unitMs: 200, events: [] },
    stderr: "",
    repro: "",
    ...changes,
  };
}

/** What a baseline makes of results. */
function laid(
  entries: readonly Readonly<Record<string, string>>[],
  results: readonly CaseResult[],
): {
  results: CaseResult[];
  problems: readonly BaselineProblem[];
  exitCode: Report["exitCode"];
} {
  const baseline = parseBaseline(yaml(entries), "expected.yaml");
  const { results: after, outcome } = applyBaseline(baseline, results, catalogue, TODAY);
  const { problems } = outcome;
  const trouble = { testeeBroke: false, harnessBug: false, baselineBroke: problems.length > 0 };
  return { results: after, problems, exitCode: exitCodeOf(after, trouble) };
}

describe("an expected failure", () => {
  test.each<[string, Record<string, string>]>([
    ["by case", { case: "ADP-001" }],
    ["by check", { case: "ADP-001/announces" }],
    ["by pattern", { case: "ADP-*" }],
    ["by the pattern of a check", { case: "*/announces" }],
    ["by family", { case: "adopt" }],
    ["with what was seen", { case: "ADP-001", match: "600 ms" }],
    ["in its place", { case: "ADP-001", transport: "tcp", role: "dial" }],
  ])("%s makes no run red", (_, entry) => {
    const { results, problems, exitCode } = laid([entry], [result("ADP-001", "fail")]);
    expect(problems).toEqual([]);
    expect(exitCode).toBe(0);
    expect(results[0]?.verdict).toBe("fail");
    expect(results[0]?.expectation).toMatchObject({ status: "fail", issue: ENTRY.issue });
    expect(results[0]?.checks[0]?.expectation).toBeDefined();
    expect(results[0]?.checks[1]?.expectation).toBeUndefined();
  });

  test("says nothing of another check, or of another place", () => {
    const twice = result("ADP-001", "fail", {
      checks: [check("ADP-001/announces", "fail"), check("ADP-001/advertises", "fail")],
    });
    const { results, exitCode } = laid([{ case: "ADP-001/announces" }], [twice]);
    expect(results[0]?.expectation).toBeUndefined();
    expect(exitCode).toBe(1);
    expect(laid([{ case: "ADP-001", role: "listen" }], [result("ADP-001", "fail")]).exitCode).toBe(
      1,
    );
  });

  test("of all checks that are bad, one by one, is one of the case", () => {
    const twice = result("ADP-001", "fail", {
      checks: [check("ADP-001/announces", "fail"), check("ADP-001/advertises", "fail")],
    });
    const entries = [{ case: "ADP-001/announces" }, { case: "ADP-001/advertises" }];
    expect(laid(entries, [twice]).exitCode).toBe(0);
  });

  test("does not hide what fails beside it", () => {
    const results = [result("ADP-001", "fail"), result("ADP-002", "fail")];
    expect(laid([{ case: "ADP-001" }], results).exitCode).toBe(1);
  });

  test("that is inconclusive is neither expected nor stale", () => {
    const { problems, exitCode } = laid([{ case: "ADP-001" }], [result("ADP-001", "inconclusive")]);
    expect(problems).toEqual([]);
    expect(exitCode).toBe(2);
  });
});

describe("an entry that no longer holds makes the run red", () => {
  const pass = result("ADP-001", "pass");
  const fail = result("ADP-001", "fail");
  const elsewhere = result("ADP-001", "fail", { transport: "ws" });
  const many = Array.from({ length: 21 }, () => fail);

  test.each<[BaselineProblem["kind"], Record<string, string>, CaseResult[], RegExp]>([
    ["stale", { case: "ADP-001" }, [pass], /no longer bad on ADP-001 tcp dial: remove the entry/],
    ["stale", { case: "ADP-001" }, [pass, elsewhere], /name only what is \(on ADP-001 ws dial\)/],
    ["stale", { case: "ADP-001/announces" }, [pass], /remove the entry/],
    ["stale", { case: "ADP-*" }, [pass], /remove the entry/],
    ["stale", { case: "ADP-001", status: "crash" }, [pass], /remove the entry/],
    ["unknown", { case: "ADX-001" }, [fail], /correct it/],
    ["unknown", { case: "ADP-001/anounces" }, [fail], /correct it/],
    ["unknown", { case: "ADP-001/fence-9" }, [fail], /correct it/],
    ["mismatch", { case: "ADP-001", match: "no answer" }, [fail], /another way.*600 ms/],
    ["mismatch", { case: "ADP-001", status: "crash" }, [fail], /"status"/],
    ["mismatch", { case: "ADP-001" }, [result("ADP-001", "error", { reason: "gone" })], /gone/],
    ["expired", { case: "ADP-001", expires: "2026-05-31" }, [fail], /2026-05-31.*later day/],
    ["wide", { case: "ADP-*" }, many, /21 results.*one by one/],
    ["wide", { case: "adopt" }, many, /21 results.*one by one/],
    ["stale", { case: "adopt" }, [pass], /remove the entry/],
  ])("%s: %j", (kind, entry, results, sentence) => {
    const outcome = laid([entry], results);
    expect(outcome.problems).toHaveLength(1);
    expect(outcome.problems[0]).toMatchObject({ kind, line: 3, entry: entry["case"] });
    expect(outcome.problems[0]?.sentence).toMatch(sentence);
    expect(outcome.exitCode).toBe(1);
  });

  test("but not a family of which something is bad still", () => {
    const other = result("ADP-002", "pass");
    expect(laid([{ case: "adopt" }], [fail, other]).problems).toEqual([]);
  });

  test("but not on its last day, and not with as many as a wildcard may cover", () => {
    expect(laid([{ case: "ADP-001", expires: TODAY }], [fail]).problems).toEqual([]);
    expect(laid([{ case: "ADP-*" }], many.slice(1)).problems).toEqual([]);
    expect(laid([{ case: "ADP-*" }], [fail, pass]).problems).toEqual([]);
  });

  test("but not where it was not selected, or is not claimed", () => {
    expect(laid([{ case: "ADP-002" }], [pass]).problems).toEqual([]);
    expect(laid([{ case: "ADP-001", transport: "grpc" }], [pass]).problems).toEqual([]);
    expect(laid([{ case: "ADP-001" }], [result("ADP-001", "na")]).problems).toEqual([]);
  });

  test("and what it should have excused counts", () => {
    const expired = laid([{ case: "ADP-001", expires: "2026-05-31" }], [fail]);
    expect(expired.results[0]?.expectation).toBeUndefined();
  });
});

describe("flaky and crash", () => {
  test("flaky covers a failure and a pass, and is told apart", () => {
    const entry = { case: "ADP-001", status: "flaky" };
    for (const verdict of ["pass", "fail"] as const) {
      const { results, problems, exitCode } = laid([entry], [result("ADP-001", verdict)]);
      expect(problems).toEqual([]);
      expect(exitCode).toBe(0);
      expect(results[0]?.expectation?.status).toBe("flaky");
    }
    const other = laid([{ ...entry, match: "no answer" }], [result("ADP-001", "fail")]);
    expect(other.problems[0]?.kind).toBe("mismatch");
  });

  test("crash covers an error of the testee", () => {
    const crashed = result("ADP-001", "error", { checks: [], reason: "it exited with code 7" });
    const entry = { case: "ADP-001", status: "crash" };
    expect(laid([entry], [crashed]).exitCode).toBe(0);
    expect(laid([{ ...entry, match: "code 7" }], [crashed]).exitCode).toBe(0);
    expect(laid([{ ...entry, match: "code 8" }], [crashed]).problems[0]?.kind).toBe("mismatch");
    expect(laid([{ case: "ADP-002" }], [crashed]).exitCode).toBe(4);
  });

  test("a case that is known to crash has a process to itself", async () => {
    let started = 0;
    const source = referenceSource("no-answer");
    await runSuite({
      source: {
        start: () => {
          started += 1;
          return source.start();
        },
      },
      catalogue,
      clauses: [],
      suiteVersion: "0",
      command: "",
      unitMs: 200,
      concurrency: 4,
      selection: { cases: ["WIR-003"], transports: ["tcp"] },
      repro: () => "",
      baseline: parseBaseline(yaml([{ case: "WIR-003", status: "crash", role: "dial" }]), "x"),
    });
    // The one that all share, and one for the case in the role that is listed.
    expect(started).toBe(2);
  });
});

describe("a file that is no baseline", () => {
  test.each<[string, string, RegExp]>([
    [
      "no issue",
      yaml([{ case: "ADP-001" }]).replace(/\n\s+issue:.*/, ""),
      /line 3: ADP-001: "issue" is missing/,
    ],
    [
      "no day",
      yaml([{ case: "ADP-001" }]).replace(/\n\s+expires:.*/, ""),
      /line 3: ADP-001: "expires" is missing/,
    ],
    [
      "no address",
      yaml([{ case: "ADP-001", issue: "later" }]),
      /line 3: ADP-001: "issue" must be an address/,
    ],
    [
      "no such day",
      yaml([{ case: "ADP-001", expires: "2026-02-31" }]),
      /there is no day 2026-02-31/,
    ],
    [
      "a status of its own",
      yaml([{ case: "ADP-001", status: "maybe" }]),
      /must be one of fail, flaky/,
    ],
    ["a key of its own", yaml([{ case: "ADP-001", why: "x" }]), /there is no key "why"/],
    [
      "the second entry",
      yaml([{ case: "ADP-001" }, { case: "a b" }]),
      /line 7: a b: "case" must be a case/,
    ],
    ["another version", "baseline: 2\nexpected: []\n", /"baseline"/],
    ["no YAML", "baseline: [1\n", /expected.yaml: /],
    ["an alias", "baseline: 1\nexpected:\n  - case: *-001\n", /quote a pattern that begins/],
    ["nothing", "", /must be object/],
  ])("%s", (_, text, message) => {
    expect(() => parseBaseline(text, "expected.yaml")).toThrow(BaselineError);
    expect(() => parseBaseline(text, "expected.yaml")).toThrow(message);
  });

  test("an empty one is one", () => {
    expect(parseBaseline(EMPTY_BASELINE, "x").entries).toEqual([]);
  });
});

describe("an update", () => {
  const update = (text: string, results: readonly CaseResult[]) => {
    const baseline = parseBaseline(text, "expected.yaml");
    const { results: after } = applyBaseline(baseline, results, catalogue, TODAY);
    return updateBaseline(baseline, after, TODAY);
  };

  test("adds what is bad, check by check, and wants an address for it", () => {
    const { text, added } = update(EMPTY_BASELINE, [result("ADP-001", "fail")]);
    expect(added).toBe(1);
    expect(text).toContain("case: ADP-001/announces");
    expect(text).toContain("expires: 2026-08-30");
    expect(text).toContain("match: heartbeat");
    expect(() => parseBaseline(text, "x")).toThrow(/"issue"/);
    const mended = text.replace('issue: ""', "issue: https://example.org/1");
    const again = applyBaseline(
      parseBaseline(mended, "x"),
      [result("ADP-001", "fail")],
      catalogue,
      TODAY,
    );
    expect(again.outcome.problems).toEqual([]);
    expect(again.results[0]?.expectation).toBeDefined();
  });

  test("names a place only where another one is good", () => {
    const ws = { transport: "ws" } as const;
    const both = [result("ADP-001", "fail"), result("ADP-001", "fail", ws)];
    expect(update(EMPTY_BASELINE, both)).toMatchObject({ added: 1 });
    const one = [result("ADP-001", "fail"), result("ADP-001", "pass", ws)];
    expect(update(EMPTY_BASELINE, one).text).toMatch(/transport: tcp\n\s+role: dial/);
  });

  test("keeps what holds as it stands, with its comments, and removes what does not", () => {
    const text = `# ours
baseline: 1
expected:
  # Ada knows why.
  - case: ADP-001 # still
    status: fail
    issue: https://example.org/1
    expires: 2026-12-31
  - case: ADP-002
    status: fail
    issue: https://example.org/2
    expires: 2026-12-31
  - case: ADX-003
    status: flaky
    issue: https://example.org/3
    expires: 2026-12-31
`;
    const updated = update(text, [result("ADP-001", "fail"), result("ADP-002", "pass")]);
    expect(updated).toMatchObject({ added: 0, removed: 1 });
    expect(updated.text).toBe(text.replace(/ {2}- case: ADP-002[\s\S]*?2026-12-31\n/, ""));
  });

  test("narrows an entry to where it still holds", () => {
    const ws = { transport: "ws" } as const;
    const { text } = update(yaml([{ case: "ADP-001" }]), [
      result("ADP-001", "pass"),
      result("ADP-001", "fail", ws),
    ]);
    const { entries } = parseBaseline(text, "x");
    expect(entries).toMatchObject([{ case: "ADP-001", transport: "ws", role: "dial" }]);
    expect(entries[0]?.issue).toBe(ENTRY.issue);
  });
});
