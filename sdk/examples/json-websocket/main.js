// A WebSocket app that talks JSON gains heartbeats in fourteen lines: `diff before.js after.js`.
import { EventEmitter, once } from "node:events";
import { networkTo } from "../shared/network.js";
import * as after from "./after.js";
import * as before from "./before.js";

/** Ann's network is cut. How long until bob is told that she has left, and until she knows herself? */
async function cutOff({ serve, join }) {
  const server = serve();
  await once(server, "listening");
  const { port } = server.address();
  const network = await networkTo(port);
  const said = new EventEmitter();
  const hear = (message) => said.emit(`${message.type} ${message.name}`);
  const bob = await join(`ws://127.0.0.1:${port}`, "bob", hear, () => {});
  const alone = () => said.emit("ann is alone");
  const ann = await join(`ws://127.0.0.1:${network.port}`, "ann", () => {}, alone);
  await once(said, "joined ann");

  network.swallow();
  const cutAt = performance.now();
  const [told, knows] = await Promise.all(
    ["left ann", "ann is alone"].map(async (event) => {
      const signal = AbortSignal.timeout(6_000);
      const known = await once(said, event, { signal }).catch(() => undefined);
      return known ? `after ${Math.round(performance.now() - cutAt)} ms` : "not within 6 s";
    }),
  );

  for (const client of [ann, bob]) client.leave();
  await network.close();
  server.close();
  return `the server knows ${told}, the client ${knows}`;
}

console.log(`before: ${await cutOff(before)}`);
console.log(`after:  ${await cutOff(after)}`);
