import { Writable } from "node:stream";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createProgress } from "../../src/report/index.ts";
import { resultOf } from "./fixture.ts";

/** A stream that keeps what is written to it. */
function screen(isTTY: boolean, columns = 80): { out: NodeJS.WriteStream; text: () => string } {
  let text = "";
  const out = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  Object.assign(out, { isTTY, columns });
  return { out: out as unknown as NodeJS.WriteStream, text: () => text };
}

beforeEach(() => {
  vi.stubEnv("TERM", "xterm");
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe("progress in a log", () => {
  test("is a line for each tenth of the way", () => {
    const { out, text } = screen(false);
    const progress = createProgress(out);
    progress.start(100);
    for (let index = 0; index < 100; index += 1) {
      progress.update(resultOf(index === 41 ? "fail" : "pass"));
    }
    progress.finish();
    expect(text()).toBe(
      `running 100 cases
10/100  ✓ 10  0 ms
20/100  ✓ 20  0 ms
30/100  ✓ 30  0 ms
40/100  ✓ 40  0 ms
50/100  ✗ 1  ✓ 49  0 ms
60/100  ✗ 1  ✓ 59  0 ms
70/100  ✗ 1  ✓ 69  0 ms
80/100  ✗ 1  ✓ 79  0 ms
90/100  ✗ 1  ✓ 89  0 ms
100/100  ✗ 1  ✓ 99  0 ms
`,
    );
  });

  test("does not say the same twice when a run is cut short", () => {
    const { out, text } = screen(false);
    const progress = createProgress(out);
    progress.start(2);
    progress.update(resultOf("pass"));
    progress.finish();
    expect(text()).toBe("running 2 cases\n1/2  ✓ 1  0 ms\n");
  });

  test("is also what a dumb terminal gets", () => {
    vi.stubEnv("TERM", "dumb");
    const { out, text } = screen(true);
    const progress = createProgress(out);
    progress.start(1);
    progress.update(resultOf("pass"));
    progress.finish();
    expect(text()).toBe("running 1 case\n1/1  ✓ 1  0 ms\n");
  });
});

describe("progress on a terminal", () => {
  test("is one line, redrawn in place", () => {
    const { out, text } = screen(true);
    const progress = createProgress(out);
    progress.start(4);
    progress.update(resultOf("pass"));
    progress.update(resultOf("warn"));
    vi.advanceTimersByTime(100);
    progress.update(resultOf("pass"));
    progress.update(resultOf("na"));
    progress.finish();
    const frames = text().split("\r\u001b[K").map(stripVTControlCharacters);
    expect(frames).toEqual([
      "",
      "────────────────────────  0/4  0 ms",
      "━━━━━━━━━━━━────────────  2/4  ! 1  ✓ 1  100 ms",
      "━━━━━━━━━━━━━━━━━━━━━━━━  4/4  ! 1  ✓ 2  100 ms\n",
    ]);
  });

  test.each([10, 24, 40, 80])(
    "never fills a line of %i columns, which would wrap it",
    (columns) => {
      const { out, text } = screen(true, columns);
      const progress = createProgress(out);
      progress.start(1000);
      for (let index = 0; index < 1000; index += 1) progress.update(resultOf("inconclusive"));
      progress.finish();
      const frames = text().split("\r\u001b[K").map(stripVTControlCharacters);
      expect(Math.max(...frames.map((line) => line.trimEnd().length))).toBeLessThan(columns);
    },
  );

  test("touches nothing before its start and after its end", () => {
    const { out, text } = screen(true);
    const progress = createProgress(out);
    progress.update(resultOf("pass"));
    progress.finish();
    expect(text()).toBe("");
    progress.start(0);
    progress.finish();
    const before = text();
    vi.advanceTimersByTime(1000);
    progress.update(resultOf("pass"));
    progress.finish();
    expect(text()).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});
