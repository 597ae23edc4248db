import { listen, pool, reconnect } from "pulsewire/tcp";
import { reconnectingSuite } from "../transports/reconnecting.ts";

reconnectingSuite("tcp", {
  subpath: "pulsewire/tcp",
  reconnect,
  pool,
  listen: (port) => listen({ host: "127.0.0.1", port, onSession: () => {} }),
  to: (port) => ({ host: "127.0.0.1", port }),
  nowhere: { options: { port: 70_000 }, code: "PW_CONFIG" },
});
