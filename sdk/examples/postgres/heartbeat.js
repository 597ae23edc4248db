import pg from "pg";
import { watch } from "pulsewire/tcp";

/**
 * A Sync in pg's own queue. So it never gets between the messages of a query,
 * and its ReadyForQuery is never taken for the end of one.
 */
class Sync extends pg.Query {
  /** @param {(error?: Error | null) => void} answered */
  constructor(answered) {
    super({ text: "" }, undefined, answered);
  }

  submit(connection) {
    connection.sync();
    return null;
  }
}

/**
 * Gives a connected client of pg a heartbeat. While it is idle the server is
 * asked with a Sync, and a query after a while of silence waits for one: a server
 * that says nothing loses the connection. Queries that wait are rejected then,
 * and the client emits "error", with a PulsewireError whose `end` says more.
 *
 * While a query is being worked on, the server answers nothing else: its
 * silence is charged only if `queryLimitMs` says how long it may last.
 *
 * @param {pg.ClientBase} client
 * @param {import("pulsewire").LivenessConfig & {
 *   queryLimitMs?: number, onEnd?: (end: import("pulsewire").ConnectionEnd) => void }} options
 */
export function heartbeat(client, { queryLimitMs, ...options }) {
  const { heartbeatTimeMs, heartbeatSlackTimeMs } = options;
  const { stream } = client.connection;
  let asking = false;
  let answeredAt = performance.now();
  let limit;

  const watched = watch(stream, {
    ...options,
    sendNoOp() {
      if (asking) return; // the last Sync has no answer yet
      if (client.readyForQuery) ask();
      else inQuery();
    },
  });

  function ask() {
    asking = true;
    query(
      new Sync((error) => {
        asking = false;
        if (error) stream.destroy(error); // the client is of no use any more
      }),
    );
  }

  function inQuery() {
    watched.pause();
    if (queryLimitMs === undefined) return;
    const times = { heartbeatTimeMs: queryLimitMs, heartbeatSlackTimeMs };
    limit ??= watch(stream, { ...times, sendNoOp() {} });
  }

  // A query and its answer, or a Sync and its own, have kept the connection warm.
  client.connection.on("readyForQuery", () => {
    answeredAt = performance.now();
    limit?.stop();
    limit = undefined;
    watched.resume();
    watched.sent();
  });

  // A query that went out into the void would look like one that is being worked on.
  const query = client.query.bind(client);
  client.query = (...args) => {
    const isStale = performance.now() - answeredAt > heartbeatTimeMs / 2;
    if (isStale && client.readyForQuery && !asking) ask();
    return query(...args);
  };
}
