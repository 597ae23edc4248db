import { serveJudged } from "../judged-server.mjs";
import { keepalive, listen } from "./server.mjs";

serveJudged((options) => listen((call) => call.on("data", () => {}), keepalive(options)));
