import { createServer } from "node:net";
import { bound } from "../idle-server.mjs";
import { beatOf } from "./beat.mjs";

/** What most write first: an interval that sends and a timeout that data moves, for each connection. @param {import("../idle-server.mjs").IdleOptions} options */
export function listenWithTimers({ heartbeatTimeMs, slackMs }) {
  const beat = beatOf(heartbeatTimeMs);
  return bound(
    createServer({ noDelay: true }, (socket) => {
      const interval = setInterval(() => socket.write(beat), heartbeatTimeMs);
      const timeout = setTimeout(() => socket.destroy(), heartbeatTimeMs + slackMs);
      socket.on("data", () => timeout.refresh());
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(interval);
        clearTimeout(timeout);
      });
    }),
  );
}
