import type { CaseResult } from "../model.ts";

/**
 * A case that did not pass. Its message is what the terminal report says of it: the sentence that
 * was broken, what was expected, what was seen, and the timeline.
 */
export class ConformanceError extends Error {
  override readonly name = "ConformanceError";
  /** All there is to know of it, the trace and the testee's standard error included. */
  readonly result: CaseResult;

  constructor(message: string, result: CaseResult) {
    super(message);
    this.result = result;
  }
}
