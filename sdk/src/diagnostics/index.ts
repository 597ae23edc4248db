/**
 * What happens to the sessions of this process, for logs, metrics and whoever
 * wants to watch without touching the code that opened them. Sessions publish
 * on `node:diagnostics_channel`; the library itself never logs.
 */
export {
  type ChannelMessages,
  type ChannelName,
  EVENT_CHANNELS,
  type SessionMessage,
  STALL_CHANNEL,
  type StallMessage,
  type Subscription,
  subscribe,
} from "./channels.ts";
export type { EndRecord } from "./end-record.ts";
export { type LogEndsOptions, logEnds } from "./log-ends.ts";
export { channelObserver } from "./observer.ts";
