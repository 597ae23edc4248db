/**
 * Pulsewire over gRPC: docs/bindings.md, section 3. It stands on the optional
 * peer dependency `@grpc/grpc-js`.
 */
export { connect } from "./connect.ts";
export type { GrpcConnectOptions } from "./connect-options.ts";
export type { GrpcClientTls, GrpcServerTls, Pem } from "./credentials.ts";
export { CONNECT_PATH, type LivenessServiceDefinition } from "./definition.ts";
export { type GrpcListenOptions, listen } from "./listen.ts";
export { type GrpcPoolOptions, type GrpcReconnectOptions, pool, reconnect } from "./reconnect.ts";
export {
  type LivenessService,
  type LivenessServiceImplementation,
  type LivenessServiceOptions,
  livenessService,
  type Verdict,
} from "./service.ts";
export type { GrpcStatus, GrpcStatusError } from "./status.ts";
