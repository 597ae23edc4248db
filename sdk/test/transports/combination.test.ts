import { once } from "node:events";
import { type AddressInfo, createServer, Socket } from "node:net";
import { connect, listen } from "pulsewire/tcp";
import { afterEach, expect, test, vi } from "vitest";

const KEEP_ALIVE_MS = 7000;
const heartbeat = { heartbeatTimeMs: 200, heartbeatSlackTimeMs: 400 };
const idle = { idleTimeoutMs: 3000 }; // far beyond a verdict of silence, also one with a pardon
const keepAlive = { osKeepAliveMs: KEEP_ALIVE_MS };
const on = [false, true];
const mixes = on.flatMap((beats) =>
  on.flatMap((idles) => on.map((keeps) => ({ beats, idles, keeps }))),
);
type Mix = (typeof mixes)[number];
const options = ({ beats, idles, keeps }: Mix) => ({
  host: "127.0.0.1",
  ...(beats ? heartbeat : {}),
  ...(idles ? idle : {}),
  ...(keeps ? keepAlive : {}),
});

const switched = vi.spyOn(Socket.prototype, "setKeepAlive");
afterEach(() => switched.mockClear());
const kept = () => switched.mock.calls.filter(([, ms]) => ms === KEEP_ALIVE_MS).length;

/** What each of the eight finds, when as many as can have found something. */
async function findings(port: number) {
  const sessions = await Promise.all(
    mixes.map(async (mix) => ({ mix, session: await connect({ port, ...options(mix) }) })),
  );
  return { sessions, kindOf: (mix: Mix) => sessions.find((one) => one.mix === mix)?.session.end };
}

test("all eight mixes, with a peer that is gone without a word: each part finds what is its own", async () => {
  const accepted = new Set<Socket>();
  const server = createServer((socket) => void accepted.add(socket.on("error", () => {})));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { sessions, kindOf } = await findings((server.address() as AddressInfo).port);
  expect(kept()).toBe(4);
  await Promise.all(
    sessions.map(({ mix, session }) => (mix.beats || mix.idles ? session.closed : undefined)),
  );
  for (const mix of mixes) {
    // The peer's kernel lives, so the system's keep-alive has nothing to find.
    const expected = mix.beats ? "peer-silent" : mix.idles ? "idle" : undefined;
    expect([mix, kindOf(mix)?.kind]).toEqual([mix, expected]);
  }
  for (const { session } of sessions) session.abort();
  for (const socket of accepted) socket.destroy();
  server.close();
});

test("all eight mixes, with a peer that lives and has nothing to say: only idleness ends", async () => {
  await using server = await listen({ minHeartbeatTimeMs: 100 });
  const { sessions, kindOf } = await findings(Number(new URL(server.address).port));
  await Promise.all(sessions.map(({ mix, session }) => (mix.idles ? session.closed : undefined)));
  for (const mix of mixes) {
    expect([mix, kindOf(mix)?.kind]).toEqual([mix, mix.idles ? "idle" : undefined]);
  }
  // The others' Close is on its way.
  while (server.sessions.size > 4) await new Promise((resolve) => setImmediate(resolve));
  expect(server.sessions.size).toBe(4);
  for (const session of server.sessions) {
    // Heard lately where somebody beats; not since the opening where nobody does.
    const bound = heartbeat.heartbeatTimeMs + heartbeat.heartbeatSlackTimeMs;
    const beats = session.heartbeatTimeMs !== undefined;
    if (!beats) expect(session.silentForMs).toBeGreaterThan(bound);
  }
});
