import { Metadata } from "@grpc/grpc-js";
import { listen, livenessService } from "pulsewire/grpc";
import { describe, expect, it } from "vitest";
import { accepted, closing, Events, message, open, RawCall, text, within } from "./support.ts";

describe("a session over gRPC", () => {
  it("makes the passive side beat, whichever side is configured", async () => {
    for (const [clientMs, serverMs] of [
      [1500, undefined],
      [undefined, 1500],
      [1500, 60_000],
      [60_000, 1500],
    ]) {
      const server = new Events();
      const client = new Events();
      const listener = closing(
        await listen({ heartbeatTimeMs: serverMs, onEvent: server.onEvent }),
      );
      const session = await open({
        url: listener.address,
        heartbeatTimeMs: clientMs,
        onEvent: client.onEvent,
      });
      const peer = await accepted(listener);
      const passive = (clientMs ?? 1e9) > (serverMs ?? 1e9) ? client : server;
      expect(await passive.first("adopted")).toMatchObject({ heartbeatTimeMs: 1500 });
      const other = passive === client ? server : client;
      await other.first("heartbeat-received");
      expect([session.heartbeatTimeMs, peer.heartbeatTimeMs]).toEqual([1500, 1500]);
    }
  });

  it("connects two passive sides, which say nothing [PW-GRPC-3]", async () => {
    const events = new Events();
    const listener = closing(await listen({ onEvent: events.onEvent }));
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    expect(events.types()).toEqual(["open"]);
    expect([session.heartbeatTimeMs, peer.heartbeatTimeMs]).toEqual([undefined, undefined]);
    session.probe();
    await events.first("heartbeat-received");
    expect(peer.heartbeatTimeMs).toBeUndefined();
  });

  it("says which transport, and who is there", async () => {
    const listener = closing(await listen());
    expect(listener.address).toMatch(/^grpc:\/\/127\.0\.0\.1:\d+$/);
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    expect([session.transport, peer.transport]).toEqual(["grpc", "grpc"]);
    expect(`grpc://${session.remote}`).toBe(listener.address);
    expect(peer.remote).toMatch(/^127\.0\.0\.1:\d+$/);
  });

  it("carries messages both ways, in order, empty ones too, as plain octets", async () => {
    const listener = closing(await listen());
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    for (const [from, to] of [
      [session, peer],
      [peer, session],
    ] as const) {
      for (const content of ["one", "", "three"]) from.send(content);
      const reader = to[Symbol.asyncIterator]();
      for (const content of ["one", "", "three"]) {
        const { value } = await within(reader.next());
        expect(text(value ?? new Uint8Array([0]))).toBe(content);
        expect(Buffer.isBuffer(value)).toBe(false);
      }
    }
  });

  it("carries 5 MiB both ways, in parts", async () => {
    const listener = closing(await listen());
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    const large = Uint8Array.from({ length: 5 * 2 ** 20 }, (_, index) => (index * 31) % 251);
    session.send(large);
    expect(Buffer.compare(await message(peer), large)).toBe(0);
    peer.send(large);
    expect(Buffer.compare(await message(session), large)).toBe(0);
    await within(Promise.all([session.drained(), peer.drained()]));
  });

  it("sends the client's metadata with the call", async () => {
    for (const metadata of [{ "x-pulse": "1" }, Metadata.fromHttp2Headers({ "x-pulse": "1" })]) {
      const seen: unknown[] = [];
      const listener = closing(
        await listen({
          authorize: (given, peer) => {
            seen.push(given.get("x-pulse"), peer);
            return true;
          },
        }),
      );
      await open({ url: listener.address, metadata });
      expect(seen).toEqual([["1"], expect.stringMatching(/^127\.0\.0\.1:\d+$/)]);
    }
  });

  it("sends no headers of the client's back [PW-GRPC-3]", async () => {
    const listener = closing(await listen());
    const raw = new RawCall(listener.address);
    const [headers] = await within(
      new Promise<Metadata[]>((resolve) => raw.call.once("metadata", (...args) => resolve(args))),
    );
    expect(headers?.get("user-agent")).toEqual([]);
    expect(livenessService().listener.address).toBe("/pulsewire.v1.LivenessService/Connect");
  });
});
