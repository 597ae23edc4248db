// A line protocol gains heartbeats in nine lines, without changing its own: `diff before.js after.js`.
import { EventEmitter, once } from "node:events";
import { networkTo } from "../shared/network.js";
import * as after from "./after.js";
import * as before from "./before.js";
import * as oneSided from "./one-sided.js";

/** Ann's network is cut. How long until bob is told that she has left, and until she knows herself? */
async function cutOff({ serve }, { join }) {
  const server = serve().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  const network = await networkTo(port);
  const said = new EventEmitter();
  const bob = await join(
    port,
    "bob",
    (line) => said.emit(line),
    () => {},
  );
  const ann = await join(
    network.port,
    "ann",
    () => {},
    () => said.emit("ann is alone"),
  );
  await once(said, "joined ann");

  network.swallow();
  const cutAt = performance.now();
  const [told, alone] = await Promise.all(
    ["left ann", "ann is alone"].map(async (event) => {
      const signal = AbortSignal.timeout(6_000);
      const known = await once(said, event, { signal }).catch(() => undefined);
      return known ? `after ${Math.round(performance.now() - cutAt)} ms` : "not within 6 s";
    }),
  );

  for (const client of [ann, bob]) client.leave();
  server.close();
  await network.close();
  return `the server knows ${told}, the client ${alone}`;
}

console.log(`before:              ${await cutOff(before, before)}`);
console.log(`after:               ${await cutOff(after, after)}`);
console.log(`the client alone:    ${await cutOff(before, oneSided)}`);
