import { describe, expect, test } from "vitest";
import { decodeFrame, type Frame } from "../../src/core/index.ts";
import { Session, type SessionOptions } from "../../src/driver/index.ts";
import { driverWorld, noticed, ScriptedLink, text } from "./world.ts";

/** A link that keeps what is between cork and uncork, and notes what leaves together. */
class BatchingLink extends ScriptedLink {
  /** What the transport was given, a write each. */
  readonly writes: string[][] = [];
  /** Frames of one batch after which it wants to be uncorked. */
  most = Number.POSITIVE_INFINITY;
  #batch: string[] | undefined;

  override send(frame: Uint8Array): boolean {
    this.frames.push(frame);
    const name = nameOf(frame);
    if (this.#batch === undefined) {
      this.writes.push([name]);
      return this.room;
    }
    this.#batch.push(name);
    return this.#batch.length < this.most;
  }

  cork(): void {
    expect(this.#batch).toBeUndefined();
    this.#batch = [];
  }

  uncork(): boolean {
    expect(this.#batch).toBeDefined();
    this.writes.push(this.#batch ?? []);
    this.#batch = undefined;
    return this.room;
  }
}

function nameOf(octets: Uint8Array): string {
  const frame = decodeFrame(octets) as Frame;
  if (frame.body !== "data") return frame.body;
  return frame.data.length > 20 ? `${frame.data.length} octets` : text(frame.data);
}

function batching(options: SessionOptions = {}) {
  const world = driverWorld();
  const link = new BatchingLink();
  const session = Session.open(link, options, world.runtime);
  link.writes.length = 0;
  return { ...world, link, session };
}

describe("messages of one turn", () => {
  test("the first goes at once, those that follow together at the end of the turn, in order", () => {
    const { session, link, clock } = batching();
    for (const word of ["a", "b", "", "d"]) expect(session.send(word)).toBe(true);
    expect(link.writes).toEqual([["a"]]);
    expect(session.unsentBytes).toBe(2);
    clock.settle();
    expect(link.writes).toEqual([["a"], ["b", "", "d"]]);
    expect(session.unsentBytes).toBe(0);
  });

  test("each turn has a first one", () => {
    const { session, link, clock } = batching();
    for (const word of ["a", "b"]) {
      session.send(word);
      clock.settle();
    }
    expect(link.writes).toEqual([["a"], ["b"]]);
  });

  test("a write of 256 KiB does not wait for more", () => {
    const { session, link, clock } = batching();
    session.send("first");
    for (let count = 0; count < 264; count += 1) session.send(new Uint8Array(1000));
    expect(link.writes.map((write) => write.length)).toEqual([1, 259]);
    clock.settle();
    expect(link.writes.map((write) => write.length)).toEqual([1, 259, 5]);
  });

  test("a link that cannot write several at once is given each at once", () => {
    const { runtime } = driverWorld();
    const link = new ScriptedLink();
    const session = Session.open(link, {}, runtime);
    for (const word of ["a", "b", "c"]) session.send(word);
    expect(link.frames.map(nameOf)).toEqual(["a", "b", "c"]);
  });

  test("parts and whole frames are the same octets", () => {
    const { session, link, clock } = batching();
    const parts: Uint8Array[] = [];
    Object.assign(link, {
      sendParts: (head: Uint8Array, data: Uint8Array) => {
        parts.push(Uint8Array.of(...head, ...data));
        return true;
      },
    });
    const other = batching();
    for (const to of [session, other.session]) for (const word of ["a", "bc", ""]) to.send(word);
    clock.settle();
    other.clock.settle();
    expect(parts).toEqual(other.link.frames);
  });

  test("drained() waits for the end of the turn, and send is true until the transport is full", async () => {
    const { session, link, clock } = batching();
    expect([session.send("a"), session.send("b")]).toEqual([true, true]);
    let drained = false;
    session.drained().then(() => {
      drained = true;
    });
    await noticed();
    expect(drained).toBe(false);
    link.room = false;
    clock.settle();
    await noticed();
    expect([drained, session.send("c")]).toEqual([false, false]);
    link.room = true;
    link.sink.onDrain();
    await noticed();
    expect(drained).toBe(true);
    expect(link.writes).toEqual([["a"], ["b"], ["c"]]);
  });

  test("what waits for the transport goes out together when that has room again", () => {
    const { session, link } = batching();
    link.room = false;
    for (const word of ["a", "b", "c"]) expect(session.send(word)).toBe(false);
    link.room = true;
    link.sink.onDrain();
    expect(link.writes).toEqual([["a"], ["b", "c"]]);
  });

  test("the handler of an event may send more than a write takes", () => {
    const world = driverWorld();
    const link = new BatchingLink();
    const answers: boolean[] = [];
    const onEvent: SessionOptions["onEvent"] = (event, session) => {
      if (event.type !== "open") return;
      for (let count = 0; count < 260; count += 1) answers.push(session.send(new Uint8Array(1000)));
    };
    Session.open(link, { onEvent }, world.runtime);
    expect(answers.indexOf(false)).toBe(258);
    expect(link.writes.flat()).toHaveLength(260);
  });
});

describe("what does not wait for the end of a turn", () => {
  test("PW-SND-8: a heartbeat, which overtakes what waits and takes it along", () => {
    const { session, link } = batching();
    for (const word of ["a", "b", "c"]) session.send(word);
    session.probe();
    expect(link.writes).toEqual([["a"], ["heartbeat", "b", "c"]]);
  });

  test("PW-CLS-8: close, which loses nothing and comes last", () => {
    const { session, link, clock } = batching();
    for (const word of ["a", "b", "c"]) session.send(word);
    session.close();
    expect(link.writes).toEqual([["a"], ["b", "c", "close"]]);
    expect(link.calls).toEqual(["close 1"]);
    clock.settle();
    expect(link.writes).toHaveLength(2);
  });

  test.each([
    ["abort()", (session: Session) => session.abort()],
    [
      "the peer's end",
      (_: Session, link: BatchingLink) => link.sink.onClose({ kind: "peer-closed" }),
    ],
  ])("%s, after which nothing leaves any more", (_, end) => {
    const { session, link, clock } = batching();
    for (const word of ["a", "b", "c"]) session.send(word);
    end(session, link);
    clock.advance(10_000);
    expect(link.writes).toEqual([["a"]]);
    expect([session.unsentBytes, clock.timers, clock.nextAt]).toEqual([0, 0, undefined]);
  });
});

describe("bounds", () => {
  test.each([16_777_216, 300_000, 10_000, 100])(
    "who heeds send never meets PW_UNSENT_LIMIT, however small: maxUnsentBytes %s",
    (maxUnsentBytes) => {
      const { session, link } = batching({ maxUnsentBytes });
      link.room = false;
      let sent = 0;
      while (session.send(new Uint8Array(10))) sent += 1;
      expect(sent).toBe(0);
      const roomy = batching({ maxUnsentBytes });
      roomy.link.most = 1000;
      for (let count = 0; count < 10_000; count += 1) {
        if (roomy.session.send(new Uint8Array(10))) continue;
        roomy.link.sink.onDrain();
        expect(roomy.session.unsentBytes).toBe(0);
      }
    },
  );

  test("a link that wants to be uncorked goes on after it, and loses nothing", () => {
    const { session, link, clock } = batching();
    link.most = 2;
    for (const word of ["a", "b", "c", "d", "e", "f"]) session.send(word);
    clock.settle();
    expect(link.writes).toEqual([["a"], ["b", "c"], ["d", "e"], ["f"]]);
  });

  test("PW-CLS-9: a link that ends in the midst of a batch: one end, and nothing more", () => {
    const { session, link, clock } = batching();
    const ends: unknown[] = [];
    void session.closed.then((end) => ends.push(end));
    for (const word of ["a", "b", "c", "d"]) session.send(word);
    const send = link.send.bind(link);
    link.send = (frame) => {
      link.room = false; // it is gone, and says so in a moment
      send(frame);
      return false;
    };
    clock.settle();
    link.sink.onClose({ kind: "lost", cause: new Error("reset") });
    clock.advance(10_000);
    expect(link.writes).toEqual([["a"], ["b"]]);
    expect(session.end).toMatchObject({ kind: "link-lost" });
    expect([session.unsentBytes, session.send("e")]).toEqual([0, false]);
  });
});

describe("frames of one read", () => {
  const data = (word: string) => new Uint8Array([8, 1, 26, word.length, ...Buffer.from(word)]);
  const probe = new Uint8Array([8, 1, 18, 2, 16, 1]);

  test("what they lead to is done once, behind the last", () => {
    const types: string[] = [];
    const { link, session } = batching({ onEvent: ({ type }) => void types.push(type) });
    link.sink.onFrame(probe, true);
    link.sink.onFrame(data("a"), true);
    expect([types, link.writes]).toEqual([["open"], []]);
    link.sink.onFrame(data("b"));
    expect(types).toEqual(["open", "heartbeat-received", "heartbeat-sent"]);
    expect(link.writes).toEqual([["heartbeat"]]);
    expect(session.silentForMs).toBe(0);
  });

  test("or when the rest of the read turns out to be no frame, or to break a rule", () => {
    for (const rest of ["onOctets", "onViolation"] as const) {
      const { link } = batching();
      link.sink.onFrame(probe, true);
      if (rest === "onOctets") link.sink.onOctets();
      else link.sink.onViolation(4, "a length that is none");
      expect(link.writes).toEqual([[rest === "onOctets" ? "heartbeat" : "close"]]);
    }
  });

  test("a frame may stand among others, and what is around it does not matter", async () => {
    const { link, session } = batching();
    const octets = new Uint8Array([...data("first"), ...data("second"), 8, 1]);
    const end = data("first").length;
    link.sink.onFrameWithin?.(octets, 0, end, true);
    link.sink.onFrameWithin?.(octets, end, octets.length - 2, false);
    const messages = session[Symbol.asyncIterator]();
    for (const word of ["first", "second"]) {
      const { value } = await messages.next();
      expect([String(Buffer.from(value ?? [])), value?.buffer]).toEqual([word, octets.buffer]);
    }
  });

  test("PW-LIM-5: who has too much of it unread is not read from any more, in the midst of it too", () => {
    const { link, session } = batching({ maxUnreadBytes: 100 });
    link.sink.onFrame(data("one"), true);
    expect(link.calls).not.toContain("pause");
    link.sink.onFrame(data("two"), true);
    expect(link.calls).toContain("pause");
    expect(session.end).toBeUndefined();
  });

  test("they came at one time, and the next read at another", () => {
    const { link, session, clock } = batching({ heartbeatTimeMs: 1000 });
    link.sink.onFrame(data("a"), true);
    link.sink.onFrame(data("b"));
    clock.advance(300);
    expect(session.silentForMs).toBe(300);
    link.sink.onFrame(data("c"), true);
    link.sink.onFrame(data("d"));
    expect(session.silentForMs).toBe(0);
  });
});
