import { serveVerdicts } from "../lateness-judge.mjs";
import { keepalive, listen } from "./server.mjs";

// Nobody here can tell when the answer to a PING was read: the peers say when they sent it.
serveVerdicts((options, judged) =>
  listen((call) => {
    const port = Number(call.getPeer().split(":").at(-1));
    call.on("data", () => {});
    call.on("cancelled", () => judged(port));
  }, keepalive(options)),
);
