import type { ConnectionEnd } from "../core/index.ts";
import type { SessionEvent } from "../driver/index.ts";

/**
 * Everything the command line has to tell, before it is known how: to a person
 * or, with --json, to a script. `session` is its number; 1 when connecting.
 */
export type Notice =
  | { readonly type: "started"; readonly version: string; readonly wallTime: string }
  | { readonly type: "listening"; readonly address: string }
  | { readonly type: "connecting"; readonly target: string }
  | {
      readonly type: "open";
      readonly session: number;
      readonly transport: string;
      readonly remote: string;
    }
  | (Exclude<SessionEvent, { type: "open" | "ended" }> & { readonly session: number })
  | { readonly type: "message-sent"; readonly sessions: readonly number[]; readonly text: string }
  | { readonly type: "message-received"; readonly session: number; readonly data: Uint8Array }
  | { readonly type: "not-sent"; readonly session: number | undefined; readonly why: string }
  | { readonly type: "input-ended" }
  | { readonly type: "closing" }
  | { readonly type: "ended"; readonly session: number; readonly end: ConnectionEnd }
  | { readonly type: "failed"; readonly code: string; readonly message: string };

/** Shows notices. */
export type Show = (notice: Notice) => void;
