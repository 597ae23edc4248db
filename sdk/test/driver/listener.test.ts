import { expect, test } from "vitest";
import { type Session, SessionListener } from "../../src/driver/index.ts";
import { driverWorld, noticed, ScriptedLink } from "./world.ts";

function listening(options: ConstructorParameters<typeof SessionListener>[1] = {}) {
  const { clock, runtime } = driverWorld();
  let stops = 0;
  const listener = new SessionListener("test:1", options, runtime, async () => {
    stops += 1;
  });
  const accept = () => {
    const link = new ScriptedLink();
    listener.accept(link);
    return link;
  };
  return { clock, listener, accept, stops: () => stops };
}

test("sessions are iterated in the order they were accepted", async () => {
  const { listener, accept } = listening();
  const reader = listener[Symbol.asyncIterator]();
  const waiting = reader.next();
  accept();
  accept();
  accept();
  const all = [...listener.sessions];
  expect((await waiting).value).toBe(all[0]);
  expect((await reader.next()).value).toBe(all[1]);
  expect((await reader.next()).value).toBe(all[2]);
  expect(listener.address).toBe("test:1");
});

test("one that ended before the loop came to it is left out, and forgotten", async () => {
  const { listener, accept } = listening();
  accept().sink.onClose({ kind: "peer-closed" });
  accept();
  await noticed();
  expect(listener.sessions.size).toBe(1);
  const reader = listener[Symbol.asyncIterator]();
  expect((await reader.next()).value).toBe([...listener.sessions][0]);
});

test("with onSession they are not kept for iteration", async () => {
  const accepted: Session[] = [];
  const { listener, accept } = listening({ onSession: (session) => void accepted.push(session) });
  accept();
  expect(accepted).toEqual([...listener.sessions]);
  let iterated = false;
  listener[Symbol.asyncIterator]()
    .next()
    .then(({ done }) => {
      iterated = done !== true;
    });
  await noticed();
  expect(iterated).toBe(false);
});

test("PW-CLS-11: closing tells every session GOING_AWAY, waits for them, and stops once", async () => {
  const { listener, accept, stops } = listening();
  const link = accept();
  const loop = (async () => {
    const seen: Session[] = [];
    for await (const session of listener) seen.push(session);
    return seen.length;
  })();
  await noticed();
  let closed = false;
  const closing = listener.close();
  closing.then(() => {
    closed = true;
  });
  expect(listener.close({ code: 1 })).toBe(closing);
  expect(link.calls).toEqual(["close 2"]);
  expect(await loop).toBe(1);
  expect(closed).toBe(false);
  link.sink.onClose({ kind: "local" });
  await closing;
  await listener[Symbol.asyncDispose]();
  expect([stops(), listener.sessions.size]).toEqual([1, 0]);
  expect(await listener[Symbol.asyncIterator]().next()).toEqual({ done: true, value: undefined });
});

test("PW-CLS-11: what is accepted after closing is told GOING_AWAY as well", async () => {
  const { listener, accept } = listening();
  await listener.close();
  const late = accept();
  expect(late.calls).toEqual(["close 2"]);
  late.sink.onClose({ kind: "local" });
  await noticed();
  expect(listener.sessions.size).toBe(0);
});

test("closing for a reason out of range is refused, and can be done again", async () => {
  const { listener, accept, stops } = listening();
  const link = accept();
  expect(() => listener.close({ code: 0 })).toThrow("PW_CONFIG");
  expect([stops(), link.calls]).toEqual([0, []]);
  const closing = listener.close();
  link.sink.onClose({ kind: "local" });
  await closing;
  expect(stops()).toBe(1);
});
