/** How far from its time a thing may be; printed with every report. */

export interface Tolerance {
  /** Something may come this much early: a little, as a clock that runs fast by 10 % is broken. */
  readonly earlyMs: number;
  /** Something may be seen this much late, as every machine between the two adds to it. */
  readonly lateMs: number;
}

/** The allowance for a run with this unit, in milliseconds. */
export function toleranceFor(unitMs: number): Tolerance {
  return { earlyMs: Math.max(0.1 * unitMs, 20), lateMs: Math.max(0.25 * unitMs, 80) };
}
