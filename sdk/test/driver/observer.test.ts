import { expect, test } from "vitest";
import {
  createRuntime,
  Session,
  type SessionEvent,
  type SessionObserver,
} from "../../src/driver/index.ts";
import { linkPair } from "../../src/memory/index.ts";
import { VirtualClock } from "../../src/testing/index.ts";
import { noticed } from "./world.ts";

/** Two sessions on a runtime that is watched. */
function watched(observer: SessionObserver, onEvent?: (event: SessionEvent) => void) {
  const clock = new VirtualClock();
  const runtime = createRuntime(clock, () => 0.5, observer);
  const [linkA, linkB] = linkPair({ latencyMs: 10, clock: clock.network });
  const a = Session.open(linkA, { heartbeatTimeMs: 1000, onEvent }, runtime);
  const b = Session.open(linkB, {}, runtime);
  return { clock, a, b };
}

test("sees the events of all sessions of its runtime, in order, before the session's own handler", () => {
  const seen: [Session, string][] = [];
  const order: string[] = [];
  const { clock, a, b } = watched(
    {
      event: (session, event) => {
        seen.push([session, event.type]);
        if (seen[0]?.[0] === session) order.push(`observer ${event.type}`);
      },
      stalled: () => {},
    },
    (event) => order.push(`own ${event.type}`),
  );
  clock.advance(100);
  a.close();
  clock.advance(100);
  const of = (session: Session) => seen.filter(([who]) => who === session).map(([, what]) => what);
  expect(of(a)).toEqual(["open", "heartbeat-sent", "heartbeat-received", "ended"]);
  expect(of(b)).toEqual(["open", "heartbeat-received", "adopted", "heartbeat-sent", "ended"]);
  expect(order.slice(0, 4)).toEqual([
    "observer open",
    "own open",
    "observer heartbeat-sent",
    "own heartbeat-sent",
  ]);
});

test("sees the end as the session has it, and no messages", () => {
  const ends: unknown[] = [];
  const types = new Set<string>();
  const { clock, a, b } = watched({
    event: (session, event) => {
      types.add(event.type);
      if (event.type === "ended") ends.push(session.end === event.end);
    },
    stalled: () => {},
  });
  a.send("a message");
  clock.advance(100);
  a.abort();
  clock.advance(100);
  expect([a.state, b.state, ends]).toEqual(["ended", "ended", [true, true]]);
  expect(types).not.toContain("message");
});

test("hears of a stall once, however many sessions were held up", () => {
  const stalls: number[] = [];
  const { clock } = watched({ event: () => {}, stalled: (lateByMs) => stalls.push(lateByMs) });
  clock.advance(100);
  clock.stall(2000);
  // Both beat about 850 ms after the opening, and are looked at on the last tenth of a second before.
  expect(stalls).toEqual([2100 - 800]);
});

test("one that throws is an uncaught exception, and the sessions go on", async () => {
  const caught: unknown[] = [];
  const listeners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", (error) => caught.push(error));
  try {
    const { clock, a, b } = watched({
      event: (_session, event) => {
        throw new Error(event.type);
      },
      stalled: () => {
        throw new Error("stalled");
      },
    });
    clock.advance(500);
    clock.stall(1000);
    clock.advance(5000);
    expect([a.state, b.state]).toEqual(["open", "open"]);
    await noticed();
    const messages = new Set(caught.map((error) => (error as Error).message));
    expect(messages).toContain("stalled");
    expect(messages).toContain("heartbeat-received");
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of listeners) process.on("uncaughtException", listener);
  }
});
