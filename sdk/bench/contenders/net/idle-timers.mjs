import { serveIdle } from "../idle-server.mjs";
import { listenWithTimers } from "./timers.mjs";

serveIdle(listenWithTimers);
