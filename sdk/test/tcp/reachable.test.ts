import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { tcpReachable } from "pulsewire/tcp";
import { afterEach, expect, test } from "vitest";
import { freePort } from "../ports.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function door(onConnection: (socket: Socket) => void = () => {}) {
  const server = createServer(onConnection).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port };
}

/** Asks as a session asks. */
const ask = (options: Parameters<typeof tcpReachable>[0], signal = new AbortController().signal) =>
  tcpReachable(options).ask({} as never, signal, {} as never);

/** The sockets of this process, by what keeps it alive. */
const sockets = () => process.getActiveResourcesInfo().filter((kind) => /^TCPSocket/.test(kind));

test("a port that accepts is reachable, and the connection is closed at once", async () => {
  const found: Socket[] = [];
  const { port } = await door((socket) => void found.push(socket.resume()));
  expect(await ask({ host: "127.0.0.1", port })).toBe(true);
  while (found.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [socket] = found;
  if (socket?.readableEnded === false) await once(socket, "end");
  expect(socket?.bytesRead).toBe(0);
});

test("one that refuses is not, nor one that is no host", async () => {
  expect(await ask({ host: "127.0.0.1", port: await freePort() })).toBe(false);
  expect(await ask({ host: "no-such-host.invalid", port: 1 })).toBe(false);
});

test("a signal ends the question, and no socket is left in any case", async () => {
  const { port } = await door((socket) => socket.destroy());
  const stop = new AbortController();
  const answers = [1, 2, 3].map(() => ask({ host: "127.0.0.1", port }, stop.signal));
  stop.abort();
  expect(await Promise.all(answers)).toEqual([false, false, false]);
  expect(await ask({ host: "127.0.0.1", port }, AbortSignal.abort())).toBe(false);
  expect(await ask({ host: "127.0.0.1", port })).toBe(true);
  await expect.poll(sockets, { interval: 5, timeout: 10_000 }).toEqual([]);
});

test("carries its limits, and refuses what is no address", () => {
  const made = tcpReachable({ port: 1, timeoutMs: 500, maxExtensions: 7 });
  expect(made).toMatchObject({ timeoutMs: 500, maxExtensions: 7 });
  expect(() => tcpReachable({ port: 0 })).toThrow("[PW_CONFIG] port must be a whole number");
  expect(() => tcpReachable({ host: "", port: 1 })).toThrow("[PW_CONFIG] host");
  expect(() => tcpReachable(undefined as never)).toThrow("[PW_CONFIG] options must be an object");
});
