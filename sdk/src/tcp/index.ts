/**
 * Pulsewire over TCP, TLS, Unix sockets and any `Duplex`; docs/bindings.md,
 * section 1.
 */
export { type AttachOptions, attach } from "./attach.ts";
export { type ConnectOptions, connect } from "./connect.ts";
export { type ListenOptions, listen } from "./listen.ts";
export { type TcpReachableOptions, tcpReachable } from "./reachable.ts";
export { type PoolOptions, pool, type ReconnectOptions, reconnect } from "./reconnect.ts";
export { type StreamWatchOptions, watch } from "./watch.ts";
