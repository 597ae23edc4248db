import { serveJudged } from "../judged-server.mjs";
import { listenWithTimers } from "./timers.mjs";

serveJudged(listenWithTimers);
