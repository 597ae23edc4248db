// The reports as the page needs them: rows, columns and clauses with their results.

/**
 * @import { CaseResult, Clause, Role, TransportName, Verdict } from "../../../src/model.ts"
 * @import { PageData, PeerData } from "../../../src/report/html/data.ts"
 * @import { Omission } from "../../../src/report/html/trim.ts"
 * @import { VerdictStyle } from "../../../src/report/verdicts.ts"
 */

/**
 * @typedef {object} Peer A run of one testee: a group of columns.
 * @property {number} number From 1.
 * @property {string} name With its version.
 * @property {string} prefix What the keys of its columns begin with; nothing if it is the only one.
 * @property {PeerData} data
 *
 * @typedef {object} Place A transport in a role.
 * @property {TransportName} transport
 * @property {Role} role
 *
 * @typedef {Place & { peer: Peer, key: string }} Column
 *
 * @typedef {object} Cell
 * @property {string} key The address of the result in this page: "ADP-001/tcp/dial".
 * @property {CaseResult} result
 * @property {Column} column
 * @property {Omission | undefined} omission
 *
 * @typedef {object} Row
 * @property {string} caseId
 * @property {string} title
 * @property {string} family
 * @property {Map<string, Cell>} cells By the key of their column.
 *
 * @typedef {object} Judged A case that judges a clause.
 * @property {Row} row
 * @property {Map<string, Verdict[]>} verdicts Those of its checks of the clause, by column.
 *
 * @typedef {object} ClauseEntry
 * @property {string} id
 * @property {string} sentence Empty if no report quotes it.
 * @property {string} page
 * @property {Map<string, Judged>} cases
 *
 * @typedef {object} Finding
 * @property {Peer} peer
 * @property {Cell[]} cells
 * @property {string} again
 *
 * @typedef {object} Model
 * @property {Peer[]} peers
 * @property {readonly VerdictStyle[]} verdicts
 * @property {Column[]} columns
 * @property {Place[]} places The columns of one peer.
 * @property {Map<string, Cell>} byKey
 * @property {Map<string, Row>} rows
 * @property {Map<string, Row[]>} families
 * @property {Finding[]} findings
 * @property {ClauseEntry[]} clauses
 * @property {true} hasClauseView
 * @property {(verdict: Verdict) => VerdictStyle} styleOf
 * @property {(list: Verdict[]) => Verdict} worst
 */

/** @type {TransportName[]} */
const TRANSPORT_ORDER = ["tcp", "ws", "grpc"];
/** @type {Role[]} */
const ROLE_ORDER = ["dial", "listen"];
const TRANSPORT_NAMES = { tcp: "TCP", ws: "WebSocket", grpc: "gRPC" };

/**
 * Everything the views draw from, computed once.
 *
 * @param {PageData} data
 * @returns {Model}
 */
export function buildModel({ peers: data, verdicts }) {
  const peers = namePeers(data);
  const present = new Set(data.flatMap(({ report }) => report.results.map(placeKey)));
  const places = TRANSPORT_ORDER.flatMap((transport) =>
    ROLE_ORDER.map((role) => ({ transport, role })),
  ).filter((place) => present.has(placeKey(place)));
  const columns = peers.flatMap((peer) =>
    places.map((place) => ({ ...place, peer, key: peer.prefix + placeKey(place) })),
  );
  const { byKey, rows } = fillCells(columns);
  const rank = new Map(verdicts.map((style, index) => [style.verdict, index]));
  const styles = new Map(verdicts.map((style) => [style.verdict, style]));
  return {
    peers,
    verdicts,
    columns,
    places,
    byKey,
    rows,
    families: groupBy([...rows.values()], (row) => row.family),
    findings: peers.flatMap((peer) =>
      peer.data.findings.map((finding) => ({
        peer,
        again: finding.again,
        cells: finding.results.flatMap((index) => {
          const result = peer.data.report.results[index];
          return result === undefined ? [] : (byKey.get(keyOf(peer, result)) ?? []);
        }),
      })),
    ),
    clauses: clauseEntries(peers, rows),
    hasClauseView: true,
    styleOf: (verdict) =>
      styles.get(verdict) ?? { verdict, symbol: "?", label: verdict, meaning: "" },
    worst: (list) => list.reduce((a, b) => ((rank.get(b) ?? 0) < (rank.get(a) ?? 0) ? b : a)),
  };
}

/**
 * @param {readonly PeerData[]} data
 * @returns {Peer[]}
 */
function namePeers(data) {
  const names = data.map(({ report: { testee } }) =>
    testee === undefined ? "unknown testee" : `${testee.name} ${testee.version}`,
  );
  return data.map((each, index) => {
    const name = names[index] ?? "";
    // The same peer twice, as after a change of its code: the time tells which is which.
    const isAlone = names.filter((other) => other === name).length === 1;
    return {
      number: index + 1,
      name: isAlone ? name : `${name}, ${timeText(each.report.startedAt)}`,
      prefix: data.length === 1 ? "" : `${index + 1}/`,
      data: each,
    };
  });
}

/** @param {Column[]} columns */
function fillCells(columns) {
  /** @type {Map<string, Cell>} */
  const byKey = new Map();
  /** @type {Map<string, Row>} */
  const rows = new Map();
  const byColumn = new Map(columns.map((column) => [column.key, column]));
  for (const peer of new Set(columns.map((column) => column.peer))) {
    for (const [index, result] of peer.data.report.results.entries()) {
      const column = byColumn.get(peer.prefix + placeKey(result));
      if (column === undefined) continue;
      const key = keyOf(peer, result);
      const cell = { key, result, column, omission: peer.data.omissions[index] };
      byKey.set(key, cell);
      const { caseId, title, family } = result;
      const row = rows.get(caseId) ?? { caseId, title, family, cells: new Map() };
      row.cells.set(column.key, cell);
      rows.set(caseId, row);
    }
  }
  return { byKey, rows };
}

/**
 * Each clause with the cases that judge it, and for each column the verdicts of its checks.
 *
 * @param {Peer[]} peers
 * @param {Map<string, Row>} rows
 * @returns {ClauseEntry[]}
 */
function clauseEntries(peers, rows) {
  /** @type {Map<string, ClauseEntry>} */
  const entries = new Map();
  /** @type {(id: string, clause?: Clause) => ClauseEntry} */
  const entryOf = (id, clause) => {
    let entry = entries.get(id);
    if (entry === undefined) {
      const { sentence = "", page = "" } = clause ?? {};
      entry = { id, sentence, page, cases: new Map() };
      entries.set(id, entry);
    }
    return entry;
  };
  for (const { data } of peers)
    for (const clause of data.report.clauses) entryOf(clause.id, clause);
  for (const row of rows.values()) {
    for (const [column, { result }] of row.cells) {
      for (const check of result.checks) {
        // What the case never came to says nothing of its sentences.
        if (check.notReached === true) continue;
        for (const id of check.clauses) {
          const { cases } = entryOf(id);
          const judged = cases.get(row.caseId) ?? { row, verdicts: new Map() };
          judged.verdicts.set(column, [...(judged.verdicts.get(column) ?? []), check.verdict]);
          cases.set(row.caseId, judged);
        }
      }
    }
  }
  return [...entries.values()];
}

/**
 * What a result weighs: its verdict, or that it is expected to be bad, or not scored.
 *
 * @param {CaseResult} result
 * @returns {Verdict | "expected" | "unscored"}
 */
export function weightOf(result) {
  if (result.scored === false) return "unscored";
  const isBad = !["pass", "info", "na"].includes(result.verdict);
  return result.expectation !== undefined && isBad ? "expected" : result.verdict;
}

/**
 * Whether the peers of a comparison came off differently in a row.
 *
 * @param {Model} model
 * @param {Row} row
 */
export function differs(model, row) {
  return model.places.some((place) => {
    const seen = model.peers.map(
      (peer) => row.cells.get(peer.prefix + placeKey(place))?.result.verdict,
    );
    return new Set(seen).size > 1;
  });
}

/**
 * "tcp/dial"
 *
 * @param {Place} place
 */
function placeKey({ transport, role }) {
  return `${transport}/${role}`;
}

/**
 * "ADP-001/tcp/dial", which is also the address of a result in this page.
 *
 * @param {Peer} peer
 * @param {CaseResult} result
 */
function keyOf(peer, result) {
  return `${result.caseId}/${peer.prefix}${placeKey(result)}`;
}

/**
 * The address of a result in this page.
 *
 * @param {string} key
 */
export function linkTo(key) {
  const [caseId = "", ...place] = key.split("/");
  return `#case=${[encodeURIComponent(caseId), ...place].join("/")}`;
}

/**
 * "TCP, peer dials", and before it which peer, if there are several.
 *
 * @param {Column} column
 */
export function columnText({ peer, transport, role }) {
  const where = `${transportText(transport)}, ${role === "dial" ? "peer dials" : "peer listens"}`;
  return peer.prefix === "" ? where : `${peer.name}, ${where}`;
}

/**
 * "WebSocket"
 *
 * @param {TransportName} transport
 */
export function transportText(transport) {
  return TRANSPORT_NAMES[transport] ?? transport;
}

/**
 * "2026-03-14 09:26 UTC"
 *
 * @param {string} iso
 */
export function timeText(iso) {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

/**
 * Items by a key, in the order in which the keys first occur.
 *
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => string} keyFor
 * @returns {Map<string, T[]>}
 */
export function groupBy(items, keyFor) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of items) {
    const key = keyFor(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}
