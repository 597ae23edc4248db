import { adopt } from "./adoption.ts";
import type { ResolvedConfig } from "./config.ts";

/** The heartbeat-times that two sides come to use, in ms; undefined if both are passive. */
export interface AgreedTimes {
  /** E of the first. */
  readonly own: number | undefined;
  /** E of the second, which is the P of the first. */
  readonly peer: number | undefined;
}

/** What comes of two configurations once each side has heard the other [PW-ADP-2]. */
export function agreedTimes(a: ResolvedConfig, b: ResolvedConfig): AgreedTimes {
  let own = a.heartbeatTimeMs;
  let peer = b.heartbeatTimeMs;
  // The second round is for an answer that a floor has raised; E never rises, so a third changes nothing.
  for (let round = 0; round < 2; round += 1) {
    own = adopt(own, peer, a.floorMs);
    peer = adopt(peer, own, b.floorMs);
  }
  return { own, peer };
}
