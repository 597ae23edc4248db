import { listen } from "pulsewire/tcp";
import { monotonicMs } from "../../loads/crowd.mjs";
import { serveVerdicts } from "../lateness-judge.mjs";
import { portOf } from "./reader.mjs";

// When a peer was heard is taken down here, and not asked of the session that is judged.
serveVerdicts(async ({ slackMs }, judged) => {
  /** @type {WeakMap<import("pulsewire").Session, number>} */
  const heardAt = new WeakMap();
  const server = await listen({
    heartbeatSlackTimeMs: slackMs,
    onEvent(event, session) {
      if (event.type === "heartbeat-received") heardAt.set(session, monotonicMs());
      if (event.type !== "ended" || event.end.kind !== "peer-silent") return;
      judged(
        Number(new URL(`tcp://${session.remote.replace(/^\w+:\/\//, "")}`).port),
        heardAt.get(session),
      );
    },
    onSession: () => {},
  });
  return portOf(server);
});
