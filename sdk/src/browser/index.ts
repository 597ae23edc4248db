/** Pulsewire over the WebSocket of a browser: docs/bindings.md section 2. */
export { type BrowserConnectOptions, connect } from "./connect.ts";
export {
  type BrowserPoolOptions,
  type BrowserReconnectOptions,
  pool,
  reconnect,
} from "./reconnect.ts";
export type { WebSocketConstructor, WebSocketLike } from "./web-socket.ts";
