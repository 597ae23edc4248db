import { listen, pool, reconnect } from "pulsewire/grpc";
import { reconnectingSuite } from "../transports/reconnecting.ts";

reconnectingSuite("grpc", {
  subpath: "pulsewire/grpc",
  reconnect,
  pool,
  listen: (port) => listen({ host: "127.0.0.1", port, onSession: () => {} }),
  to: (port) => ({ url: `grpc://127.0.0.1:${port}` }),
  nowhere: { options: { url: "http://127.0.0.1" }, code: "PW_URL" },
});
