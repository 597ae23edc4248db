/** Pulsewire over WebSocket, in Node, on the package `ws`: docs/bindings.md section 2. */
export { type AttachableWebSocketServer, attach } from "./attach.ts";
export { connect, type WsConnectOptions } from "./connect.ts";
export type { WsHandshakeOptions, WsRefusal, WsVerdict } from "./handshake.ts";
export { listen, type WsListenOptions } from "./listen.ts";
export { pool, reconnect, type WsPoolOptions, type WsReconnectOptions } from "./reconnect.ts";
