import { serveJudged } from "../judged-server.mjs";
import { listenByReadme } from "./readme.mjs";

serveJudged(listenByReadme);
