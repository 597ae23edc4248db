import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { SilenceEvidence } from "../../src/core/index.ts";
import type { ConfirmDown, Session } from "../../src/driver/index.ts";
import { noticed, scripted } from "./world.ts";

// The deadline of a peer that never spoke is at 1400.
const rules = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 400 };

/** A hook that notes what it is asked, and answers when the test says so. */
function hook(limits: { timeoutMs?: number; maxExtensions?: number } = {}) {
  const asked: {
    readonly evidence: SilenceEvidence;
    readonly signal: AbortSignal;
    readonly session: Session;
    readonly answer: (answer: unknown) => void;
    readonly fail: (reason: unknown) => void;
  }[] = [];
  const confirmDown: ConfirmDown = {
    timeoutMs: 300,
    maxExtensions: 2,
    ...limits,
    ask: (evidence, signal, session) =>
      new Promise((resolve, reject) => {
        const answer = resolve as (answer: unknown) => void;
        asked.push({ evidence, signal, session, answer, fail: reject });
      }),
  };
  const last = () => {
    const question = asked.at(-1);
    if (question === undefined) throw new Error("nobody was asked");
    return question;
  };
  return { asked, confirmDown, last };
}

const silence = (session: Session) => {
  if (session.end?.kind !== "peer-silent") throw new Error(`ended as ${session.end?.kind}`);
  return session.end.evidence;
};

describe("the hook", () => {
  test("is asked at the deadline, with the evidence and the session, and its yes gives time", async () => {
    const { asked, confirmDown, last } = hook();
    const { session, clock, types } = scripted({ ...rules, confirmDown });
    clock.advance(1399);
    expect(asked).toEqual([]);
    clock.advance(1);
    expect(last()).toMatchObject({ evidence: { silentForMs: 1400, extensions: 0 }, session });
    last().answer(true);
    await noticed();
    expect(types().slice(-3)).toEqual(["confirming", "extended", "heartbeat-sent"]);
    clock.advance(1399);
    expect([session.state, asked.length]).toEqual(["suspect", 1]);
    clock.advance(1);
    expect([session.state, asked.length]).toEqual(["suspect", 2]);
    last().answer(true);
    await noticed();
    clock.advance(1400);
    expect(silence(session)).toMatchObject({ silentForMs: 4200, extensions: 2 });
    expect([asked.length, clock.timers]).toEqual([2, 0]);
  });

  test("may answer at once, without a promise", async () => {
    const confirmDown = { ask: () => true, timeoutMs: 1, maxExtensions: 1 };
    const { session, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1400);
    await noticed();
    clock.advance(1399);
    expect(session.end).toBeUndefined();
    clock.advance(1);
    expect(silence(session).extensions).toBe(1);
  });

  test("says no: down at once", async () => {
    const { confirmDown, last } = hook();
    const { session, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1450);
    last().answer(false);
    await noticed();
    clock.advance(0);
    expect(silence(session)).toMatchObject({ silentForMs: 1450, extensions: 0 });
  });

  test("never settles: down when the time is over, and its signal fires", async () => {
    const { confirmDown, last } = hook();
    const { session, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1699);
    expect([session.state, last().signal.aborted]).toEqual(["suspect", false]);
    clock.advance(1);
    expect(silence(session)).toMatchObject({ silentForMs: 1700 });
    expect(last().signal.aborted).toBe(true);
    last().answer(true);
    await noticed();
    expect(clock.timers).toBe(0);
  });

  test("an answer in time is no reason to fire the signal", async () => {
    const { confirmDown, last } = hook();
    const { clock } = scripted({ ...rules, confirmDown });
    clock.advance(1400);
    last().answer(true);
    await noticed();
    clock.advance(100);
    expect(last().signal.aborted).toBe(false);
  });
});

describe("the question is dropped, its signal fires, and a late answer is ignored", () => {
  test("when the peer speaks, also if another question is open by then", async () => {
    const { asked, confirmDown, last } = hook();
    const { session, link, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1400);
    link.sink.onOctets();
    expect(last().signal.aborted).toBe(true);
    clock.advance(1400);
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    asked[0]?.answer(false);
    await noticed();
    clock.advance(0);
    expect(session.state).toBe("suspect");
    last().answer(true);
    await noticed();
    clock.advance(1399);
    expect(session.end).toBeUndefined();
  });

  test.each<[string, (session: Session) => void]>([
    ["is closed", (session) => void session.close()],
    ["is aborted", (session) => session.abort()],
  ])("when the session %s", async (_, finish) => {
    const { confirmDown, last } = hook();
    const { session, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1400);
    finish(session);
    expect(last().signal.aborted).toBe(true);
    last().fail(new Error("told to stop")); // what a hook does that passes its signal on
    await noticed();
    clock.advance(3000);
    expect(session.end?.kind).toMatch(/^(closed|aborted)$/);
  });

  test("when the transport goes", () => {
    const { confirmDown, last } = hook();
    const { session, link, clock } = scripted({ ...rules, confirmDown });
    clock.advance(1400);
    link.sink.onClose({ kind: "peer-closed" });
    expect([session.end?.kind, last().signal.aborted]).toEqual(["peer-closed", true]);
  });

  test("nobody is asked if the event's handler has closed the session", () => {
    const { asked, confirmDown } = hook();
    const { clock } = scripted({
      ...rules,
      confirmDown,
      onEvent: ({ type }, session) => {
        if (type === "confirming") session.abort();
      },
    });
    clock.advance(1400);
    expect(asked).toEqual([]);
  });
});

describe("a hook that is broken means no", () => {
  const uncaught = vi.fn();
  // vitest's own listeners would take it for a failure of the file.
  const others = process.listeners("uncaughtException");
  beforeEach(() => {
    uncaught.mockClear();
    process.removeAllListeners("uncaughtException").on("uncaughtException", uncaught);
  });
  afterEach(() => {
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
  });

  const broken: [string, ConfirmDown["ask"], unknown][] = [
    [
      "throws",
      () => {
        throw new Error("mine");
      },
      expect.objectContaining({ message: "mine" }),
    ],
    ["answers with nonsense", () => "yes" as unknown as boolean, notBoolean("string")],
    ["answers with nothing", async () => undefined as unknown as boolean, notBoolean("undefined")],
  ];
  test.each(broken)("it %s: an uncaught exception, as with onEvent", async (_, ask, error) => {
    const { session, clock } = scripted({ ...rules, confirmDown: { ask } });
    clock.advance(1400);
    await noticed();
    expect(uncaught).toHaveBeenCalledExactlyOnceWith(error, "uncaughtException");
    clock.advance(0);
    expect(silence(session)).toMatchObject({ silentForMs: 1400, extensions: 0 });
  });

  test("it rejects: an event says why, and the process goes on", async () => {
    const reason = new Error("ECONNREFUSED");
    const ask = () => Promise.reject(reason);
    const { session, events, clock } = scripted({ ...rules, confirmDown: { ask } });
    clock.advance(1400);
    await noticed();
    clock.advance(0);
    expect(silence(session).extensions).toBe(0);
    expect(events.slice(-3)).toMatchObject([
      { type: "confirming" },
      { type: "confirm-failed", reason },
      { type: "ended" },
    ]);
    expect(uncaught).not.toHaveBeenCalled();
  });

  function notBoolean(got: string) {
    const message = `[PW_CONFIG] confirmDown.ask must answer true or false; got ${got}`;
    return expect.objectContaining({ code: "PW_CONFIG", message });
  }
});

test.each([{}, { ask: true }, { ask: undefined }])(
  "confirmDown without a hook: %o",
  (confirmDown) => {
    expect(() => scripted({ ...rules, confirmDown } as never)).toThrow(
      "[PW_CONFIG] confirmDown.ask must be a function",
    );
  },
);
