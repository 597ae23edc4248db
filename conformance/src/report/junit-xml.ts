/** JUnit XML from suites of tests, whatever they are tests of. */
import { create } from "xmlbuilder2";

export type Outcome = "passed" | "failure" | "error" | "skipped";
type Element = ReturnType<ReturnType<typeof create>["ele"]>;

export interface TestCase {
  readonly name: string;
  readonly classname: string;
  readonly seconds: number;
  readonly outcome: Outcome;
  readonly type: string;
  readonly message: string;
  readonly body: string;
}

export interface TestSuite {
  readonly name: string;
  readonly tests: readonly TestCase[];
}

/** XML 1.0 has no way to write most control characters, not even escaped: they are left out. */
const XML_OPTIONS = { version: "1.0", encoding: "UTF-8", invalidCharReplacement: "" };

/** What every suite of a run says of it. */
export interface RunFacts {
  readonly startedAt: string;
  readonly durationMs: number;
  readonly properties: Readonly<Record<string, string>>;
}

export function junitXml(suites: readonly TestSuite[], facts: RunFacts): string {
  const all = suites.flatMap((suite) => suite.tests);
  const root = create(XML_OPTIONS).ele("testsuites", {
    name: "pulsewire-conformance",
    tests: String(all.length),
    failures: count(all, "failure"),
    errors: count(all, "error"),
    time: seconds(facts.durationMs / 1000),
  });
  for (const suite of suites) addSuite(root, suite, facts);
  return `${root.end({ prettyPrint: true })}\n`;
}

function addSuite(root: Element, suite: TestSuite, facts: RunFacts): void {
  const total = suite.tests.reduce((sum, test) => sum + test.seconds, 0);
  const element = root.ele("testsuite", {
    name: suite.name,
    tests: String(suite.tests.length),
    failures: count(suite.tests, "failure"),
    errors: count(suite.tests, "error"),
    skipped: count(suite.tests, "skipped"),
    time: seconds(total),
    // The schemas in use know no time zone: this is UTC.
    timestamp: facts.startedAt.replace(/(\.\d+)?Z$/, ""),
  });
  const properties = element.ele("properties");
  for (const [name, value] of Object.entries(facts.properties))
    properties.ele("property", { name, value });
  for (const test of suite.tests) addTest(element, test);
}

function addTest(suite: Element, test: TestCase): void {
  const element = suite.ele("testcase", {
    name: test.name,
    classname: test.classname,
    time: seconds(test.seconds),
  });
  switch (test.outcome) {
    case "failure":
    case "error":
      element.ele(test.outcome, { type: test.type, message: test.message }).txt(test.body);
      break;
    case "skipped":
      element.ele("skipped", { message: test.message });
      break;
    case "passed":
      if (test.body !== "") element.ele("system-out").txt(test.body);
      break;
  }
}

function count(tests: readonly TestCase[], outcome: Outcome): string {
  return String(tests.filter((test) => test.outcome === outcome).length);
}

function seconds(value: number): string {
  return value.toFixed(3);
}
