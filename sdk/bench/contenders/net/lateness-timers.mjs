import { createServer } from "node:net";
import { monotonicMs } from "../../loads/crowd.mjs";
import { bound } from "../idle-server.mjs";
import { serveVerdicts } from "../lateness-judge.mjs";
import { beatOf } from "./beat.mjs";

serveVerdicts(({ heartbeatTimeMs, slackMs }, judged) => {
  const beat = beatOf(heartbeatTimeMs);
  return bound(
    createServer({ noDelay: true }, (socket) => {
      const port = socket.remotePort ?? 0;
      let heardAt = monotonicMs();
      const interval = setInterval(() => socket.write(beat), heartbeatTimeMs);
      const timeout = setTimeout(() => {
        judged(port, heardAt);
        socket.destroy();
      }, heartbeatTimeMs + slackMs);
      socket.on("data", () => {
        heardAt = monotonicMs();
        timeout.refresh();
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        clearInterval(interval);
        clearTimeout(timeout);
      });
    }),
  );
});
