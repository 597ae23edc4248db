import { serveIdle } from "../idle-server.mjs";
import { listen } from "./server.mjs";

// No heartbeats at all: a stream, a listener, and a record of when it was heard.
serveIdle(() =>
  listen((call) => {
    const record = { heardAt: 0 };
    call.on("data", () => {
      record.heardAt = performance.now();
    });
    call.on("end", () => call.end());
  }),
);
