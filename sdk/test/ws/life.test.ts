import { connect, listen } from "pulsewire/ws";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import {
  accepted,
  certificate,
  dataFrame,
  portOf,
  type RawPeer,
  rawClient,
  rawServer,
  received,
  within,
  wsFrame,
} from "./helpers.ts";

vi.setConfig({ testTimeout: 20_000 });

/** A session that finds a silent peer in 600 ms. */
const IMPATIENT = { heartbeatTimeMs: 100, heartbeatSlackTimeMs: 500, closeTimeoutMs: 200 };

/** Writes the next of `pieces` every `ms`, until they are all gone or the test is over. */
function drip(peer: RawPeer, ms: number, next: () => Buffer | undefined): void {
  const timer = setInterval(() => {
    const piece = next();
    if (piece === undefined) clearInterval(timer);
    else peer.socket.write(piece);
  }, ms);
  onTestFinished(() => clearInterval(timer));
}

describe("[PW-WS-6, PW-LIV-2] pings and pongs keep no session alive, and are answered", () => {
  test.each([9, 10])("opcode %i, whole and cut, at a server", async (opcode) => {
    await using listener = await listen({ ...IMPATIENT });
    const peer = await rawClient(portOf(listener));
    await peer.head();
    const session = await accepted(listener);
    const whole = wsFrame(opcode, "are you there", { mask: true });
    // Every other one in two writes: the header, and half of the payload with the rest later.
    const parts = [whole, whole.subarray(0, 1), whole.subarray(1, 9), whole.subarray(9)];
    // Once without waiting for a timer, so that a machine that stands still does not keep them back.
    for (const part of parts) peer.socket.write(part);
    let written = 0;
    drip(peer, 50, () => {
      written += 1;
      return parts[(written - 1) % parts.length];
    });
    expect(session.state).toBe("open");
    const end = await within(session.closed, "the verdict");
    expect(end).toMatchObject({ kind: "peer-silent" });
    if (opcode === 9) expect((await peer.frame(10)).payload.toString()).toBe("are you there");
  });

  test("at a client", async () => {
    const { url, peer } = await rawServer();
    const session = await connect({ url, ...IMPATIENT });
    const raw = await peer;
    const whole = wsFrame(9, "ping");
    let at = -1;
    drip(raw, 25, () => {
      at = (at + 1) % whole.length;
      return whole.subarray(at, at + 1); // one octet at a time
    });
    expect(await within(session.closed, "the verdict")).toMatchObject({ kind: "peer-silent" });
    // PW-LIV-6: it said why, in both ways.
    expect(await raw.closeFrame()).toMatchObject({ code: 4003 });
  });
});

describe("[PW-WS-7] octets of an unfinished message are life", () => {
  const slowly = (mask: boolean): { pieces: Buffer[]; payload: Buffer } => {
    const payload = Buffer.alloc(1000, "slow ");
    const frame = wsFrame(2, dataFrame(payload), { mask });
    const pieces: Buffer[] = [];
    for (let at = 0; at < frame.length; at += 20) pieces.push(frame.subarray(at, at + 20));
    return { pieces, payload };
  };

  test("at a server, with its handshake and the message's beginning in one read", async () => {
    await using listener = await listen({ ...IMPATIENT });
    const { pieces, payload } = slowly(true);
    const behind = Buffer.concat([wsFrame(9, "x", { mask: true }), pieces.shift() ?? payload]);
    const peer = await rawClient(portOf(listener), undefined, { behind });
    await peer.head();
    const session = await accepted(listener);
    drip(peer, 50, () => pieces.shift());
    expect(Buffer.from(await received(session))).toEqual(payload);
    expect(session.end).toBeUndefined();
  });

  test("at a client, with a message in one write with the handshake", async () => {
    const { pieces, payload } = slowly(false);
    const behind = Buffer.concat([wsFrame(2, dataFrame("first")), pieces.shift() ?? payload]);
    const { url, peer } = await rawServer(undefined, behind);
    const session = await connect({ url, ...IMPATIENT });
    onTestFinished(() => session.abort());
    drip(await peer, 50, () => pieces.shift());
    expect(Buffer.from(await received(session)).toString()).toBe("first");
    expect(Buffer.from(await received(session))).toEqual(payload);
    expect(session.end).toBeUndefined();
  });
});

test("a peer that beats lives, over TLS too", async () => {
  const tls = await certificate();
  await using listener = await listen({ tls });
  const beats = { heard: 0, enough: () => {} };
  const enough = new Promise<void>((resolve) => {
    beats.enough = resolve;
  });
  await using session = await connect({
    url: listener.address,
    tls: { ca: tls.cert },
    ...IMPATIENT,
    onEvent: ({ type }) => {
      if (type === "heartbeat-received") beats.heard += 1;
      if (beats.heard === 2) beats.enough();
    },
  });
  await within(enough, "two heartbeats");
  expect(session.state).toBe("open");
});
