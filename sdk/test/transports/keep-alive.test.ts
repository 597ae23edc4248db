import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SessionListener } from "pulsewire";
import * as browser from "pulsewire/browser";
import * as grpc from "pulsewire/grpc";
import * as tcp from "pulsewire/tcp";
import * as ws from "pulsewire/ws";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocketServer } from "ws";
import { duplexPair } from "../tcp/support.ts";

const portOf = (address: string) => Number(new URL(address).port);
const switched = vi.spyOn(Socket.prototype, "setKeepAlive");
afterEach(() => switched.mockClear());

/** How often the option was switched on, and with what; others switch theirs with other times. */
const asked = (ms: number) =>
  switched.mock.calls.filter(([on, delay]) => on && delay === ms).length;

/** Opens `connect` against `listener`, waits until both have a session, and ends both. */
async function meet(listener: SessionListener, connect: (port: number) => Promise<unknown>) {
  await using server = listener;
  const accepted = server[Symbol.asyncIterator]().next();
  await connect(portOf(server.address));
  await accepted;
}

const SERVER = 2000;
const CLIENT = 3000;

test.each<[string, (osKeepAliveMs?: number) => Promise<SessionListener>, Dial]>([
  [
    "TCP",
    (osKeepAliveMs) => tcp.listen({ osKeepAliveMs }),
    (port, options) => tcp.connect({ host: "127.0.0.1", port, ...options }),
  ],
  [
    "WebSocket",
    (osKeepAliveMs) => ws.listen({ osKeepAliveMs }),
    (port, options) => ws.connect({ url: `ws://127.0.0.1:${port}`, ...options }),
  ],
  [
    "gRPC",
    (osKeepAliveMs) => grpc.listen({ osKeepAliveMs }),
    (port) => grpc.connect({ url: `grpc://127.0.0.1:${port}` }),
  ],
])("%s: off unless it is asked for, and then on that side's socket", async (name, listen, dial) => {
  await meet(await listen(), (port) => dial(port, {}));
  expect([asked(SERVER), asked(CLIENT)]).toEqual([0, 0]);
  await meet(await listen(SERVER), (port) => dial(port, { osKeepAliveMs: CLIENT }));
  expect([asked(SERVER), asked(CLIENT)]).toEqual([1, name === "gRPC" ? 0 : 1]);
});

type Dial = (port: number, options: { osKeepAliveMs?: number }) => Promise<unknown>;

test.each([
  ["an HTTP server", (server: ReturnType<typeof createServer>) => server],
  [
    "a WebSocketServer",
    (server: ReturnType<typeof createServer>) => new WebSocketServer({ server }),
  ],
])("WebSocket on %s one already has", async (_, serverOf) => {
  const http = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => http.once("listening", resolve));
  const listener = ws.attach(serverOf(http), { osKeepAliveMs: SERVER });
  const url = `ws://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const session = await ws.connect({ url });
  expect(asked(SERVER)).toBe(1);
  await session.close();
  await listener.close();
  await new Promise((resolve) => http.close(resolve));
});

test.runIf(process.platform !== "win32")(
  "WebSocket on a server on a Unix socket: refused where it listens already",
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "pulsewire-"));
    const http = createServer().listen(join(folder, "socket"));
    try {
      await new Promise((resolve) => http.once("listening", resolve));
      const message = "[PW_CONFIG] osKeepAliveMs is no option here: a Unix socket has none";
      for (const server of [http, new WebSocketServer({ server: http })]) {
        const listeners = server.eventNames().length;
        expect(() => ws.attach(server, { osKeepAliveMs: SERVER })).toThrow(message);
        expect(server.eventNames()).toHaveLength(listeners);
        await ws.attach(server).close();
      }
      // Nobody knows yet where its connections come from.
      await ws.attach(new WebSocketServer({ noServer: true }), { osKeepAliveMs: SERVER }).close();
      await ws.attach(createServer(), { osKeepAliveMs: SERVER }).close();
    } finally {
      await new Promise((resolve) => http.close(resolve));
      rmSync(folder, { recursive: true });
    }
  },
);

test.runIf(process.platform === "linux")("the system's timer runs on the socket", async () => {
  const { readFileSync } = await import("node:fs");
  await using server = await tcp.listen();
  const port = portOf(server.address);
  await using _ = await tcp.connect({ host: "127.0.0.1", port, osKeepAliveMs: 5000 });
  const hex = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  // "02" in the sixth column: a keep-alive timer is set, and not one of a retransmission.
  const timers = readFileSync("/proc/net/tcp", "utf8")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , remote, state]) => remote?.endsWith(hex) && state === "01")
    .map(([, , , , , timer]) => timer?.slice(0, 2));
  expect(timers).toEqual(["02"]);
});

test.each([999, 3_600_001, 1000.5, "5s", null, Number.NaN])("%s is out of range", async (value) => {
  const options = { osKeepAliveMs: value as number };
  const refused = { code: "PW_CONFIG" };
  await expect(tcp.connect({ port: 1, ...options })).rejects.toMatchObject(refused);
  await expect(tcp.listen(options)).rejects.toThrow("osKeepAliveMs must be a whole number");
  await expect(ws.connect({ url: "ws://127.0.0.1:1", ...options })).rejects.toMatchObject(refused);
  await expect(ws.listen(options)).rejects.toMatchObject(refused);
  await expect(grpc.listen(options)).rejects.toMatchObject(refused);
});

test("a slip is no option", async () => {
  const slip = { keepAliveMs: 5000 } as object;
  await expect(tcp.listen(slip)).rejects.toThrow('there is no option "keepAliveMs"');
});

test("where there is no such socket it is refused, and not left out in silence", async () => {
  const options = { osKeepAliveMs: 5000 };
  const why = (what: string) => `[PW_CONFIG] osKeepAliveMs is no option here: ${what}`;
  await expect(tcp.connect({ path: "/nowhere", ...options })).rejects.toThrow(why("a Unix"));
  await expect(tcp.listen({ path: "/nowhere", ...options })).rejects.toThrow(why("a Unix"));
  expect(() => tcp.attach(duplexPair()[0], options)).toThrow(why("this stream"));
  const url = "grpc://127.0.0.1:1";
  await expect(grpc.connect({ url, ...options } as { url: string })).rejects.toThrow(
    why("grpc-js"),
  );
  expect(() => grpc.livenessService(options as object)).toThrow(why("the sockets"));
  const page = { url: "ws://127.0.0.1:1", ...options } as { url: string };
  await expect(browser.connect(page)).rejects.toThrow(why("browsers"));
});
