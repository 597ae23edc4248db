import { createServer } from "node:http";
import { load } from "../../framework/child.mjs";
import { bound, serveIdle } from "../idle-server.mjs";
import { heartbeatByReadme } from "./readme.mjs";

serveIdle(async ({ heartbeatTimeMs }) => {
  const { WebSocketServer } = await load("ws");
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  heartbeatByReadme(sockets, heartbeatTimeMs);
  return bound(server);
});
