import { setTimeout as pass } from "node:timers/promises";
import { endedByHeartbeat } from "pulsewire";
import { expect, it } from "vitest";
import { describeInChromium } from "./chromium.ts";
import { longest, startServer, useWorld } from "./world.ts";

const E = 2000;
const SLACK = 2000;

/**
 * Chromium lets the timers of a hidden page run once a second, and those that set themselves anew
 * once a minute when it has been hidden for one to five minutes. This flag makes it 5 s, for a page
 * that has not loaded yet.
 */
const SOON = "--enable-features=IntensiveWakeUpThrottling:grace_period_seconds/5";
const LONG = process.env["PULSEWIRE_LONG"] === "1";
const HIDDEN_MS = LONG ? 420_000 : 45_000;

describeInChromium("a hidden page", () => {
  const world = useWorld(...(LONG ? [] : [SOON]));

  it(`stays up for ${HIDDEN_MS / 1000} s of throttled timers, in which a heartbeat by timer is lost`, {
    timeout: HIDDEN_MS + 60_000,
  }, async () => {
    const { chromium, site } = world;
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const url = server.listener.address;
    const options = { url, heartbeatTimeMs: E, heartbeatSlackTimeMs: SLACK };

    const hidden = await chromium.open(
      `${site.url}sessions${LONG ? "" : "?loading"}`,
      LONG ? "load" : "commit",
    );
    await hidden.page.waitForFunction(() => "dial" in window);
    await hidden.page.evaluate((given) => {
      window.tick();
      return window.dial(given);
    }, options);
    const session = await server.accepted(0);
    await hidden.page.evaluate(([to, time]) => window.beatByTimer(to, time), [url, E] as const);
    const byTimer = await server.accepted(1);
    await hidden.page.evaluate(
      (to) =>
        new Promise((resolve) => {
          const worker = new Worker("/worker.js", { type: "module" });
          worker.onmessage = resolve;
          worker.postMessage(to);
        }),
      url,
    );
    const inWorker = await server.accepted(2);

    // The harshest of all: a page whose timers never fire again.
    const timeless = await chromium.open(`${site.url}sessions`);
    await timeless.page.evaluate((given) => {
      window.setTimeout = (() => 0) as never;
      return window.dial(given);
    }, options);
    const withoutTimers = await server.accepted(3);

    const hiddenAt = performance.now();
    const inFront = await chromium.open("about:blank");
    await inFront.page.bringToFront();
    expect(await hidden.page.evaluate(() => document.visibilityState)).toBe("hidden");
    await pass(HIDDEN_MS);

    const ticks = await hidden.page.evaluate(() => [...window.ticks, performance.now()]);
    const tickGaps = ticks.slice(1).map((at, index) => at - (ticks[index] ?? at));
    const sessions = Object.entries({ session, withoutTimers, inWorker });
    if (LONG) {
      const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
      console.log(`a timer of 100 ms: at most ${seconds(longest(tickGaps))} between two ticks`);
      const { end } = byTimer.session;
      const endedAt = byTimer.heard.at(-1)?.at ?? 0;
      console.log(`by timer: ${end?.kind}, ${seconds(endedAt - hiddenAt)} after it was hidden`);
      for (const [name, kept] of sessions) {
        const beats = `${kept.gaps().length + 1} heartbeats`;
        console.log(`${name}: ${beats}, at most ${seconds(longest(kept.gaps()))} between two`);
      }
    }

    // The control: timers did sleep, for a second each, and then for many.
    expect(tickGaps.filter((gap) => gap > 900 && gap < 1100).length).toBeGreaterThan(3);
    expect(longest(tickGaps)).toBeGreaterThan(10_000);
    const end = byTimer.session.end;
    expect(end !== undefined && endedByHeartbeat(end)).toBe(true);

    for (const [name, kept] of sessions) {
      expect(kept.session.end, name).toBeUndefined();
      expect(kept.gaps().length, name).toBeGreaterThan(HIDDEN_MS / (2 * E) - 2);
      expect(longest(kept.gaps()), name).toBeLessThan(E + SLACK);
    }
    // A worker's timers are left alone, so it keeps its promise to the letter [PW-SND-3]: with
    // half of it for a busy machine.
    expect(longest(inWorker.gaps())).toBeLessThan(1.5 * E);

    for (const { page, errors } of [hidden, timeless]) {
      expect(await page.evaluate(() => window.session.state)).toMatch(/open|suspect/);
      expect(errors).toEqual([]);
      await page.close();
    }
    await inFront.page.close();
  });
});
