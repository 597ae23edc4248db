/** What outlives a connection in mutants of the reference peer, and in no other. */
import type { Assembly } from "./assembly.ts";
import type { HeartbeatBudget } from "./pacing.ts";

/** What the connections of one listener, or to one address, would share. */
export interface Leak {
  adopted?: number;
  promise?: number;
  probed?: boolean;
  pardoned?: boolean;
  assembly?: Assembly;
  budget?: HeartbeatBudget;
  /** The last connection ended in the middle of a frame. */
  halfFrame?: boolean;
  /** Ends the newest connection as a silent one. */
  end?: () => void;
}
