/** In a worker of the page: one session, as soon as it is told where to. */
import { connect } from "pulsewire/browser";

addEventListener("message", async ({ data }: MessageEvent<string>) => {
  await connect({ url: data, heartbeatTimeMs: 2000, heartbeatSlackTimeMs: 2000 });
  postMessage("open");
});
