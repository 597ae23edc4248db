// The report as the page needs it: rows, columns and clauses with their results.

const TRANSPORT_ORDER = ["tcp", "ws", "grpc"];
const ROLE_ORDER = ["dial", "listen"];
const TRANSPORT_NAMES = { tcp: "TCP", ws: "WebSocket", grpc: "gRPC" };

/** Everything the views draw from, computed once. */
export function buildModel({ report, omissions, verdicts, headline }) {
  const rank = new Map(verdicts.map((style, index) => [style.verdict, index]));
  const styles = new Map(verdicts.map((style) => [style.verdict, style]));
  const present = new Set(report.results.map(bindingOf));
  const bindings = TRANSPORT_ORDER.flatMap((transport) =>
    ROLE_ORDER.map((role) => ({ transport, role, key: `${transport}/${role}` })),
  ).filter((binding) => present.has(binding.key));

  const byKey = new Map();
  const rows = new Map();
  report.results.forEach((result, index) => {
    byKey.set(keyOf(result), { ...result, omission: omissions[index] });
    const row = rows.get(result.caseId) ?? {
      caseId: result.caseId,
      title: result.title,
      family: result.family,
      cells: new Map(),
    };
    row.cells.set(bindingOf(result), result);
    rows.set(result.caseId, row);
  });
  const families = groupBy([...rows.values()], (row) => row.family);
  return {
    report,
    verdicts,
    styles,
    headline,
    bindings,
    byKey,
    rows,
    families,
    worst: (list) =>
      list.reduce((a, b) => (a === undefined || rank.get(b) < rank.get(a) ? b : a), undefined),
    clauses: clauseEntries(report, rows),
  };
}

/** Each clause with the cases that judge it, and for each binding the verdicts of its checks. */
function clauseEntries(report, rows) {
  const entries = new Map();
  const entryOf = (id, clause) => {
    let entry = entries.get(id);
    if (entry === undefined) {
      entry = { id, sentence: clause?.sentence, page: clause?.page, cases: new Map() };
      entries.set(id, entry);
    }
    return entry;
  };
  for (const clause of report.clauses) entryOf(clause.id, clause);
  for (const result of report.results) {
    for (const check of result.checks) {
      for (const id of check.clauses) {
        const entry = entryOf(id);
        const judged = entry.cases.get(result.caseId) ?? {
          row: rows.get(result.caseId),
          verdicts: new Map(),
        };
        const binding = bindingOf(result);
        judged.verdicts.set(binding, [...(judged.verdicts.get(binding) ?? []), check.verdict]);
        entry.cases.set(result.caseId, judged);
      }
    }
  }
  return [...entries.values()];
}

/** "tcp/dial" */
export function bindingOf(result) {
  return `${result.transport}/${result.role}`;
}

/** "ADP-001/tcp/dial", which is also the address of a result in this page. */
export function keyOf(result) {
  return `${result.caseId}/${bindingOf(result)}`;
}

/** The address of a result in this page. */
export function linkTo(caseId, binding) {
  return `#case=${encodeURIComponent(caseId)}/${binding}`;
}

/** "TCP, peer dials" */
export function bindingText({ transport, role }) {
  return `${transportText(transport)}, ${role === "dial" ? "peer dials" : "peer listens"}`;
}

/** "WebSocket" */
export function transportText(transport) {
  return TRANSPORT_NAMES[transport] ?? transport;
}

/** Items by a key, in the order in which the keys first occur. */
export function groupBy(items, keyFor) {
  const groups = new Map();
  for (const item of items) {
    const key = keyFor(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
