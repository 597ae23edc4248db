import type {
  ChannelCredentials,
  ChannelInterface,
  ChannelOptions,
  Client,
  Metadata,
} from "@grpc/grpc-js";
import type { SessionOptions } from "../driver/index.ts";
import type { GrpcClientTls } from "./credentials.ts";

/**
 * Options of `connect`, with those of every session. Whom to call is exactly one
 * of `url`, `target`, `client` and `channel`.
 */
export interface GrpcConnectOptions extends SessionOptions {
  /** `grpc://host:port`, or `grpcs://host:port` for TLS. */
  readonly url?: string | URL | undefined;
  /** What gRPC calls a target: `dns:///host:port`, `unix:/path`, `ipv4:1.2.3.4:80,5.6.7.8:80` ... */
  readonly target?: string | undefined;
  /**
   * A client of yours: its channel carries the call, beside others. Its HTTP/2
   * connection then carries many sessions, and dies for all of them at once. It
   * stays open when the session ends.
   *
   * Two of its options matter: `grpc.max_receive_message_length` has to let
   * `maxFrameBytes` through, and unless `grpc.per_rpc_retry_buffer_size` is 0
   * grpc-js takes up to 1 MiB off a session's hands before it says that the peer
   * does not read, so *outbound blocked* is found that much later [PW-OUT-1].
   */
  readonly client?: Client | undefined;
  /** The same with a channel. */
  readonly channel?: ChannelInterface | undefined;
  /** With `url` or `target`: credentials made with grpc-js, instead of `tls`. */
  readonly credentials?: ChannelCredentials | undefined;
  /** With `url` or `target`: TLS. Default: true for `grpcs:`, false otherwise. */
  readonly tls?: GrpcClientTls | boolean | undefined;
  /**
   * With `url` or `target`: options of the channel, over those that `connect`
   * sets itself. gRPC's keepalive is off by default and proves nothing about the
   * peer's process [PW-GRPC-5].
   */
  readonly channelOptions?: ChannelOptions | undefined;
  /** Sent with the call, such as `authorization`. */
  readonly metadata?: Metadata | Readonly<Record<string, string>> | undefined;
  /** Gives the attempt up. Once connected it is no longer looked at: use `session.abort()`. */
  readonly signal?: AbortSignal | undefined;
  /** From the call to the server's headers, in ms. 1 to 3600000, default 10000. */
  readonly connectTimeoutMs?: number | undefined;
}
