/**
 * What all bindings share. It runs in browsers and in Node and reaches neither
 * `node:` modules, ws nor grpc-js: those are behind `pulsewire/tcp`,
 * `pulsewire/ws`, `pulsewire/grpc` and `pulsewire/browser`.
 */
export {
  CloseCode,
  type CloseCodeName,
  type CloseReason,
  type ConnectionConfig,
  type ConnectionEnd,
  type ConnectionState,
  closeCodeName,
  endedByHeartbeat,
  type HeartbeatCause,
  PulsewireError,
  type PulsewireErrorCode,
  type SilenceEvidence,
} from "./core/index.ts";
export {
  type Clock,
  type CloseInfo,
  type ConfirmDown,
  createRuntime,
  type Link,
  type LinkEnd,
  type LinkSink,
  type ListenerOptions,
  type Pool,
  type PoolOptions,
  type ReconnectOptions,
  type Retry,
  type Runtime,
  Session,
  type SessionEvent,
  SessionListener,
  type SessionObserver,
  type SessionOptions,
} from "./driver/index.ts";
