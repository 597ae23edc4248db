import { expect, test } from "vitest";
import { type ConnectionEnd, endedByHeartbeat } from "../../src/core/end.ts";

const evidence = {} as Extract<ConnectionEnd, { kind: "peer-silent" }>["evidence"];
const closed = (by: "local" | "remote", code: number): ConnectionEnd => ({
  kind: "closed",
  by,
  code,
  reason: "",
});

test.each<[string, ConnectionEnd, boolean]>([
  ["silence", { kind: "peer-silent", evidence }, true],
  ["a transport that takes nothing", { kind: "outbound-blocked", blockedForMs: 1 }, true],
  ["the peer's own verdict of silence", closed("remote", 3), true],
  ["a close with that code that the application asked for", closed("local", 3), false],
  ["a close of the peer", closed("remote", 2), false],
  ["nothing to say", { kind: "idle", idleForMs: 1 }, false],
  ["a half-close", { kind: "peer-closed" }, false],
  ["a network that says so", { kind: "link-lost", cause: new Error("reset") }, false],
])("ended by heartbeat: %s", (_, end, expected) => {
  expect(endedByHeartbeat(end)).toBe(expected);
});
