import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { listen, pool, reconnect } from "pulsewire/tcp";
import { expect, test } from "vitest";
import { reconnectingSuite } from "../transports/reconnecting.ts";

reconnectingSuite("tcp", {
  subpath: "pulsewire/tcp",
  reconnect,
  pool,
  listen: (port) => listen({ host: "127.0.0.1", port, onSession: () => {} }),
  to: (port) => ({ host: "127.0.0.1", port }),
  nowhere: { options: { port: 70_000 }, code: "PW_CONFIG" },
});

test("an echo server looks like a peer, and starts no storm", async () => {
  const server = createServer((socket) => void socket.on("error", () => {}).pipe(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  let sent = 0;
  let beats = 0;
  const controller = new AbortController();
  const sessions = reconnect({
    port,
    host: "127.0.0.1",
    heartbeatTimeMs: 100,
    heartbeatSlackTimeMs: 2000,
    signal: controller.signal,
    onEvent: (event) => {
      if (event.type !== "heartbeat-sent") return;
      sent += 1;
      if (event.cause === "cadence") beats += 1;
      if (beats === 10) controller.abort();
    },
  });
  for await (const session of sessions) {
    session.probe(); // comes back, is answered, and the answer asks for nothing
    await session.closed;
  }
  expect(sent).toBeLessThanOrEqual(beats + 3); // the opening, the probe and its answer
  server.close();
  await once(server, "close");
});

test("a mistake that only an attempt shows is thrown by the loop, and by the pool", async () => {
  const options = { port: 9, host: "127.0.0.1", tls: { cert: "no certificate" } };
  const mistake = { code: "PW_CONFIG", side: "local" };
  const loop = reconnect(options);
  await expect(loop.next()).rejects.toMatchObject(mistake);
  expect(await loop.next()).toEqual({ done: true, value: undefined });
  const sessions = pool({ ...options, size: 2 });
  await expect(sessions.session()).rejects.toMatchObject(mistake);
  await sessions.close();
});
