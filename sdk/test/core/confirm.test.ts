import { describe, expect, test } from "vitest";
import type { ConnectionConfig } from "../../src/core/index.ts";
import { Harness } from "./harness.ts";

// patience = 1000 + 400; the deadline of a peer that never spoke is at 1400.
const rules: ConnectionConfig = {
  heartbeatTimeMs: 1000,
  heartbeatSlackTimeMs: 400,
  confirmDown: { timeoutMs: 300, maxExtensions: 2 },
};

/** Answers every question as soon as it is asked, or not at all. */
function answering(reachable: boolean | undefined, config = rules) {
  const harness = new Harness(config);
  const until = (time: number) => {
    while (harness.now < time && harness.connection.end === undefined) {
      harness.until(Math.min(time, harness.connection.pollTimeout() ?? time));
      if (reachable === undefined || harness.connection.confirming === undefined) continue;
      harness.act((connection, now) => connection.confirm(reachable, now));
    }
    return harness;
  };
  return { harness, until };
}

const endedAt = (harness: Harness) => {
  expect(harness.connection.end?.kind).toBe("peer-silent");
  expect(harness.ended()).toHaveLength(1);
  return harness.now;
};
const confirm = (harness: Harness, reachable: boolean) =>
  harness.act((connection, now) => connection.confirm(reachable, now));
const probes = (harness: Harness) => harness.take().filter((sent) => sent.endsWith("?"));

describe("the bound", () => {
  test("PW-LIV-11, PW-LIV-5: without the option the deadline is the verdict", () => {
    const harness = new Harness({ ...rules, confirmDown: undefined });
    harness.until(1399.9);
    expect(harness.connection.end).toBeUndefined();
    harness.until(1400);
    expect(harness.connection.end).toMatchObject({ evidence: { extensions: 0 } });
  });

  test("PW-LIV-11: at the deadline it asks, with its evidence, and is suspect still", () => {
    const harness = new Harness(rules).until(1400);
    expect(harness.events.at(-1)).toEqual({
      type: "confirming",
      extension: 1,
      evidence: {
        silentForMs: 1400,
        lastHeartbeatAgoMs: undefined,
        heartbeatTimeMs: 1000,
        peerHeartbeatTimeMs: undefined,
        heartbeatSlackTimeMs: 400,
        lateByMs: 0,
        probedAgoMs: 200,
        pardoned: false,
        extensions: 0,
      },
    });
    expect([harness.connection.state, harness.connection.confirming]).toEqual(["suspect", 1]);
    expect(harness.connection.pollTimeout()).toBeLessThanOrEqual(1700);
  });

  test("PW-LIV-12: no answer is a no, when the time for it is over", () => {
    const { harness, until } = answering(undefined);
    until(1699.9);
    expect(harness.connection.end).toBeUndefined();
    expect(endedAt(until(1e6))).toBe(1700);
    expect(harness.connection.end).toMatchObject({
      evidence: { silentForMs: 1700, lateByMs: 0, extensions: 0 },
    });
  });

  test("PW-LIV-12, PW-CLK-2: a no is the verdict, after one more look at the transport", () => {
    const harness = new Harness(rules).until(1450);
    confirm(harness, false);
    expect(harness.connection.confirming).toBeUndefined();
    expect(harness.connection.end).toBeUndefined();
    expect(harness.connection.pollTimeout()).toBe(1450);
    harness.timeout();
    expect(endedAt(harness)).toBe(1450);
  });

  test("PW-CLK-2: octets that the transport held are read before a no is judged", () => {
    const harness = new Harness(rules).until(1450);
    confirm(harness, false);
    harness.heartbeat(1000).timeout();
    expect(harness.connection.state).toBe("open");
  });

  test("PW-LIV-13, PW-PRB-6: yes without end gives what it may, one probe each, and then it is down", () => {
    const { harness, until } = answering(true);
    expect(endedAt(until(1e6))).toBe(1400 + 2 * 1400);
    expect(probes(harness)).toEqual(["1200 hb(1000)?", "1400 hb(1000)?", "2800 hb(1000)?"]);
    expect(harness.types().filter((type) => !type.startsWith("heartbeat"))).toEqual([
      "open",
      "suspect",
      "confirming",
      "extended",
      "confirming",
      "extended",
      "ended",
    ]);
    expect(harness.connection.end).toMatchObject({
      evidence: { silentForMs: 4200, extensions: 2, probedAgoMs: 1400 },
    });
  });

  test("PW-LIV-13: with each yes at the last moment it takes the whole bound", () => {
    const harness = new Harness(rules);
    for (const at of [1400, 3099]) {
      harness.until(at + 299);
      confirm(harness, true);
    }
    harness.until(4797.9);
    expect(harness.connection.end).toBeUndefined();
    harness.until(1e6);
    const [ended] = harness.events.slice(-1);
    expect(ended).toMatchObject({
      end: { evidence: { silentForMs: 1400 + 2 * (299 + 1400), extensions: 2 } },
    });
  });

  test("with no slack there is no suspicion before, and all the same", () => {
    const harness = new Harness({ ...rules, heartbeatSlackTimeMs: 0 }).until(1000);
    expect(harness.connection).toMatchObject({ state: "suspect", confirming: 1 });
    confirm(harness, true);
    expect(harness.events.at(-2)).toEqual({ type: "extended", extension: 1, forMs: 1000 });
    harness.heartbeat(1000);
    expect(harness.events.map(({ type }) => type)).toContain("recovered");
  });

  test("PW-LIV-12: more time is by the greater of E and P", () => {
    const harness = new Harness(rules).heartbeat(5000).until(5400);
    confirm(harness, true);
    expect(harness.events).toContainEqual({ type: "extended", extension: 1, forMs: 5400 });
  });
});

describe("what ends a question", () => {
  test("PW-LIV-14: an octet; a late answer is ignored, and the next silence has it all again", () => {
    const harness = new Harness(rules).until(1400);
    confirm(harness, true);
    harness.until(2800);
    expect(harness.connection.confirming).toBe(2);
    harness.act((connection, now) => connection.handleOctets(now));
    expect(harness.connection).toMatchObject({ state: "open", confirming: undefined });
    expect(harness.events.at(-1)).toEqual({ type: "recovered", silentForMs: 2800 });
    confirm(harness, false);
    harness.timeout().until(2800 + 1399);
    expect(harness.connection.end).toBeUndefined();
    harness.until(2800 + 1400);
    expect(harness.connection.confirming).toBe(1);
    expect(harness.events.at(-1)).toMatchObject({ extension: 1, evidence: { extensions: 0 } });
  });

  test("an answer counts once, and nobody asked before the opening", () => {
    const unopened = new Harness(rules, { open: false });
    confirm(unopened, true);
    expect(unopened.events).toEqual([]);
    const harness = new Harness(rules).until(1400);
    confirm(harness, true);
    confirm(harness, false);
    harness.until(2799);
    expect(harness.connection.end).toBeUndefined();
  });

  test("closing: once the Close is out nobody waits for an answer", () => {
    const harness = new Harness(rules).until(1400);
    harness.act((connection, now) => connection.close({}, now));
    expect(harness.connection).toMatchObject({ state: "closing", confirming: undefined });
    confirm(harness, false);
    harness.timeout();
    expect(harness.connection.state).toBe("closing");
    harness.until(1e6);
    expect(harness.connection.end).toMatchObject({ kind: "closed", by: "local" });
  });

  test("closing: while data waits before the Close, the question goes on and its answer counts", () => {
    const harness = new Harness({ ...rules, closeTimeoutMs: 5000 });
    harness.until(1399).writable = false;
    harness.act((connection, now) => connection.sendData(new Uint8Array(3), now));
    harness.act((connection, now) => connection.close({}, now));
    harness.until(1400);
    expect(harness.connection).toMatchObject({ state: "closing", confirming: 1 });
    confirm(harness, false);
    harness.timeout();
    expect(endedAt(harness)).toBe(1400);
  });

  test("the link: nothing is asked of who is gone", () => {
    const harness = new Harness(rules).until(1400);
    harness.act((connection, now) => connection.handleLinkClosed({ kind: "peer-closed" }, now));
    expect(harness.connection.confirming).toBeUndefined();
    confirm(harness, true);
    expect(harness.connection.end?.kind).toBe("peer-closed");
    expect(harness.connection.pollTimeout()).toBeUndefined();
  });
});

describe("one's own delays", () => {
  test("PW-CLK-3: a pardon comes first, then the question", () => {
    const harness = new Harness(rules).until(1200).jump(1900).timeout();
    expect(harness.events.at(-2)).toMatchObject({ type: "pardoned", lateByMs: 500 });
    expect(harness.connection.confirming).toBeUndefined();
    harness.until(2300);
    expect(harness.connection.confirming).toBe(1);
    expect(harness.events.at(-1)).toMatchObject({ evidence: { pardoned: true } });
  });

  test("PW-CLK-3, PW-CLK-4: who was away while the answer was due waits slack for it, once", () => {
    const harness = new Harness(rules).until(1400).jump(2200).timeout();
    expect(harness.connection).toMatchObject({ state: "suspect", confirming: 1 });
    confirm(harness, true);
    // The pardon of this silence is spent: the next delay is not forgiven, but the question is asked.
    harness.jump(9000).timeout();
    expect(harness.connection.confirming).toBe(2);
    harness.jump(20_000).timeout();
    expect(endedAt(harness)).toBe(20_000);
    expect(harness.connection.end).toMatchObject({
      evidence: { pardoned: true, lateByMs: 10_700 },
    });
  });

  test("an answer that was there when the process went on counts, though it is judged late", () => {
    const harness = new Harness(rules).until(1400).jump(1690);
    confirm(harness, true);
    harness.jump(1710).timeout();
    expect(harness.connection.end).toBeUndefined();
  });

  test("PW-CLK-5: a suspend leaves an open question its time, and brings the next forward", () => {
    const confirmDown = { timeoutMs: 900 }; // more than slack
    const harness = new Harness({ ...rules, confirmDown }).until(1400);
    harness.act((connection, now) => connection.handleSuspend(now));
    harness.until(2299);
    expect(harness.connection.confirming).toBe(1);
    confirm(harness, true);
    harness.act((connection, now) => connection.handleSuspend(now));
    harness.until(2299 + 400);
    expect(harness.connection.confirming).toBe(2);
  });
});

describe("PW-LIV-9: while this side does not read", () => {
  test("neither the answer time nor what was given runs", () => {
    const harness = new Harness(rules).until(1400);
    harness.act((connection, now) => connection.handlePause(now));
    harness.until(10_000);
    expect(harness.connection.confirming).toBe(1);
    harness.act((connection, now) => connection.handleResume(now));
    harness.until(10_299);
    expect(harness.connection.confirming).toBe(1);
    harness.until(10_300);
    expect(endedAt(harness)).toBe(10_300);
  });

  test("a yes in the pause gives its time after it, and a no is judged after it", () => {
    const yes = new Harness(rules).until(1400);
    yes.act((connection, now) => connection.handlePause(now));
    yes.until(5000);
    confirm(yes, true);
    yes.until(10_000);
    yes.act((connection, now) => connection.handleResume(now));
    yes.until(11_399.9);
    expect(yes.connection.confirming).toBeUndefined();
    yes.until(11_400);
    expect(yes.connection.confirming).toBe(2);

    const no = new Harness(rules).until(1400);
    no.act((connection, now) => connection.handlePause(now));
    no.until(5000);
    confirm(no, false);
    no.until(10_000);
    expect(no.connection.end).toBeUndefined();
    no.act((connection, now) => connection.handleResume(now));
    no.timeout();
    expect(endedAt(no)).toBe(10_000);
  });
});

describe("PW-OUT-4: a peer that is given time to speak is given it to read", () => {
  const blocked = () => {
    const harness = new Harness(rules).until(100);
    harness.writable = false; // from here on the peer's process stands still
    return harness;
  };

  test("a blocked transport does not end what the question keeps", () => {
    const harness = blocked().until(1400);
    confirm(harness, true);
    harness.until(2799.9);
    expect(harness.connection.end).toBeUndefined();
    harness.until(2800);
    confirm(harness, false);
    harness.timeout();
    expect(endedAt(harness)).toBe(2800);
  });

  test("when it goes on it has the rest of its time to read, and no more", () => {
    // The beat of 840 waits, so without the question the transport would be blocked at 2240.
    const harness = blocked().until(1400);
    confirm(harness, true);
    harness.until(2500).heartbeat(1000);
    expect(harness.connection.end).toBeUndefined();
    // Spent before the question: 1400 - 840. What is left of 1400 runs from 2500.
    harness.until(2500 + 839.9);
    expect(harness.connection.end).toBeUndefined();
    harness.until(2500 + 840);
    expect(harness.connection.end).toMatchObject({ kind: "outbound-blocked" });
  });

  test("a peer that speaks now and then and never reads is found all the same", () => {
    const harness = blocked();
    for (let silences = 0; silences < 20 && harness.connection.end === undefined; silences += 1) {
      harness.until(harness.now + 1400);
      confirm(harness, true);
      harness.until(harness.now + 1000).heartbeat(1000);
      harness.timeout();
    }
    expect(harness.connection.end?.kind).toBe("outbound-blocked");
    expect(harness.now).toBeLessThan(10_000);
  });
});
