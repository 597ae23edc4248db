import { HEARTBEAT_TIME_CEILING_MS } from "./config.ts";

/**
 * The value a received `heartbeat_time_ms` counts for: undefined for absent
 * and 0, at most the ceiling [PW-HBT-3].
 */
export function readHeartbeatTime(received: number | undefined): number | undefined {
  if (received === undefined || received === 0) return undefined;
  return Math.min(received, HEARTBEAT_TIME_CEILING_MS);
}

/**
 * The adoption rule [PW-ADP-2, PW-ADP-3]: E after a heartbeat.
 *
 * @param own E before it, undefined while passive.
 * @param received what {@link readHeartbeatTime} made of the heartbeat.
 * @param floorMs the floor, never greater than the configured heartbeat-time;
 *   therefore the result is never greater than `own` [PW-ADP-6].
 */
export function adopt(
  own: number | undefined,
  received: number | undefined,
  floorMs: number,
): number | undefined {
  if (received === undefined) return own;
  if (own !== undefined && received >= own) return own;
  return Math.max(received, floorMs);
}
