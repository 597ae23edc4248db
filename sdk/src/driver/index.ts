export { callUser, resolveOptions } from "./callback.ts";
export {
  type Attempt,
  can,
  check,
  checkOptions,
  checkWholeNumber,
  describeValue,
  isObject,
  isText,
  refuseOsKeepAlive,
  resolveAttempt,
} from "./check.ts";
export { type Clock, timerDelay } from "./clock.ts";
export type { ConfirmDown } from "./confirm.ts";
export type { CloseInfo, Link, LinkEnd, LinkSink } from "./link.ts";
export { type ListenerOptions, SessionListener } from "./listener.ts";
export type { SessionObserver } from "./observer.ts";
export { type Pool, type PoolOptions, type PoolSettings, pool } from "./pool.ts";
export { type Dialler, type ReconnectOptions, type Retry, reconnect } from "./reconnect.ts";
export { createRuntime, type Runtime } from "./runtime.ts";
export { Session, type SessionEvent, type SessionOptions } from "./session.ts";
export { Watch, type WatchOptions } from "./watch.ts";
