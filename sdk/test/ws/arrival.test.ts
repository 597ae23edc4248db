import { once } from "node:events";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { SessionListener } from "pulsewire";
import { connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { accepted, certificate, portOf, within } from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

/** A TCP connection that says `words` and then nothing more. */
async function silent(listener: SessionListener, words = ""): Promise<Socket> {
  const socket = connectTcp({ port: portOf(listener), host: "127.0.0.1" });
  onTestFinished(() => void socket.destroy());
  socket.on("error", () => {});
  socket.resume();
  await within(once(socket, "connect"), "a TCP connection");
  socket.write(words);
  return socket;
}

const ended = (socket: Socket): Promise<unknown> =>
  socket.closed ? Promise.resolve() : once(socket, "close");

/** Less than the 10 seconds after which it is let go in any case. */
const LESS_MS = 8000;

const HALF_A_REQUEST = "GET / HTTP/1.1\r\nHost: local";
/** The beginning of a TLS record with a ClientHello of 256 octets. */
const HALF_A_HELLO = "\x16\x03\x01\x01\x00";

describe("close() does not wait for a connection that", () => {
  test.each([
    ["never says a word", ""],
    ["never completes its HTTP request", HALF_A_REQUEST],
  ])("%s", async (_what, words) => {
    const listener = await listen();
    const socket = await silent(listener, words);
    const session = await connect({ url: listener.address });
    await accepted(listener); // the silent one came before it
    await within(listener.close(), "the end of the listener", LESS_MS);
    await within(ended(socket), "the end of the TCP connection", LESS_MS);
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote" });
  });

  test.each([
    ["never begins its TLS handshake", ""],
    ["never completes its TLS handshake", HALF_A_HELLO],
  ])("%s", async (_what, words) => {
    const tls = await certificate();
    const listener = await listen({ tls });
    const socket = await silent(listener, words);
    const session = await connect({ url: listener.address, tls: { ca: tls.cert } });
    await accepted(listener);
    await within(listener.close(), "the end of the listener", LESS_MS);
    await within(ended(socket), "the end of the TCP connection", LESS_MS);
    // Whoever got through is told, and not cut off.
    expect(await session.closed).toMatchObject({ kind: "closed", by: "remote" });
  });
});

test("a connection that does not become a WebSocket is let go after 10 seconds", async () => {
  const tls = await certificate();
  await using plain = await listen();
  await using secure = await listen({ tls });
  const port = portOf(secure);
  const muteTls = connectTls({ port, host: "127.0.0.1", ca: tls.cert, servername: "localhost" });
  onTestFinished(() => void muteTls.destroy());
  muteTls.on("error", () => {});
  muteTls.resume();
  const since = performance.now();
  const sockets = await Promise.all([
    silent(plain),
    silent(plain, HALF_A_REQUEST),
    silent(secure),
    silent(secure, HALF_A_HELLO),
  ]);
  const all = Promise.all([...sockets, muteTls].map(ended));
  await within(all, "the end of every connection", 14_000);
  expect(performance.now() - since).toBeGreaterThan(9000);
});

test("handshakeTimeout of tls takes the place of the 10 seconds", async () => {
  await using listener = await listen({ tls: { ...(await certificate()), handshakeTimeout: 200 } });
  const socket = await silent(listener);
  await within(ended(socket), "the end of the TCP connection", LESS_MS);
});
