import { monotonicMs } from "../../loads/crowd.mjs";
import { serveVerdicts } from "../lateness-judge.mjs";
import { listen } from "./server.mjs";

serveVerdicts((_options, judged) =>
  listen((socket) => {
    const port = socket.remotePort ?? 0;
    let heardAt = monotonicMs();
    socket.on("data", () => {
      heardAt = monotonicMs();
    });
    socket.on("close", () => judged(port, heardAt));
  }),
);
