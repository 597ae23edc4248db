/** Which checks depend on when something came, and not only on what. */
import type { CaseSpec, CheckKind } from "../cases/model.ts";

const TIMED_KINDS: ReadonlySet<CheckKind> = new Set<CheckKind>([
  "first",
  "none",
  "cadence",
  "gaps",
  "spread",
  "ends",
  "transport_ends",
  "gone",
  "stays_open",
  "answered",
]);

/** True if a case has a check with a bound in time, beside its fences. */
export function isTimed(spec: CaseSpec): boolean {
  return spec.checks.some((check) => TIMED_KINDS.has(check.kind));
}
