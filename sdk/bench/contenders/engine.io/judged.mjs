import { serveJudged } from "../judged-server.mjs";
import { listen } from "./server.mjs";

serveJudged(listen);
