import { connect as connectHttp2, constants } from "node:http2";
import { Server, type ServerDuplexStream, status as Status } from "@grpc/grpc-js";
import { CloseCode } from "pulsewire";
import { encodeFrame } from "pulsewire/core";
import { CONNECT_PATH, listen, livenessService } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  accepted,
  bound,
  close,
  closing,
  data,
  Events,
  event,
  heartbeat,
  message,
  open,
  RawCall,
  text,
  within,
} from "./support.ts";

describe("the end, as a client sees it", () => {
  it("is Close and then the status of the table [PW-GRPC-6]", async () => {
    const listener = closing(await listen());
    for (const [code, status] of [
      [CloseCode.NORMAL, Status.OK],
      [CloseCode.GOING_AWAY, Status.UNAVAILABLE],
      [CloseCode.UPSTREAM_LOST, Status.UNAVAILABLE],
      [CloseCode.INTERNAL_ERROR, Status.INTERNAL],
      [4711, Status.UNKNOWN],
    ] as const) {
      const raw = new RawCall(listener.address);
      const session = await accepted(listener);
      const ended = session.close({ code, reason: "because" });
      expect((await raw.frame("close")).close).toMatchObject({ code, reason: "because" });
      expect(raw.log).not.toContain("status");
      raw.call.end();
      expect((await within(raw.status)).code).toBe(status);
      expect(await within(ended)).toMatchObject({ kind: "closed", by: "local", code });
    }
  });

  it("comes after everything that was sent, whatever the status", async () => {
    const listener = closing(await listen());
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    for (let index = 0; index < 200; index++) peer.send(`message ${index}`);
    peer.send(new Uint8Array(2 ** 20));
    const ended = peer.close({ code: CloseCode.GOING_AWAY });
    const received: Uint8Array[] = [];
    for await (const one of session) received.push(one);
    expect(received).toHaveLength(201);
    expect(received[200]).toHaveLength(2 ** 20);
    expect(await within(session.closed)).toMatchObject({ kind: "closed", by: "remote", code: 2 });
    expect(await within(ended)).toMatchObject({ kind: "closed", by: "local" });
  });

  it("comes after everything also for a client that reads late", async () => {
    const listener = closing(await listen());
    const raw = new RawCall(listener.address);
    const session = await accepted(listener);
    raw.call.pause();
    for (let index = 0; index < 60; index++) session.send(`message ${index}`);
    const ended = session.close({ code: CloseCode.GOING_AWAY });
    // Two answers on the same connection, which are 100 ms apart [PW-PRB-3]: whatever the server had
    // to send before has arrived, a status too, with which grpc-js would forget what was not read.
    const other = new RawCall(listener.address, { channelOverride: raw.client.getChannel() });
    other.write(heartbeat(undefined, true));
    await other.frame("heartbeat");
    other.frames.length = 0;
    other.write(heartbeat(undefined, true));
    await other.frame("heartbeat");
    raw.call.resume();
    await raw.frame("close");
    raw.call.end();
    expect((await within(raw.status)).code).toBe(Status.UNAVAILABLE);
    expect(raw.frames).toHaveLength(61);
    expect(await within(ended)).toMatchObject({ kind: "closed", by: "local" });
  });

  it("is Close and the status at once when the server takes the client for dead", async () => {
    const listener = closing(await listen({ heartbeatTimeMs: 300, heartbeatSlackTimeMs: 200 }));
    const raws = Array.from({ length: 25 }, () => new RawCall(listener.address));
    for (const raw of raws) {
      expect(await within(raw.status)).toMatchObject({ code: Status.DEADLINE_EXCEEDED });
      expect(raw.frames.at(-1)).toMatchObject({ body: "close", close: { code: 3 } });
    }
  });

  it("is read from a status without Close [PW-GRPC-7]", async () => {
    for (const [status, end] of [
      [{ code: 0, details: "" }, { kind: "peer-closed" }],
      [
        { code: 3, details: "what?" },
        { kind: "closed", by: "remote", code: 4, reason: "what?" },
      ],
      [
        { code: 14, details: "draining" },
        { kind: "link-lost", cause: { code: 14, details: "draining" } },
      ],
    ] as const) {
      const url = await rawServer((call) => {
        call.once("data", () => {
          if (status.code === 0) call.end();
          else call.emit("error", status);
        });
        call.resume();
      });
      const session = await open({ url, heartbeatTimeMs: 5000 });
      expect(await within(session.closed)).toMatchObject(end);
    }
  });
});

describe("the end, as a server sees it", () => {
  it("is the peer's when the client half-closes, and ends the call [PW-GRPC-2]", async () => {
    const listener = closing(await listen());
    const raw = new RawCall(listener.address);
    const session = await accepted(listener);
    raw.write(data("before the end"));
    raw.call.end();
    expect(text(await message(session))).toBe("before the end");
    expect(await within(session.closed)).toEqual({ kind: "peer-closed" });
    expect((await within(raw.status)).code).toBe(Status.OK);
  });

  it("is Close also if the client cancels right behind it", async () => {
    const listener = closing(await listen());
    for (let trial = 0; trial < 20; trial++) {
      const raw = new RawCall(listener.address);
      const session = await accepted(listener);
      raw.write(data("more"));
      raw.write(close(CloseCode.GOING_AWAY, "bye"));
      setImmediate(() => raw.call.cancel());
      expect(await within(session.closed)).toMatchObject({ kind: "closed", by: "remote", code: 2 });
    }
  });

  it("is Close also if the server was not reading when the client cancelled", async () => {
    const listener = closing(await listen({ maxUnreadBytes: 1 }));
    const raw = new RawCall(listener.address);
    const session = await accepted(listener);
    for (const frame of [data("read"), data("unread"), close(CloseCode.NORMAL, "bye")]) {
      raw.write(frame);
    }
    const other = new RawCall(listener.address, { channelOverride: raw.client.getChannel() });
    other.write(heartbeat(undefined, true));
    await other.frame("heartbeat");
    expect(session.state).toBe("open");
    raw.call.cancel();
    expect(await within(session.closed)).toMatchObject({ kind: "closed", reason: "bye" });
  });

  it("is a lost link when the client cancels without a word", async () => {
    const listener = closing(await listen());
    const raw = new RawCall(listener.address);
    const session = await accepted(listener);
    raw.call.cancel();
    expect(await within(session.closed)).toMatchObject({
      kind: "link-lost",
      cause: { code: Status.CANCELLED },
    });
  });

  it("is Close when the client closes, and OK", async () => {
    const listener = closing(await listen());
    const session = await open({ url: listener.address });
    const peer = await accepted(listener);
    session.send("last words");
    expect(await within(session.close({ reason: "done" }))).toMatchObject({
      kind: "closed",
      by: "local",
    });
    expect(text(await message(peer))).toBe("last words");
    expect(await within(peer.closed)).toEqual({
      kind: "closed",
      by: "remote",
      code: 1,
      reason: "done",
    });
  });

  it("comes at once when the client aborts, and the call is cancelled", async () => {
    const cancelled: Promise<unknown>[] = [];
    const url = await rawServer((call) => {
      cancelled.push(event(call, "cancelled"));
    });
    const session = await open({ url });
    session.abort();
    expect(session.end).toMatchObject({ kind: "aborted" });
    await within(Promise.all(cancelled));
  });

  it("is told with Close by a client that takes it for dead, before the call is cancelled", async () => {
    for (let trial = 0; trial < 10; trial++) {
      const seen: string[] = [];
      let over: Promise<unknown> = Promise.resolve();
      const url = await rawServer((call) => {
        call.on("data", (octets: Buffer) => seen.push(octets.toString("hex")));
        over = event(call, "cancelled");
      });
      const session = await open({ url, heartbeatTimeMs: 100, heartbeatSlackTimeMs: 100 });
      expect(await within(session.closed)).toMatchObject({ kind: "peer-silent" });
      await over;
      // version 1, Close with code 3
      expect(seen.at(-1)).toMatch(/^080122..0803/);
    }
  });
});

describe("what a peer must not send", () => {
  it("ends with INVALID_ARGUMENT if it is no frame", async () => {
    const events = new Events();
    const listener = closing(await listen({ onEvent: events.onEvent }));
    for (const octets of [Buffer.from("garbage"), Buffer.alloc(0)]) {
      const raw = new RawCall(listener.address);
      raw.call.write(octets);
      expect((await raw.frame("close")).close.code).toBe(CloseCode.PROTOCOL_ERROR);
      raw.call.end();
      expect((await within(raw.status)).code).toBe(Status.INVALID_ARGUMENT);
    }
    const url = await rawServer((call) => void call.write(Buffer.from("garbage")));
    const session = await open({ url });
    expect(await within(session.closed)).toMatchObject({ kind: "protocol-error", code: 4 });
  });

  it("ends with RESOURCE_EXHAUSTED if it is too long for grpc-js [PW-GRPC-8]", async () => {
    const listener = closing(await listen({ maxFrameBytes: 2048 }));
    const raw = new RawCall(listener.address);
    const peer = await accepted(listener);
    raw.write(data(new Uint8Array(3000)));
    expect((await within(raw.status)).code).toBe(Status.RESOURCE_EXHAUSTED);
    expect(await within(peer.closed)).toMatchObject({ kind: "link-lost" });

    const long = Buffer.from(encodeFrame(data(new Uint8Array(3000))));
    const url = await rawServer((call) => void call.write(long));
    const session = await open({ url, maxFrameBytes: 2048 });
    expect(await within(session.closed)).toMatchObject({
      kind: "protocol-error",
      code: CloseCode.FRAME_TOO_LARGE,
    });
  });

  it("is not our peer's fault if the server refuses a frame of ours", async () => {
    const listener = closing(await listen({ maxFrameBytes: 2048 }));
    const session = await open({ url: listener.address });
    session.send(new Uint8Array(3000));
    expect(await within(session.closed)).toMatchObject({
      kind: "link-lost",
      cause: { code: Status.RESOURCE_EXHAUSTED },
    });
  });

  it("ends with Close(FRAME_TOO_LARGE) where the server's own limit lets it through", async () => {
    const { definition, implementation, listener } = livenessService({ maxFrameBytes: 2048 });
    closing(listener);
    const server = new Server();
    server.addService({ ...definition }, { ...implementation });
    const raw = new RawCall(await bound(server));
    const session = await accepted(listener);
    raw.write(data(new Uint8Array(3000)));
    expect((await raw.frame("close")).close.code).toBe(CloseCode.FRAME_TOO_LARGE);
    raw.call.end();
    expect((await within(raw.status)).code).toBe(Status.RESOURCE_EXHAUSTED);
    expect(session.end).toMatchObject({ kind: "protocol-error", code: CloseCode.FRAME_TOO_LARGE });
  });

  it("ends a call whose HTTP/2 stream is reset, and harms no other", async () => {
    const listener = closing(await listen());
    const bystander = await open({ url: listener.address });
    await accepted(listener);
    const http2 = connectHttp2(listener.address.replace("grpc:", "http:"));
    onTestFinished(() => http2.destroy());
    const stream = http2.request({
      ":method": "POST",
      ":path": CONNECT_PATH,
      "content-type": "application/grpc",
      te: "trailers",
    });
    stream.on("error", () => {});
    await event(stream, "response");
    const session = await accepted(listener);
    stream.write(Buffer.from([0, 0, 0, 1, 0, 1])); // the first octet of a message of 256
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
    expect(await within(session.closed)).toMatchObject({ kind: "link-lost" });
    expect(bystander.state).toBe("open");
  });

  it("is ignored after the end", async () => {
    const listener = closing(await listen());
    const raw = new RawCall(listener.address);
    const session = await accepted(listener);
    raw.write(close(CloseCode.NORMAL));
    raw.write(heartbeat(1000));
    raw.write(data("late"));
    expect(await within(session.closed)).toMatchObject({ kind: "closed", by: "remote" });
    raw.call.end();
    expect((await within(raw.status)).code).toBe(Status.OK);
    expect(session.heartbeatTimeMs).toBeUndefined();
    expect(raw.frames).toEqual([]);
  });
});

/** A server of bare grpc-js with this handler, which sends its headers at once. */
async function rawServer(handle: (call: ServerDuplexStream<Buffer, Buffer>) => void) {
  const { definition, listener } = livenessService();
  closing(listener);
  const server = new Server();
  const connect = (call: ServerDuplexStream<Buffer, Buffer>): void => {
    call.sendMetadata(call.metadata);
    call.on("error", () => {});
    call.resume();
    handle(call);
  };
  const same = (octets: Buffer): Buffer => octets;
  const raw = {
    ...definition.connect,
    requestDeserialize: same,
    responseSerialize: same,
  };
  server.addService({ connect: raw }, { connect });
  return await bound(server);
}
