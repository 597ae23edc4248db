/**
 * The suite as a library: its cases, to be run by the test runner that a project has.
 *
 * ```ts
 * import { after, describe, test } from "node:test";
 * import { createSuite } from "pulsewire-conformance";
 *
 * const suite = createSuite({ testee: "./my-peer", transports: ["tcp"] });
 * describe("Pulsewire", { concurrency: 28 }, () => {
 *   for (const { name, run } of suite.cases) test(name, run);
 * });
 * after(() => suite.close());
 * ```
 */
export { ConformanceError } from "./library/errors.ts";
export {
  type ConformanceCase,
  type ConformanceOptions,
  type ConformanceSuite,
  createSuite,
} from "./library/suite.ts";
export type {
  CaseResult,
  CheckResult,
  Ending,
  Level,
  Role,
  Trace,
  TransportName,
  Verdict,
} from "./model.ts";
