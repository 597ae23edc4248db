import { describe, expect, test } from "vitest";
import { layoutTimeline } from "../../assets/report/client/timeline-layout.js";
import type { Trace, TraceEvent, Window } from "../../src/model.ts";
import { adoptionEvents, at, beat, frame, window } from "./fixture.ts";

/** 1000 ms in 1036 pixels: a pixel a millisecond after a margin of 18. */
function layout(
  events: readonly TraceEvent[],
  windows: readonly Window[] = [],
  options: { readonly config?: Readonly<Record<string, unknown>>; readonly lateMs?: number } = {},
): ReturnType<typeof layoutTimeline> {
  const end = at(1000, { kind: "step", step: "done" });
  const trace: Trace = {
    caseId: "X-1",
    transport: "tcp",
    role: "dial",
    unitMs: 200,
    events: [...events, end],
  };
  return layoutTimeline(trace, windows, { width: 1036, ...options });
}

describe("the layout of a timeline", () => {
  test("has the harness above and the peer below", () => {
    const { lanes } = layout(adoptionEvents(412));
    expect(lanes.map((lane) => lane.title)).toEqual(["harness → peer", "peer → harness"]);
    expect(lanes.map((lane) => lane.marks.map((mark) => [mark.glyph, mark.x]))).toEqual([
      [
        ["heartbeat", 28],
        ["heartbeat", 228],
        ["heartbeat", 428],
        ["close", 818],
      ],
      [
        ["heartbeat", 440],
        ["heartbeat", 620],
        ["end", 820.4],
      ],
    ]);
  });

  test("labels heartbeats with the time they advertise", () => {
    const { lanes } = layout([beat("sent", 0, 200), beat("sent", 500), beat("sent", 900, 60_000)]);
    expect(lanes[0]?.marks.map((mark) => [mark.text, mark.shown])).toEqual([
      ["200", true],
      ["passive", true],
      ["60000", true],
    ]);
  });

  test("finds the silence", () => {
    const { lanes } = layout(adoptionEvents(412));
    expect(lanes[1]?.silence).toMatchObject({ x1: 18, x2: 440, ms: 422 });
  });

  test("sees no silence in a steady beat", () => {
    const beats = [0, 190, 380, 570, 760, 950].map((ms) => beat("received", ms, 200));
    expect(layout(beats).lanes[1]?.silence).toBeUndefined();
  });

  test("draws what coincides as one mark with a number, and the unlike above each other", () => {
    const events = Array.from({ length: 60 }, () => beat("sent", 100, 200));
    const data = frame("sent", 101, { version: 1, body: "data", data: { bytes: 5 } }, "0801");
    const marks = layout([...events, data]).lanes[0]?.marks ?? [];
    expect(marks.map((mark) => [mark.glyph, mark.text, mark.events.length, mark.level])).toEqual([
      ["heartbeat", "60×", 60, 0],
      ["data", "5 B", 1, 1],
    ]);
  });

  test("says in words how a direction ended", () => {
    const { lanes } = layout([
      beat("received", 100, 200),
      frame("received", 700, { version: 1, body: "close", close: { code: 3 } }, "0801"),
      at(702, { kind: "end", by: "testee", how: "fin" }),
    ]);
    expect(lanes[1]?.terminal?.text).toBe("HEARTBEAT_TIMEOUT, fin");
  });

  test("has a lane for each direction of each connection", () => {
    const { lanes } = layout([beat("sent", 0, 200), { ...beat("received", 10, 200), conn: 1 }]);
    expect(lanes.map((lane) => lane.title)).toEqual([
      "connection 0: harness → peer",
      "connection 0: peer → harness",
      "connection 1: harness → peer",
      "connection 1: peer → harness",
    ]);
  });

  test("puts windows that overlap below each other", () => {
    const { windows } = layout(
      [],
      [window("a", 0, 400), window("b", 200, 600), window("c", 700, 900)],
    );
    expect(windows.map(({ x, w }) => [x, w])).toEqual([
      [18, 400],
      [218, 400],
      [718, 200],
    ]);
    const [a, b, c] = windows;
    expect(b?.y).toBeGreaterThan(a?.y ?? Number.NaN);
    expect(c?.y).toBe(a?.y);
  });

  test("ticks at whole units, in milliseconds too", () => {
    expect(layout([]).ticks.map(({ x, ms, units }) => [x, ms, units])).toEqual([
      [18, 0, 0],
      [218, 200, 1],
      [418, 400, 2],
      [618, 600, 3],
      [818, 800, 4],
      [1018, 1000, 5],
    ]);
  });

  test("shows the harness's own lag", () => {
    expect(layout(adoptionEvents(412)).lags.map(({ ms }) => ms)).toEqual([2.5]);
  });

  test("lays out nothing without falling over", () => {
    const trace: Trace = { caseId: "X-1", transport: "tcp", role: "dial", unitMs: 200, events: [] };
    expect(layoutTimeline(trace, [], { width: 320 }).lanes).toEqual([]);
  });

  test("shows when the next beat was due, and which one was missed", () => {
    const { lanes } = layout(
      [0, 190, 380].map((ms) => beat("received", ms, 200)),
      [],
      {
        lateMs: 80,
      },
    );
    expect(lanes[0]?.dues).toEqual([]);
    expect(lanes[1]?.dues.map(({ x, w, missed }) => [x, w, missed])).toEqual([
      [168, 50, false],
      [358, 50, false],
      [548, 50, true],
    ]);
  });

  test("marks the deadline, and the time in which it has to be kept", () => {
    const events = [
      at(0, { kind: "open" }),
      beat("sent", 10, 200),
      beat("received", 12, 200),
      frame("received", 300, { version: 1, body: "close", close: { code: 3 } }, "0801"),
    ];
    const { deadlines } = layout(events, [], { config: { slack_ms: 400 } });
    expect(deadlines.map(({ x, w, text }) => [x, w, text.text])).toEqual([
      [628, 100, "deadline 610 ms"],
    ]);
  });

  test("keeps the words of a mark on the page", () => {
    const { lanes, width } = layout([beat("sent", 0), beat("sent", 1000)]);
    for (const { textX, text } of lanes[0]?.marks ?? []) {
      expect(textX - text.length * 3.1).toBeGreaterThanOrEqual(0);
      expect(textX + text.length * 3.1).toBeLessThanOrEqual(width);
    }
  });

  test("ticks at parts of a unit where one is wide", () => {
    const trace: Trace = { caseId: "X-1", transport: "tcp", role: "dial", unitMs: 200, events: [] };
    const { ticks } = layoutTimeline(trace, [], { width: 1236 });
    expect(ticks.map(({ units }) => units).slice(0, 3)).toEqual([0, 0.05, 0.1]);
  });
});
