import { setTimeout as wait } from "node:timers/promises";
import { Server, type ServerDuplexStream } from "@grpc/grpc-js";
import type { Session } from "pulsewire";
import { encodeFrame } from "pulsewire/core";
import { listen, livenessService } from "pulsewire/grpc";
import { describe, expect, it, onTestFinished } from "vitest";
import { accepted, bound, closing, heartbeat, open, RawCall, within } from "./support.ts";

const PART = new Uint8Array(65_536);
/** Enough for a call to be answered, on a machine that is busy. */
const SLACK_MS = 1500;

describe("a peer that does not read", () => {
  it("makes the sender wait, and goes on when it reads", async () => {
    const listener = closing(await listen({ maxUnreadBytes: 65_536 }));
    const client = await open({ url: listener.address, maxUnreadBytes: 65_536 });
    const server = await accepted(listener);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      const sent = await fill(from);
      // What both ends of grpc-js, HTTP/2 and the kernel hold between them.
      expect(sent).toBeLessThan(12 * 2 ** 20);
      expect(from.send(PART)).toBe(false);
      let left = sent + 2 * PART.length;
      const drained = from.drained();
      from.send(PART);
      for await (const message of to) {
        left -= message.length;
        if (left <= 0) break;
      }
      expect(left).toBe(0);
      await within(drained);
      expect([from.state, to.state]).toEqual(["open", "open"]);
    }
  });

  it("is outbound-blocked for a client that beats, although it is heard [PW-OUT-1]", async () => {
    const { definition, listener } = livenessService();
    closing(listener);
    const server = new Server();
    const connect = (call: ServerDuplexStream<Uint8Array, Uint8Array>): void => {
      call.sendMetadata(call.metadata);
      call.on("error", () => {});
      const beating = setInterval(() => call.write(encodeFrame(heartbeat(300))), 100);
      onTestFinished(() => clearInterval(beating));
    };
    server.addService({ ...definition }, { connect });
    const session = await open({
      url: await bound(server),
      heartbeatTimeMs: 300,
      heartbeatSlackTimeMs: SLACK_MS,
    });
    // More than HTTP/2 lets out unread, and less than grpc-js would keep for a retry.
    session.send(new Uint8Array(2 ** 19));
    expect(await within(session.closed)).toMatchObject({ kind: "outbound-blocked" });
  });

  it("is outbound-blocked for a server that beats, although it is heard [PW-OUT-1]", async () => {
    const listener = closing(
      await listen({ heartbeatTimeMs: 300, heartbeatSlackTimeMs: SLACK_MS }),
    );
    const raw = new RawCall(listener.address);
    raw.call.pause();
    const beating = setInterval(() => raw.write(heartbeat(300)), 100);
    onTestFinished(() => clearInterval(beating));
    const session = await accepted(listener);
    // More than HTTP/2 lets out unread and than the 16 messages that grpc-js reads ahead.
    session.send(new Uint8Array(2 ** 23));
    expect(await within(session.closed)).toMatchObject({ kind: "outbound-blocked" });
  });

  it("lets heartbeats overtake what waits [PW-SND-8]", async () => {
    const listener = closing(await listen());
    const client = await open({ url: listener.address });
    const raw = new RawCall(listener.address);
    await accepted(listener);
    const server = await accepted(listener);
    server.send(new Uint8Array(2 ** 23));
    raw.write(heartbeat(1000, true));
    await raw.frame("heartbeat");
    const before = raw.frames.findIndex(({ body }) => body === "heartbeat");
    expect(before).toBeLessThan(64);
    expect(client.state).toBe("open");
  });
});

/** Sends until the peer's side takes nothing for a while. Returns the octets that went out. */
async function fill(session: Session): Promise<number> {
  let sent = 0;
  for (;;) {
    sent += PART.length;
    if (session.send(PART)) continue;
    let isTaken = false;
    void session.drained().then(() => {
      isTaken = true;
    });
    // In turns of the loop and not by the clock alone: whoever stood still has not looked.
    for (let turn = 0; turn < 20 && !isTaken; turn += 1) await wait(25);
    if (!isTaken) return sent;
  }
}
