/** What a check of the control contract comes to. */
import type { TesteeInfo } from "../model.ts";

/** What was wrong: the line that led to it, if there was one, what came of it, and what had to. */
export interface Problem {
  readonly sent?: string;
  readonly came: string;
  readonly expected: string;
}

/**
 * One line of the checklist.
 *
 * - `pass`: it was tried and is right.
 * - `fail`: the contract is broken; the problems say how.
 * - `later`: the testee says "not implemented": to be checked once it is.
 * - `skipped`: it was not tried, because of something that failed before it.
 */
export interface ShimCheck {
  /** What it is about: "hello", "tcp, listen". */
  readonly group: string;
  /** What the testee does if it is right, in words: "answers hello". */
  readonly title: string;
  readonly outcome: "pass" | "fail" | "later" | "skipped";
  readonly problems: readonly Problem[];
}

export interface ShimReport {
  /** Absent if it never said hello. */
  readonly testee?: TesteeInfo;
  readonly checks: readonly ShimCheck[];
  /** The last of what it wrote to standard error. */
  readonly stderr: string;
  readonly durationMs: number;
}

/** What a check found: nothing that is wrong, something, or that it is too early to say. */
export type Outcome = readonly Problem[] | "later";

/** The checks of a run, in the order in which they are told. */
export class Checklist {
  readonly checks: ShimCheck[] = [];

  add(group: string, title: string, outcome: Outcome): void {
    if (outcome === "later") this.checks.push({ group, title, outcome, problems: [] });
    else if (outcome.length === 0)
      this.checks.push({ group, title, outcome: "pass", problems: [] });
    else this.checks.push({ group, title, outcome: "fail", problems: outcome });
  }

  skip(group: string, title: string): void {
    this.checks.push({ group, title, outcome: "skipped", problems: [] });
  }
}
