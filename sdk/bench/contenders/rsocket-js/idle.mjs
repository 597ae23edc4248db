import { serveIdle } from "../idle-server.mjs";
import { listen } from "./server.mjs";

// It answers the KEEPALIVE of its clients, and looks after them by the lifetime of their SETUP.
serveIdle(() => listen());
