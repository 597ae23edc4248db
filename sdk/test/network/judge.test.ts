import { expect, test } from "vitest";
import {
  boundMs,
  boundSinceFaultMs,
  judge,
  type Observed,
} from "../../../scripts/network/judge.mjs";

const TIMES = { heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 500 };
const EVIDENCE = {
  silentForMs: 1502,
  lastHeartbeatAgoMs: 1502,
  heartbeatTimeMs: 1000,
  peerHeartbeatTimeMs: 1000,
  heartbeatSlackTimeMs: 500,
  lateByMs: 2,
  probedAgoMs: 250,
  pardoned: false,
  extensions: 0,
};
/** An end that does what it should: it heard its last heartbeat 400 ms before the fault. */
const RIGHT: Observed = {
  role: "client",
  hearing: false,
  end: { kind: "peer-silent", evidence: EVIDENCE },
  byHeartbeat: true,
  heardAt: 9_600,
  faultBy: 10_000,
  endedAt: 11_102,
};
const TOLD = { kind: "closed", by: "remote", code: 3, reason: "silent for 1500 ms" } as const;

const textOf = (seen: Partial<Observed>): string =>
  judge(TIMES, { ...RIGHT, ...seen })
    .map(({ text }) => text)
    .join("\n");
const silent = (evidence: Partial<typeof EVIDENCE>): Observed["end"] => ({
  kind: "peer-silent",
  evidence: { ...EVIDENCE, ...evidence },
});

test("PW-LIV-5: the bound is a quarter of the heartbeat-time beyond the deadline, and 100 ms at least", () => {
  expect(boundMs(TIMES)).toBe(1750);
  expect(boundMs({ heartbeatTimeMs: 200, heartbeatSlackTimeMs: 100 })).toBe(400);
  expect(boundSinceFaultMs(TIMES, { hearing: true })).toBe(3500);
});

test("an end that does what it should is right", () => {
  expect(judge(TIMES, RIGHT)).toEqual([]);
});

test("one that still hears may be told, and takes twice the time; one that hears nothing may not", () => {
  const late = { heardAt: 11_600, endedAt: 13_101 };
  expect(judge(TIMES, { ...RIGHT, ...late, hearing: true })).toEqual([]);
  expect(judge(TIMES, { ...RIGHT, end: TOLD, hearing: true })).toEqual([]);
  expect(textOf({ end: TOLD })).toContain("expected peer-silent, seen");
  expect(textOf({ end: { ...TOLD, code: 1 }, hearing: true })).toContain("HEARTBEAT_TIMEOUT");
});

test.each<[string, Partial<Observed>, string]>([
  ["dies early", { end: silent({ silentForMs: 1499 }) }, "no verdict before 1500 ms"],
  ["never adopted", { end: silent({ heartbeatTimeMs: 5000 }) }, "a heartbeat-time of 1000 ms"],
  ["says it is the network", { end: { kind: "link-lost", cause: new Error() } }, "peer-silent"],
  ["is not known for a death by heartbeat", { byHeartbeat: false }, "endedByHeartbeat"],
  ["asks nobody", { end: silent({ probedAgoMs: undefined as never }) }, "a probe 250 ms before"],
  [
    "is late by its own account",
    { end: silent({ silentForMs: 1800 }) },
    "a verdict within 1750 ms",
  ],
  ["is late by our clock", { heardAt: 9_300, endedAt: 11_100 }, "seen 1800 and 1100 ms"],
  ["is late after the fault", { heardAt: 10_400, endedAt: 11_900 }, "seen 1500 and 1900 ms"],
])("one that %s is wrong", (_, seen, text) => {
  expect(textOf(seen)).toContain(text);
});

test("only what is late can be explained by a wait for a processor", () => {
  const late = judge(TIMES, { ...RIGHT, heardAt: 9_300, endedAt: 11_100 });
  expect(late.map(({ explainedByMs }) => explainedByMs)).toEqual([40]);
  const early = judge(TIMES, { ...RIGHT, end: silent({ silentForMs: 1000 }) });
  expect(early.map(({ explainedByMs }) => explainedByMs)).toEqual([undefined]);
});
