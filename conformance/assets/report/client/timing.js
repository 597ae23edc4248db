// When the next beat was due, and when the harness had to be taken for dead: what the protocol says
// of a trace, for drawing. It judges nothing. Numbers in, numbers out.

/**
 * @import { TraceEvent } from "../../../src/model.ts"
 *
 * @typedef {object} Due When the testee had to send again: from 0.75 E to E after it last did.
 * @property {number} fromNs
 * @property {number} toNs
 * @property {boolean} missed Nothing came in it, nor within the tolerance after it.
 *
 * @typedef {object} Deadline
 * @property {number} atNs The last octet of the harness, plus max(E, P), plus slack.
 * @property {number} byNs The testee must have ended the connection by then.
 */

const NS_PER_MS = 1e6;
const CEILING_MS = 3_600_000;
/** Octets that the transport says on its own account: they are no life [PW-LIV-2]. */
const NO_LIFE = /\b(ping|pong)\b|headers|call:|handshake|upgrade/i;

/**
 * @param {readonly TraceEvent[]} events
 * @param {number} conn
 * @param {number} lateMs The tolerance.
 * @returns {Due[]}
 */
export function dueWindows(events, conn, lateMs) {
  /** @type {Due[]} */
  const windows = [];
  /** @type {{ fromNs: number, toNs: number } | undefined} */
  let due;
  /** @type {number | undefined} */
  let effectiveMs;
  let lastNs = 0;
  /** @type {(atNs: number, cameToAnEnd: boolean) => void} */
  const settle = (atNs, cameToAnEnd) => {
    if (due === undefined) return;
    const missed = atNs > due.toNs + lateMs * NS_PER_MS;
    // What ended before it was due was not due.
    if (missed || !cameToAnEnd) windows.push({ ...due, missed });
    due = undefined;
  };
  for (const event of events) {
    lastNs = Math.max(lastNs, event.atNs);
    if (event.conn !== conn) continue;
    const isClose = event.kind === "frame" && event.frame.body === "close";
    if (event.kind === "end" || isClose) {
      settle(event.atNs, true);
      return windows;
    }
    if (event.kind !== "frame" || event.direction !== "received") continue;
    settle(event.atNs, false);
    if (event.frame.body === "heartbeat")
      effectiveMs = event.frame.heartbeat?.heartbeatTimeMs || undefined;
    if (effectiveMs !== undefined) {
      const periodNs = effectiveMs * NS_PER_MS;
      due = { fromNs: event.atNs + 0.75 * periodNs, toNs: event.atNs + periodNs };
    }
  }
  settle(lastNs, true);
  return windows;
}

/**
 * The deadline that stood when the testee ended the connection for silence, or that passed without
 * an end; nothing where the case does not let it be known.
 *
 * @param {readonly TraceEvent[]} events
 * @param {number} conn
 * @param {Readonly<Record<string, unknown>> | undefined} config How the testee was told to behave.
 * @returns {Deadline | undefined}
 */
export function deadlineOf(events, conn, config) {
  const slackMs = config?.["slack_ms"];
  // A testee that does not read is charged no silence [PW-LIV-9], for a time nobody here knows.
  if (config === undefined || typeof slackMs !== "number" || config["read"] === "paused")
    return undefined;
  const mayBeMute = config["peer_heartbeats"] === "optional";
  let effectiveMs = timeIn(config["heartbeat_time_ms"]);
  /** @type {number | undefined} */
  let promiseMs;
  /** @type {number | undefined} */
  let lifeNs;
  let lastNs = 0;
  let endedForSilence = false;
  for (const event of events) {
    lastNs = Math.max(lastNs, event.atNs);
    if (event.conn !== conn) continue;
    if (event.kind === "open") lifeNs ??= event.atNs;
    else if (event.kind === "end") break;
    else if (event.kind === "octets" && event.direction === "sent") {
      if (!NO_LIFE.test(event.what)) lifeNs = event.atNs;
    } else if (event.kind === "frame") {
      if (event.frame.body === "close") {
        endedForSilence = event.direction === "received" && event.frame.close?.code === 3;
        break;
      }
      const time = timeIn(event.frame.heartbeat?.heartbeatTimeMs);
      if (event.direction === "sent") {
        lifeNs = event.atNs;
        promiseMs = time ?? promiseMs;
      } else effectiveMs = time ?? effectiveMs;
    }
  }
  if (effectiveMs === undefined || lifeNs === undefined) return undefined;
  if (mayBeMute && promiseMs === undefined) return undefined;
  const atNs = lifeNs + (Math.max(effectiveMs, promiseMs ?? 0) + slackMs) * NS_PER_MS;
  if (!endedForSilence && atNs > lastNs) return undefined;
  return { atNs, byNs: atNs + Math.max(effectiveMs / 4, 100) * NS_PER_MS };
}

/**
 * A heartbeat-time as it counts: none if it is 0 or absent, and never above the ceiling.
 *
 * @param {unknown} value
 */
function timeIn(value) {
  return typeof value === "number" && value > 0 ? Math.min(value, CEILING_MS) : undefined;
}
