import { subscribe as subscribeTo, unsubscribe } from "node:diagnostics_channel";
import { PulsewireError } from "../core/index.ts";
import type { Session, SessionEvent } from "../driver/index.ts";

/**
 * The channel on which each kind of event is told, with the message
 * `{ session, event }`, where `event` is what `onEvent` gets too. docs/observability.md
 * has the same table, and a test holds the two together.
 */
export const EVENT_CHANNELS: {
  readonly open: "pulsewire:session:open";
  readonly ended: "pulsewire:session:end";
  readonly adopted: "pulsewire:session:adopted";
  readonly suspended: "pulsewire:session:suspended";
  readonly "heartbeat-sent": "pulsewire:heartbeat:sent";
  readonly "heartbeat-received": "pulsewire:heartbeat:received";
  readonly suspect: "pulsewire:peer:suspect";
  readonly recovered: "pulsewire:peer:recovered";
  readonly pardoned: "pulsewire:peer:pardoned";
  readonly confirming: "pulsewire:peer:confirming";
  readonly "confirm-failed": "pulsewire:peer:confirm-failed";
  readonly extended: "pulsewire:peer:extended";
} = {
  open: "pulsewire:session:open",
  ended: "pulsewire:session:end",
  adopted: "pulsewire:session:adopted",
  suspended: "pulsewire:session:suspended",
  "heartbeat-sent": "pulsewire:heartbeat:sent",
  "heartbeat-received": "pulsewire:heartbeat:received",
  suspect: "pulsewire:peer:suspect",
  recovered: "pulsewire:peer:recovered",
  pardoned: "pulsewire:peer:pardoned",
  confirming: "pulsewire:peer:confirming",
  "confirm-failed": "pulsewire:peer:confirm-failed",
  extended: "pulsewire:peer:extended",
};

/** The channel on which a stall of this process is told, with the message `{ lateByMs }`. */
export const STALL_CHANNEL = "pulsewire:loop:stall";

/** What a channel of a session's events carries. */
export interface SessionMessage<Type extends SessionEvent["type"]> {
  readonly session: Session;
  readonly event: Extract<SessionEvent, { readonly type: Type }>;
}

/** What `pulsewire:loop:stall` carries. */
export interface StallMessage {
  /**
   * How late the timer of all sessions fired, in ms, more than 100. The stall
   * itself was longer, by the time from its beginning to when the timer was due.
   */
  readonly lateByMs: number;
}

/** The message of each channel, by its name. */
export type ChannelMessages = {
  readonly [Type in SessionEvent["type"] as (typeof EVENT_CHANNELS)[Type]]: SessionMessage<Type>;
} & { readonly [STALL_CHANNEL]: StallMessage };

/** The name of a channel. */
export type ChannelName = keyof ChannelMessages;

/** Something that goes on until it is told to stop, or until the end of a `using` block. */
export interface Subscription extends Disposable {
  /** Stops; a second call does nothing. */
  unsubscribe(): void;
}

/**
 * Listens to channels: `subscribe` of `node:diagnostics_channel` for several at
 * once, with types. A listener is called in the midst of the session's work, so
 * it has to be quick; what it throws is an uncaught exception and touches no session.
 *
 * @throws PulsewireError `PW_CONFIG` for a listener that is no function; none listens then.
 */
export function subscribe(
  listeners: {
    readonly [Name in ChannelName]?: (message: ChannelMessages[Name]) => void;
  },
): Subscription {
  if (typeof listeners !== "object" || listeners === null) {
    const given = listeners === null ? "null" : typeof listeners;
    throw new PulsewireError("PW_CONFIG", `listeners must be an object; got ${given}`);
  }
  // Nobody but this library publishes on these names, and then what the table says.
  const entries = Object.entries(listeners) as [string, (message: unknown) => void][];
  // All before the first: what is thrown leaves none behind that nobody can stop.
  for (const [name, listener] of entries) {
    if (typeof listener === "function") continue;
    throw new PulsewireError(
      "PW_CONFIG",
      `listener of ${name} must be a function; got ${String(listener)}`,
    );
  }
  for (const [name, listener] of entries) subscribeTo(name, listener);
  const stop = () => {
    for (const [name, listener] of entries.splice(0)) unsubscribe(name, listener);
  };
  return { unsubscribe: stop, [Symbol.dispose]: stop };
}
