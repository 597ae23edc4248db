import type { ConnectionEnd } from "../core/index.ts";
import type { SessionEvent } from "../driver/index.ts";
import type { Traffic } from "./pipe.ts";

/** Which leg: the one that was accepted, or the one that was dialled for it. */
export type LegName = "listen" | "to";

/** What a relay tells `onEvent`. `connection` counts from 1, in the order of their arrival. */
export type RelayEvent =
  /** A connection has both its legs. */
  | {
      readonly type: "open";
      readonly connection: number;
      /** Who was accepted. */
      readonly from: string;
      /** Who was dialled for it. */
      readonly to: string;
    }
  /** Something happened on a leg that speaks Pulsewire: a heartbeat, a suspicion. */
  | {
      readonly type: "session";
      readonly connection: number;
      readonly leg: LegName;
      readonly event: Exclude<SessionEvent, { type: "open" | "ended" }>;
    }
  /** A connection got no second leg, and was given up. */
  | {
      readonly type: "refused";
      readonly connection: number;
      readonly from: string;
      readonly why: string;
      /** What became of the attempt to dial; undefined if there was none. */
      readonly error?: unknown;
    }
  /** A connection that was open is over, both legs of it. */
  | (Traffic & {
      readonly type: "closed";
      readonly connection: number;
      /** Which leg ended it; "both" if each direction came to its end, "relay" if that was closed. */
      readonly by: LegName | "both" | "relay";
      readonly why: string;
      /** How the leg `by` ended, if it speaks Pulsewire. */
      readonly end?: ConnectionEnd | undefined;
      /** Only of a defect of the relay itself, which ends the connection by "relay": what was thrown. */
      readonly error?: unknown;
      /** Since both legs were there, in ms. */
      readonly openForMs: number;
    });
