import { serveIdle } from "../idle-server.mjs";
import { listen } from "./server.mjs";

serveIdle(listen);
