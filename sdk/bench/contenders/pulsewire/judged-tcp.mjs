import { listen } from "pulsewire/tcp";
import { serveJudged } from "../judged-server.mjs";
import { portOf, read } from "./reader.mjs";

serveJudged(async ({ slackMs }) =>
  portOf(await listen({ heartbeatSlackTimeMs: slackMs, onSession: read })),
);
