import type { CaseResult, Report, Role, TransportName } from "../model.ts";

/** A column of the matrix: one transport in one role. */
export interface Binding {
  readonly transport: TransportName;
  readonly role: Role;
}

/** A row of the matrix: one case, with a result for each binding it ran on. */
export interface CaseRow {
  readonly caseId: string;
  readonly title: string;
  readonly results: ReadonlyMap<string, CaseResult>;
}

/** The rows of one family, in the order in which they were run. */
export interface FamilyGroup {
  readonly family: string;
  readonly rows: readonly CaseRow[];
}

const TRANSPORTS: readonly TransportName[] = ["tcp", "ws", "grpc"];
const ROLES: readonly Role[] = ["dial", "listen"];

/** Names a binding: "tcp/dial". */
export function bindingKey(binding: Binding): string {
  return `${binding.transport}/${binding.role}`;
}

/** What the peer does in a role: "peer dials". */
export function roleWords(role: Role): string {
  return role === "dial" ? "peer dials" : "peer listens";
}

/** The bindings that have a result, in a fixed order. */
export function bindingsOf(report: Report): readonly Binding[] {
  const seen = new Set(report.results.map(bindingKey));
  return TRANSPORTS.flatMap((transport) => ROLES.map((role) => ({ transport, role }))).filter(
    (binding) => seen.has(bindingKey(binding)),
  );
}

/** The results as the rows of the matrix, by family. */
export function familiesOf(report: Report): readonly FamilyGroup[] {
  const families = new Map<string, Map<string, Map<string, CaseResult>>>();
  for (const result of report.results) {
    const rows = families.get(result.family) ?? new Map<string, Map<string, CaseResult>>();
    const row = rows.get(result.caseId) ?? new Map<string, CaseResult>();
    families.set(result.family, rows.set(result.caseId, row.set(bindingKey(result), result)));
  }
  return [...families].map(([family, rows]) => ({
    family,
    rows: [...rows].map(([caseId, results]) => {
      const [first] = results.values();
      return { caseId, title: first?.title ?? "", results };
    }),
  }));
}
