import { type Channel, channel } from "node:diagnostics_channel";
import type { SessionEvent, SessionObserver } from "../driver/index.ts";
import { EVENT_CHANNELS, STALL_CHANNEL, type StallMessage } from "./channels.ts";

const stall = channel(STALL_CHANNEL);

/** By the kind of event; a `Map` for its lookups, which every heartbeat makes. */
const channels: ReadonlyMap<SessionEvent["type"], Channel> = new Map(
  (Object.keys(EVENT_CHANNELS) as SessionEvent["type"][]).map((type) => [
    type,
    channel(EVENT_CHANNELS[type]),
  ]),
);

/**
 * Publishes what happens on `node:diagnostics_channel`. The sessions of
 * `pulsewire/tcp`, `/ws` and `/grpc` have it already; pass it to
 * `createRuntime` for a transport of your own. While nobody subscribes it costs
 * a lookup an event and allocates nothing.
 */
export const channelObserver: SessionObserver = {
  event(session, event) {
    const to = channels.get(event.type);
    if (to?.hasSubscribers === true) to.publish({ session, event });
  },
  stalled(lateByMs) {
    if (stall.hasSubscribers) stall.publish({ lateByMs } satisfies StallMessage);
  },
};
