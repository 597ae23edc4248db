import { once } from "node:events";
import { createServer } from "node:net";

/**
 * A port on 127.0.0.1 at which nobody listens, and which the system gives to
 * nobody who leaves the choice to it: what it gives away begins at 32768 on
 * Linux and at 49152 elsewhere. So it stays free until the test is over, with
 * whatever else runs on the machine.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    const server = createServer();
    const isFree = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!isFree) continue;
    server.close();
    await once(server, "close");
    return port;
  }
}
