import { connect as connectHttp2 } from "node:http2";
import { CONNECT_PATH, listen } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { Child } from "./processes.ts";
import { accepted, closing, Events, event, open, RawCall, within } from "./support.ts";

/** With slack enough for a peer to come to be, and for the probe to go out before the verdict. */
const OPTIONS = { heartbeatTimeMs: 300, heartbeatSlackTimeMs: 1500 };

describe("a peer that falls silent", () => {
  it("is found by either side, and both sides end", async () => {
    const child = new Child("peer.mjs");
    const url = await child.line();
    const listener = closing(await listen(OPTIONS));
    const dialling = new Child("peer.mjs", listener.address);
    const peer = await accepted(listener);
    await dialling.line();
    const events = new Events();
    const session = await open({ url, ...OPTIONS, onEvent: events.onEvent });
    await events.first("heartbeat-received");
    child.process.kill("SIGSTOP");
    dialling.process.kill("SIGSTOP");
    for (const one of [session, peer]) {
      const end = await within(one.closed);
      expect(end).toMatchObject({ kind: "peer-silent" });
      if (end.kind !== "peer-silent") continue;
      expect(end.evidence.silentForMs).toBeGreaterThanOrEqual(1800);
      expect(end.evidence.probedAgoMs).toBeDefined();
    }
  });

  it("is silent although HTTP/2 PINGs are answered [PW-LIV-2]", async () => {
    const listener = closing(await listen(OPTIONS));
    const http2 = connectHttp2(listener.address.replace("grpc:", "http:"));
    onTestFinished(() => http2.destroy());
    const stream = http2.request({
      ":method": "POST",
      ":path": CONNECT_PATH,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => {});
    stream.resume();
    await event(stream, "response");
    let pongs = 0;
    const pinging = setInterval(() => http2.ping(() => void pongs++), 50);
    onTestFinished(() => clearInterval(pinging));
    const session = await accepted(listener);
    expect(await within(session.closed)).toMatchObject({ kind: "peer-silent" });
    expect(pongs).toBeGreaterThanOrEqual(3);
  });

  it("is silent although gRPC's keepalive is on [PW-GRPC-5]", async () => {
    const listener = closing(await listen({ heartbeatTimeMs: 400, heartbeatSlackTimeMs: 200 }));
    const raw = new RawCall(listener.address, {
      "grpc.keepalive_time_ms": 50,
      "grpc.keepalive_permit_without_calls": 1,
    });
    const session = await accepted(listener);
    expect(await within(session.closed)).toMatchObject({ kind: "peer-silent" });
    expect((await raw.frame("close")).close.code).toBe(3);
  });

  it("is lost at once when its process is killed", async () => {
    const listener = closing(await listen({ heartbeatTimeMs: 60_000 }));
    const child = new Child("peer.mjs", listener.address);
    const peer = await accepted(listener);
    const session = await open({ url: await child.line(), heartbeatTimeMs: 60_000 });
    child.process.kill("SIGKILL");
    expect(await within(peer.closed)).toMatchObject({ kind: "link-lost" });
    expect(await within(session.closed)).toMatchObject({
      kind: "link-lost",
      cause: { code: 14 },
    });
  });
});
