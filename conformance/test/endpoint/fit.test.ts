/** Which cases suit which peers. */
import { describe, expect, test } from "vitest";
import { loadCases } from "../../src/cases/load.ts";
import { baseUnitMs, fitCase } from "../../src/endpoint/fit.ts";
import type { PeerProfile } from "../../src/endpoint/profile.ts";
import type { Fit } from "../../src/runner/plan.ts";

const catalogue = loadCases();

/** A peer with the defaults of the specification. */
const DEFAULT: PeerProfile = {
  transport: "tcp",
  role: "listen",
  heartbeatTimeMs: undefined,
  floorMs: 1_000,
  slackMs: 2_000,
  reply: undefined,
  talks: false,
  said: { floor: false, slack: false },
  oddities: [],
};
const CONFIGURED: PeerProfile = { ...DEFAULT, heartbeatTimeMs: 1_000 };

function fit(id: string, peer: PeerProfile, unitMs?: number): Fit {
  const spec = catalogue.find((candidate) => candidate.id === id);
  if (spec === undefined) throw new Error(`no case ${id}`);
  return fitCase(spec, peer, unitMs);
}

describe("a passive peer with all defaults", () => {
  test("is judged by one second", () => {
    expect(baseUnitMs(DEFAULT)).toBe(1_000);
    expect(fit("ACT-001", DEFAULT)).toEqual({ unitMs: 1_000 });
  });

  test.each([
    "ACT-001",
    "ADP-001",
    "ADP-012",
    "LIV-010",
    "LIM-002",
    "PRB-004",
    "VER-002",
    "WIR-005",
  ])("suits %s", (id) => {
    expect(fit(id, DEFAULT)).toHaveProperty("unitMs");
  });

  test.each([
    ["SND-001", /heartbeat-time of 1000 ms, and this peer is passive/],
    ["SND-008", /application to send: use --testee/],
    ["CLK-001", /feature stall/],
    ["ADP-015", /configuration that it must or may refuse/],
    ["LIM-001", /max_frame_bytes 65536, which cannot be seen/],
    ["DAT-001", /sends back each message.*--peer-reply echo/],
    [
      "ADP-007",
      /1 ms, and this peer adopts nothing below 1000 ms: start it with a floor of 100 ms/,
    ],
  ])("does not suit %s, and hears what it needs", (id, why) => {
    expect(fit(id, DEFAULT)).toEqual({ why: expect.stringMatching(why) });
  });

  test("gets the unit that a case needs", () => {
    // A slack of 1u, and a floor of 2u.
    expect(fit("ACT-007", DEFAULT)).toEqual({ unitMs: 2_000 });
    expect(fit("ADP-006", DEFAULT)).toMatchObject({ unitMs: 500 });
  });

  test("gets only the unit that the user wants, and hears of the other", () => {
    expect(fit("ACT-007", DEFAULT, 200)).toEqual({
      why: "needs a slack of 200 ms, and this peer's is taken as 2000 ms: start it so and say --peer-slack 200, or use --unit 2000",
    });
    expect(fit("WIR-005", DEFAULT, 200)).toEqual({ unitMs: 200 });
    expect(fit("WIR-003", DEFAULT, 200)).toHaveProperty("why");
  });
});

describe("a configured peer", () => {
  test.each(["SND-001", "LIV-001", "LIV-002", "LIV-004", "CLS-004", "CLS-001", "RTT-001"])(
    "suits %s",
    (id) => {
      expect(fit(id, CONFIGURED)).toHaveProperty("unitMs");
    },
  );

  test("suits what is indifferent to heartbeats, and nothing else that is for a passive one", () => {
    expect(fit("WIR-005", CONFIGURED)).toHaveProperty("unitMs");
    expect(fit("ACT-001", CONFIGURED)).toEqual({
      why: expect.stringContaining("needs a passive peer"),
    });
    expect(fit("WIR-011", CONFIGURED)).toHaveProperty("why");
  });

  test("is judged by its own time where that is what a case speaks of", () => {
    expect(fit("SND-001", { ...DEFAULT, heartbeatTimeMs: 5_000 })).toMatchObject({ unitMs: 5_000 });
    expect(fit("CLS-001", { ...DEFAULT, heartbeatTimeMs: 5_000 })).toMatchObject({ unitMs: 2_500 });
  });
});

describe("what the user says", () => {
  test("is no default any more", () => {
    const low = { ...DEFAULT, floorMs: 400 };
    // Found, and not said: the case judges whether the default is right.
    expect(fit("ADP-014", low)).toHaveProperty("unitMs");
    expect(fit("ADP-014", { ...low, said: { floor: true, slack: false } })).toHaveProperty("why");
    expect(fit("LIV-014", CONFIGURED)).toHaveProperty("unitMs");
    const slack = { ...CONFIGURED, slackMs: 1_000, said: { floor: false, slack: true } };
    expect(fit("LIV-014", slack)).toHaveProperty("why");
    expect(fit("LIV-015", slack)).toMatchObject({ unitMs: 1_000 });
  });
});

describe("an application that does something", () => {
  const echoes: PeerProfile = { ...DEFAULT, reply: "echo" };
  test("suits the cases that ask for it", () => {
    expect(fit("DAT-001", echoes)).toHaveProperty("unitMs");
    expect(fit("LIM-003", echoes)).toHaveProperty("why");
  });

  test("does not suit where its answers take the place of heartbeats", () => {
    expect(fit("SND-007", { ...CONFIGURED, reply: "echo" })).toEqual({
      why: "needs a peer whose application does not answer data",
    });
    expect(fit("ACT-002", echoes)).toHaveProperty("unitMs");
  });

  test("does not suit cases on rhythm if it talks by itself", () => {
    expect(fit("ADP-001", { ...DEFAULT, talks: true })).toHaveProperty("why");
    expect(fit("WIR-005", { ...DEFAULT, talks: true })).toHaveProperty("unitMs");
  });
});

describe("a peer that dials", () => {
  test("is not asked for two connections at once", () => {
    const dials: PeerProfile = { ...DEFAULT, role: "dial", heartbeatTimeMs: 8_000 };
    expect(fit("ADP-013", dials)).toEqual({ why: expect.stringContaining("two connections") });
    expect(fit("ADP-012", { ...dials, heartbeatTimeMs: undefined })).toHaveProperty("unitMs");
  });
});

describe("life", () => {
  const everyOf = (id: string, peer: PeerProfile): number | undefined => {
    const found = fit(id, peer);
    return "why" in found ? Number.NaN : found.lifeEveryMs;
  };

  test("is sent where the peer would otherwise suspect the harness, and early enough", () => {
    // Suspicion comes after 1000 ms and half of 2000 ms.
    expect(everyOf("SND-001", CONFIGURED)).toBe(1_000);
    expect(everyOf("ADP-001", DEFAULT)).toBe(1_000);
    expect(everyOf("SND-001", { ...CONFIGURED, slackMs: 0 })).toBe(500);
  });

  test("is not sent in cases on death, nor to a peer that never has a deadline", () => {
    expect(everyOf("LIV-010", DEFAULT)).toBeUndefined();
    expect(everyOf("LIV-001", CONFIGURED)).toBeUndefined();
    expect(everyOf("ACT-001", DEFAULT)).toBeUndefined();
  });

  test("is bounded by the ceiling", () => {
    expect(everyOf("ADP-009", DEFAULT)).toBeLessThanOrEqual(3_600_000);
  });
});
