import { heartbeat } from "../../loads/wires/heartbeat.mjs";
import { serveIdle } from "../idle-server.mjs";
import { listen } from "./server.mjs";

// A message on the stream from time to time, and a look whether the other end has sent its own.
serveIdle(({ heartbeatTimeMs, slackMs }) => {
  const beat = heartbeat(heartbeatTimeMs);
  return listen((call) => {
    let heardAt = performance.now();
    const interval = setInterval(() => {
      if (performance.now() - heardAt > heartbeatTimeMs + slackMs) call.destroy();
      else call.write(beat);
    }, heartbeatTimeMs);
    call.on("data", () => {
      heardAt = performance.now();
    });
    call.on("end", () => call.end());
    call.on("close", () => clearInterval(interval));
    call.on("cancelled", () => clearInterval(interval));
  });
});
