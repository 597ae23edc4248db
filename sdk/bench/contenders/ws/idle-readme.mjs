import { serveIdle } from "../idle-server.mjs";
import { listenByReadme } from "./readme.mjs";

serveIdle(listenByReadme);
