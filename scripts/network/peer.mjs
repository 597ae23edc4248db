// One peer in a process of its own: peer.mjs <client | server> <tcp | ws | grpc> <options as JSON>.
// It writes what happens as lines of JSON, each with the time on the machine's monotonic clock, which
// all processes of it share. It reads lines: each is a message to send. When its input ends it lets
// go of what it holds, and then nothing must keep it running.
import { createInterface } from "node:readline";
import { endedByHeartbeat } from "../../sdk/dist/index.js";

const [role, transport = "", json = "{}"] = process.argv.slice(2);
const { host, port, ...rules } = JSON.parse(json);
/** @typedef {import("../../sdk/dist/index.js").Session} Session */
/** @typedef {{ listen(options: any): Promise<any>, connect(options: any): Promise<Session> }} Binding */

const binding = /** @type {Binding} */ (await import(`../../sdk/dist/${transport}/index.js`));

/** @type {Session | undefined} */
let session;
/** @param {Session} opened */
const onSession = (opened) => {
  session = opened;
  say({ type: "open" });
  void hear(opened);
};
/** @param {import("../../sdk/dist/index.js").SessionEvent} event */
const onEvent = (event) => {
  if (event.type === "heartbeat-received") say({ type: "heard" });
  if (event.type === "suspect" || event.type === "pardoned") say({ type: event.type });
  if (event.type !== "ended") return;
  const { end } = event;
  const cause = end.kind === "link-lost" ? end.cause.message : undefined;
  say({ type: "ended", end: { ...end, cause }, byHeartbeat: endedByHeartbeat(end) });
};

const options = { ...rules, onEvent };
let listener;
if (role === "server") {
  listener = await binding.listen({ host, port, onSession, ...options });
  say({ type: "listening" });
} else {
  const url = `${transport}://${host}:${port}`;
  onSession(
    await binding.connect({ ...(transport === "tcp" ? { host, port } : { url }), ...options }),
  );
}

for await (const line of createInterface({ input: process.stdin })) session?.send(line);
if (session?.end === undefined) session?.abort("the lab is over");
await listener?.close();
setTimeout(() => say({ type: "held", by: process.getActiveResourcesInfo() }), 4000).unref();

/** @param {Session} opened */
async function hear(opened) {
  for await (const message of opened) {
    say({ type: "message", text: new TextDecoder().decode(message) });
  }
}

/** @param {object} fact */
function say(fact) {
  process.stdout.write(
    `${JSON.stringify({ at: Number(process.hrtime.bigint()) / 1e6, ...fact })}\n`,
  );
}
