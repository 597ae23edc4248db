import type { LegName, RelayEvent } from "../relay/index.ts";

type SessionTold = Extract<RelayEvent, { type: "session" }>;

/** Everything that `pulsewire relay` has to tell, before it is known how. */
export type RelayNotice =
  | { readonly type: "started"; readonly version: string; readonly wallTime: string }
  | { readonly type: "listening"; readonly address: string; readonly to: string }
  | Exclude<RelayEvent, SessionTold>
  | (SessionTold["event"] & { readonly connection: number; readonly leg: LegName })
  | { readonly type: "closing"; readonly connections: number }
  | { readonly type: "failed"; readonly code: string; readonly message: string };

/** An event of a relay as a notice. */
export function toNotice(event: RelayEvent): RelayNotice {
  if (event.type !== "session") return event;
  const { connection, leg } = event;
  return { ...event.event, connection, leg };
}
