/**
 * The protocol without IO, for people with a transport or a protocol of their
 * own: feed a {@link Connection} what arrives and what time it is, and do what
 * it says. Everyone else wants one of the bindings.
 */
export {
  type CheckEnvironment,
  type ConfigWarning,
  type ConfigWarningCode,
  checkConfig,
} from "./check-config.ts";
export { CloseCode, type CloseCodeName, closeCodeName } from "./close-code.ts";
export { decodeFrame, encodeFrame } from "./codec.ts";
export {
  type ConfirmLimits,
  type ConnectionConfig,
  HEARTBEAT_TIME_CEILING_MS,
  HEARTBEAT_TIME_MINIMUM_MS,
  type ResolvedConfig,
  resolveConfig,
} from "./config.ts";
export { Connection, type ConnectionState } from "./connection.ts";
export { type ConnectionEnd, endedByHeartbeat, type SilenceEvidence } from "./end.ts";
export { type CloseReason, type LinkAction, type LinkClosed, resolveClose } from "./ending.ts";
export { PulsewireError, type PulsewireErrorCode } from "./errors.ts";
export type { ConnectionEvent, HeartbeatCause } from "./events.ts";
export type { Close, Frame, Heartbeat } from "./frame.ts";
export { FrameCodec } from "./frame-codec.ts";
export type { FrameParts } from "./frame-parts.ts";
export {
  Liveness,
  type LivenessConfig,
  type LivenessEnd,
  type LivenessEvent,
  type NoOp,
} from "./liveness.ts";
export { MIDDLEBOXES, type Middlebox, type MiddleboxName } from "./middleboxes.ts";
