import { listen } from "pulsewire/tcp";
import { serveIdle } from "../idle-server.mjs";
import { portOf, read } from "./reader.mjs";

// The side that configures nothing: it adopts the heartbeat-time of its clients.
serveIdle(async ({ slackMs }) => {
  const server = await listen({ heartbeatSlackTimeMs: slackMs, onSession: read });
  return portOf(server);
});
