import { describe, expect, test } from "vitest";
import { deadlineOf, dueWindows } from "../../assets/report/client/timing.js";
import type { DecodedFrame, TraceEvent } from "../../src/model.ts";
import { at, beat, frame } from "./fixture.ts";

const MS = 1e6;
const LATE = 80;

const open = at(0, { kind: "open" });
const step = (ms: number): TraceEvent => at(ms, { kind: "step", step: "finish" });
const data = (ms: number, direction: "sent" | "received" = "received"): TraceEvent =>
  frame(direction, ms, { version: 1, body: "data", data: { bytes: 1 } }, "0801");
const close = (ms: number, code: number): TraceEvent => {
  const decoded: DecodedFrame = { version: 1, body: "close", close: { code } };
  return frame("received", ms, decoded, "0801");
};

function due(events: readonly TraceEvent[]): readonly (readonly [number, number, boolean])[] {
  return dueWindows(events, 0, LATE).map(
    ({ fromNs, toNs, missed }) => [fromNs / MS, toNs / MS, missed] as const,
  );
}

describe("when a beat is due", () => {
  test("it is so from 0.75 E to E after the last transmission, data among them", () => {
    expect(due([beat("received", 0, 200), data(100), beat("received", 280, 200)])).toEqual([
      [150, 200, false],
      [250, 300, false],
    ]);
  });

  test("it is missed only beyond the tolerance", () => {
    expect(due([beat("received", 0, 200), beat("received", 280, 200)])).toEqual([
      [150, 200, false],
    ]);
    expect(due([beat("received", 0, 200), beat("received", 281, 200)])).toEqual([[150, 200, true]]);
  });

  test("a silence to the end of the trace is one missed beat and not many", () => {
    expect(due([beat("received", 0, 200), step(2000)])).toEqual([[150, 200, true]]);
  });

  test("nothing is due of a passive side, before it advertises, and after an end", () => {
    expect(due([beat("received", 0), data(50), step(2000)])).toEqual([]);
    const ended = [beat("received", 0, 200), at(170, { kind: "end", by: "testee", how: "fin" })];
    expect(due([...ended, step(2000)])).toEqual([]);
  });

  test("what the harness sends, and what another connection says, changes nothing", () => {
    const other = { ...beat("received", 100, 5000), conn: 1 };
    expect(due([beat("received", 0, 200), beat("sent", 20, 100), other, step(1000)])).toEqual([
      [150, 200, true],
    ]);
  });
});

describe("the deadline", () => {
  const config = { heartbeat_time_ms: 200, slack_ms: 400 };
  const deadline = (
    events: readonly TraceEvent[],
    configured: Readonly<Record<string, unknown>> | undefined = config,
  ): readonly number[] => {
    const found = deadlineOf(events, 0, configured);
    return found === undefined ? [] : [found.atNs / MS, found.byNs / MS];
  };

  test.each<[string, readonly TraceEvent[], readonly number[]]>([
    ["counts from the opening", [open, step(2000)], [600, 700]],
    ["counts from the last octet", [open, data(100, "sent"), step(2000)], [700, 800]],
    ["waits for the greater promise", [open, beat("sent", 100, 1000), step(2000)], [1500, 1600]],
    ["follows what the testee adopts", [open, beat("received", 100, 100), step(2000)], [500, 600]],
    ["allows a quarter of a long E", [open, beat("received", 9, 1000), step(2000)], [1400, 1650]],
    ["is shown when the testee came before it", [open, close(300, 3)], [600, 700]],
    ["is not shown when the testee closed for another reason", [open, close(300, 1)], []],
    ["is not shown when it lies beyond the trace", [open, step(599)], []],
    [
      "takes no transport's ping for life",
      [
        open,
        at(300, {
          kind: "octets",
          direction: "sent",
          hex: "",
          bytes: 0,
          what: "websocket ping",
        }),
        step(2000),
      ],
      [600, 700],
    ],
    [
      "takes a part of a frame for life",
      [
        open,
        at(300, {
          kind: "octets",
          direction: "sent",
          hex: "08",
          bytes: 1,
          what: "a piece of a frame",
        }),
        step(2000),
      ],
      [900, 1000],
    ],
  ])("%s", (_name, events, expected) => {
    expect(deadline(events)).toEqual(expected);
  });

  test.each<[string, Readonly<Record<string, unknown>> | undefined]>([
    ["its configuration is not known", undefined],
    ["its slack is its own default", { heartbeat_time_ms: 200 }],
    ["it is passive and nobody beats", { slack_ms: 400 }],
    ["it does not read", { ...config, read: "paused" }],
    ["its peer need not beat, and has not", { ...config, peer_heartbeats: "optional" }],
  ])("is unknown of a testee if %s", (_name, configured) => {
    expect(deadlineOf([open, step(5000)], 0, configured)).toBeUndefined();
  });
});
