import { pool, reconnect } from "pulsewire/browser";
import { listen } from "pulsewire/ws";
import { reconnectingSuite } from "../transports/reconnecting.ts";
import { BrowserWebSocket as WebSocket } from "./helpers.ts";

reconnectingSuite("browser", {
  subpath: "pulsewire/browser",
  prelude: 'import { WebSocket } from "ws"; globalThis.WebSocket ??= WebSocket;',
  reconnect: (options) => reconnect({ WebSocket, ...options }),
  pool: (options) => pool({ WebSocket, ...options }),
  listen: (port) => listen({ host: "127.0.0.1", port, onSession: () => {} }),
  to: (port) => ({ url: `ws://127.0.0.1:${port}` }),
  nowhere: { options: { url: "ftp://127.0.0.1" }, code: "PW_URL" },
});
