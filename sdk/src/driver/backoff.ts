import {
  type ConnectionEnd,
  endedByHeartbeat,
  HEARTBEAT_TIME_CEILING_MS,
  type PulsewireError,
} from "../core/index.ts";

/** How long to wait before connecting again: sums only, so that every one can be tested by itself. */

/** Between what the delays of a series are drawn, in ms. */
export interface Backoff {
  readonly retryBaseMs: number;
  readonly retryCapMs: number;
}

/** What an attempt, or a session, came to. */
export interface Failure {
  /** How the session ended, or why there was none. */
  readonly cause: ConnectionEnd | PulsewireError;
  /** max(*E*, *P*) of the session that ended, in ms; 0 where there was none, or neither was defined. */
  readonly heartbeatTimeMs: number;
}

/**
 * The greatest delay of a turn, in ms [PW-REC-2].
 *
 * @param turn how often all addresses were tried in vain; 0 at first.
 */
export function retryBoundMs(turn: number, { retryBaseMs, retryCapMs }: Backoff): number {
  return Math.min(retryCapMs, retryBaseMs * 2 ** turn);
}

/**
 * The delay after `failure`, in ms.
 *
 * @param isFirst it is the first of its series: before it all was well.
 * @param boundMs see {@link retryBoundMs}.
 * @param random uniform in [0, 1).
 */
export function retryDelayMs(
  { cause, heartbeatTimeMs }: Failure,
  isFirst: boolean,
  boundMs: number,
  random: () => number,
): number {
  // PW-REC-2: from 0 on, because whoever failed together would else come back together.
  const exponential = random() * boundMs;
  const byHeartbeat = !(cause instanceof Error) && endedByHeartbeat(cause);
  if (!byHeartbeat || heartbeatTimeMs === 0) return exponential;
  // PW-REC-1: all clients of a server that died find out within one heartbeat-time.
  const spread = heartbeatTimeMs * (1 + 2 * random());
  // A server that accepts and then says nothing, again and again, has not earned a shorter delay.
  return isFirst ? spread : Math.max(spread, exponential);
}

/**
 * How long the peer asked to be left alone, in ms, and some more at random;
 * 0 if it did not ask.
 *
 * @param boundMs see {@link retryBoundMs}.
 * @param random uniform in [0, 1).
 */
export function retryAfterMs({ cause }: Failure, boundMs: number, random: () => number): number {
  const end = cause instanceof Error ? cause.end : cause;
  if (end?.kind !== "closed" || end.by !== "remote" || end.retryAfterMs === undefined) return 0;
  // PW-REC-4: believed up to an hour, so that nobody is sent away for ever.
  const least = Math.min(end.retryAfterMs, HEARTBEAT_TIME_CEILING_MS);
  // A server says the same to all of its clients: half as much again spreads their return.
  return least + random() * Math.max(least / 2, boundMs);
}
