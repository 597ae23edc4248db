import { agreedTimes } from "../../core/agreed-times.ts";
import {
  type CheckEnvironment,
  type ConnectionConfig,
  type ResolvedConfig,
  resolveConfig,
} from "../../core/index.ts";

/** What one side of a connection does and finds, in ms. */
export interface SideFigures {
  /** E, what it uses. */
  readonly heartbeatTimeMs: number;
  /** How often it sends while it has no data, by the least and the most jitter. */
  readonly heartbeatsPerMinute: { readonly least: number; readonly most: number };
  /** It does so also while data flows. */
  readonly alwaysBeats: boolean;
  /** When it probes a silent peer, after the last octet; undefined without slack [PW-PRB-1]. */
  readonly suspectAfterMs: number | undefined;
  /** Its deadline for the peer, after the last octet [PW-LIV-3]. */
  readonly downAfterMs: number;
  /** The latest moment at which it may say so [PW-LIV-5]. */
  readonly downByMs: number;
  /** What a late timer of its own can add, once, to the delay itself [PW-CLK-3]. */
  readonly pardonMs: number;
}

/** The figures of both sides, as far as they are known; undefined for one that is passive or unknown. */
export interface Figures {
  readonly own: SideFigures | undefined;
  readonly peer: SideFigures | undefined;
}

/** @throws PulsewireError `PW_CONFIG`. */
export function figuresOf(config: ConnectionConfig, { peer }: CheckEnvironment): Figures {
  const own = resolveConfig(config);
  const other = typeof peer === "object" ? resolveConfig(peer) : undefined;
  if (other === undefined) {
    return { own: sideFigures(own, own.heartbeatTimeMs, undefined), peer: undefined };
  }
  const times = agreedTimes(own, other);
  return {
    own: sideFigures(own, times.own, times.peer),
    peer: sideFigures(other, times.peer, times.own),
  };
}

function sideFigures(
  { heartbeatSlackTimeMs: slack, alwaysBeat }: ResolvedConfig,
  own: number | undefined,
  promised: number | undefined,
): SideFigures | undefined {
  if (own === undefined) return undefined;
  const longest = Math.max(own, promised ?? 0);
  return {
    heartbeatTimeMs: own,
    heartbeatsPerMinute: { least: 60_000 / own, most: 60_000 / (0.75 * own) }, // PW-SND-3, PW-SND-4
    alwaysBeats: alwaysBeat,
    suspectAfterMs: slack === 0 ? undefined : longest + slack / 2,
    downAfterMs: longest + slack,
    downByMs: longest + slack + Math.max(own / 4, 100),
    pardonMs: slack,
  };
}
