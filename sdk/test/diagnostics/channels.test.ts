import { channel } from "node:diagnostics_channel";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  type ChannelName,
  channelObserver,
  EVENT_CHANNELS,
  STALL_CHANNEL,
  subscribe,
} from "../../src/diagnostics/index.ts";
import type { Session, SessionEvent } from "../../src/driver/index.ts";
import { connect, listen } from "../../src/tcp/index.ts";
import { frames, published, uncaughtIn } from "./watched.ts";

const NAMES: readonly ChannelName[] = [...Object.values(EVENT_CHANNELS), STALL_CHANNEL];

/** Everything on all channels, until it is stopped. */
function recorder() {
  const heard: { name: ChannelName; message: unknown }[] = [];
  const subscription = subscribe(
    Object.fromEntries(
      NAMES.map((name) => [name, (message: unknown) => heard.push({ name, message })]),
    ),
  );
  return { heard, subscription };
}

test("each kind of event is told on its channel, with what onEvent gets", async () => {
  const { heard, subscription } = recorder();
  using _ = subscription;
  const answers = [true];
  const answered = () => new Promise((resolve) => setImmediate(resolve));
  const { link, clock, session, events } = published({
    heartbeatTimeMs: 2000,
    heartbeatSlackTimeMs: 1000,
    confirmDown: {
      ask: async () => {
        if (answers.length === 0) throw new Error("no answer is left");
        return answers.pop() === true;
      },
      timeoutMs: 500,
      maxExtensions: 2,
    },
  });
  link.sink.onFrame(frames.heartbeat(1000)); // adopted
  clock.advance(1600); // suspect
  link.sink.onOctets(); // recovered
  clock.stall(4500); // pardoned, and a stall
  link.sink.onOctets();
  clock.suspend(5000);
  // Suspended, and then silent: confirming, extended, confirming, confirm-failed.
  for (let at = 0; at < 10_000 && session.end === undefined; at += 100) {
    clock.advance(100);
    await answered();
  }
  expect(session.end).toMatchObject({ kind: "peer-silent" });

  const told = heard.filter(({ name }) => name !== STALL_CHANNEL);
  expect(told).toEqual(
    events.map((event: SessionEvent) => ({
      name: EVENT_CHANNELS[event.type],
      message: { session, event },
    })),
  );
  expect(new Set(events.map(({ type }) => type))).toEqual(new Set(Object.keys(EVENT_CHANNELS)));
  const stalls = heard.filter(({ name }) => name === STALL_CHANNEL);
  // At 1600 the timer was set for 2000, the deadline before the recovery; it fired at 6100.
  expect(stalls.map(({ message }) => message)).toEqual([{ lateByMs: 4100 }]);
});

test("a session over TCP is on the channels, in both roles, and its messages are not", async () => {
  const { heard, subscription } = recorder();
  using _ = subscription;
  await using server = await listen({ onSession: (peer) => void peer.send("from the server") });
  const port = Number(new URL(server.address).port);
  const session = await connect({ port, heartbeatTimeMs: 1000 });
  for await (const _message of session) break;
  await session.close();
  await Promise.all([...server.sessions].map((peer) => peer.closed));
  const of = (name: ChannelName) => heard.filter((each) => each.name === name);
  const sessionsOf = (name: ChannelName) =>
    new Set(of(name).map(({ message }) => (message as { session: Session }).session));
  expect(sessionsOf("pulsewire:session:open").size).toBe(2);
  expect(sessionsOf("pulsewire:session:end")).toEqual(sessionsOf("pulsewire:session:open"));
  expect(sessionsOf("pulsewire:session:end")).toContain(session);
  expect(of("pulsewire:heartbeat:sent").length).toBeGreaterThan(0);
  expect(JSON.stringify(heard.map(({ name }) => name))).not.toContain("message");
});

test.each<[string, unknown]>([
  [
    "listener of pulsewire:session:end must be a function; got undefined",
    { "pulsewire:session:open": () => {}, "pulsewire:session:end": undefined },
  ],
  [
    "listener of pulsewire:session:end must be a function; got 1",
    { "pulsewire:session:open": () => {}, "pulsewire:session:end": 1 },
  ],
  ["listeners must be an object; got null", null],
  ["listeners must be an object; got undefined", undefined],
  ["listeners must be an object; got function", () => {}],
])("PW_CONFIG: %s, and nobody listens then", (message, listeners) => {
  const call = () => subscribe(listeners as Parameters<typeof subscribe>[0]);
  expect(call).toThrow(`[PW_CONFIG] ${message}`);
  expect(NAMES.filter((name) => channel(name).hasSubscribers)).toEqual([]);
});

test("nothing is published, nor made, while nobody listens", () => {
  const made: string[] = [];
  const spies = NAMES.map((name) => {
    const target = channel(name);
    expect(target.hasSubscribers).toBe(false);
    target.publish = () => void made.push(name);
    // Deleted and not put back: a channel that gets subscribers changes its prototype.
    return () => Reflect.deleteProperty(target, "publish");
  });
  try {
    const { clock, session } = published({ heartbeatTimeMs: 1000 });
    clock.stall(60_000);
    clock.advance(60_000);
    expect(session.state).toBe("ended");
    // Not even the session is looked at.
    const untouchable = new Proxy({} as Session, {
      get: () => {
        throw new Error("touched");
      },
    });
    channelObserver.event(untouchable, { type: "open" });
    expect(made).toEqual([]);
  } finally {
    for (const restore of spies) restore();
  }
});

test("a listener that throws is an uncaught exception; the others hear, and the session goes on", async () => {
  const heard: string[] = [];
  const caught = await uncaughtIn(() => {
    using _bad = subscribe({
      "pulsewire:heartbeat:received": () => {
        throw new Error("a bad listener");
      },
    });
    using _good = subscribe({
      "pulsewire:heartbeat:received": ({ event }) => heard.push(event.type),
    });
    const { link, session } = published({ heartbeatTimeMs: 1000 });
    link.sink.onFrame(frames.heartbeat(1000));
    link.sink.onFrame(frames.heartbeat(1000));
    expect([session.state, session.peerHeartbeatTimeMs]).toEqual(["open", 1000]);
  });
  expect(caught.map(String)).toEqual(["Error: a bad listener", "Error: a bad listener"]);
  expect(heard).toHaveLength(2);
});

test("a listener may close and abort the session it hears of", () => {
  using _ = subscribe({ "pulsewire:session:adopted": ({ session }) => session.abort("enough") });
  const { link, session } = published({});
  link.sink.onFrame(frames.heartbeat(1000));
  expect(session.end).toEqual({ kind: "aborted", reason: "enough" });
});

test("unsubscribing ends it, a second time too, as does the end of a using block", () => {
  const heard: string[] = [];
  const listeners = {
    "pulsewire:session:open": () => void heard.push("open"),
    "pulsewire:session:end": () => void heard.push("end"),
  } as const;
  const first = subscribe(listeners);
  const second = subscribe(listeners);
  first.unsubscribe();
  first.unsubscribe();
  published().session.abort();
  expect(heard).toEqual(["open", "end"]);
  second[Symbol.dispose]();
  published().session.abort();
  expect(heard).toHaveLength(2);
  for (const name of NAMES) expect(channel(name).hasSubscribers).toBe(false);
});

test("a stall of this process is told, if only by one session's timer", async () => {
  const told = new Promise<number>((resolve) => {
    const subscription = subscribe({
      [STALL_CHANNEL]: ({ lateByMs }) => {
        subscription.unsubscribe();
        resolve(lateByMs);
      },
    });
  });
  await using server = await listen({});
  const port = Number(new URL(server.address).port);
  await using _session = await connect({ port, heartbeatTimeMs: 100 });
  // Every 100 ms a timer is due; while this loop runs it cannot fire.
  const until = performance.now() + 400;
  while (performance.now() < until) {}
  expect(await told).toBeGreaterThan(100);
});

test("docs/observability.md has a row for each channel", () => {
  const page = readFileSync(new URL("../../../docs/observability.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `(pulsewire:[a-z:-]+)` \|/gm)].map(([, name]) => name);
  expect(rows.toSorted()).toEqual([...NAMES].toSorted());
});
