/** The SDK's three bindings behind one shape. */
import type { ListenerOptions, Session, SessionListener, SessionOptions } from "pulsewire";
import * as grpc from "pulsewire/grpc";
import * as tcp from "pulsewire/tcp";
import * as ws from "pulsewire/ws";
import type { TransportName } from "../model.ts";
import type { Address } from "../peers/peer.ts";
import type { TesteeConfig } from "../testee/contract.ts";

export interface Binding {
  connect(
    address: Address,
    options: SessionOptions & { readonly signal?: AbortSignal },
  ): Promise<Session>;
  listen(options: ListenerOptions): Promise<SessionListener>;
}

export const BINDINGS: Readonly<Record<TransportName, Binding>> = {
  tcp: {
    connect: ({ host, port }, options) => tcp.connect({ ...options, host, port }),
    listen: (options) => tcp.listen({ ...options, host: "127.0.0.1", port: 0 }),
  },
  ws: {
    connect: ({ host, port }, options) => ws.connect({ ...options, url: `ws://${host}:${port}` }),
    listen: (options) => ws.listen({ ...options, host: "127.0.0.1", port: 0 }),
  },
  grpc: {
    connect: ({ host, port }, options) =>
      grpc.connect({ ...options, url: `grpc://${host}:${port}` }),
    listen: (options) => grpc.listen({ ...options, host: "127.0.0.1", port: 0 }),
  },
};

/** The contract's words for a configuration, in the SDK's. */
export function sessionOptions(config: TesteeConfig): SessionOptions {
  return {
    heartbeatTimeMs: config.heartbeat_time_ms,
    heartbeatSlackTimeMs: config.slack_ms,
    minHeartbeatTimeMs: config.floor_ms,
    alwaysBeat: config.always_beat,
    peerHeartbeats: config.peer_heartbeats,
    maxFrameBytes: config.max_frame_bytes,
    maxMessageBytes: config.max_message_bytes,
    firstFrameTimeoutMs: config.first_frame_timeout_ms,
    maxUnreadBytes: config.max_unread_bytes,
  };
}
