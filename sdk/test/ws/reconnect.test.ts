import { listen, pool, reconnect } from "pulsewire/ws";
import { reconnectingSuite } from "../transports/reconnecting.ts";

reconnectingSuite("ws", {
  subpath: "pulsewire/ws",
  reconnect,
  pool,
  listen: (port) => listen({ host: "127.0.0.1", port, onSession: () => {} }),
  to: (port) => ({ url: `ws://127.0.0.1:${port}` }),
  nowhere: { options: { url: "http://127.0.0.1" }, code: "PW_URL" },
});
