import { CloseCode } from "pulsewire";
import { expect, it } from "vitest";
import { describeInChromium, type Watched } from "./chromium.ts";
import { type Kept, startServer, useWorld } from "./world.ts";

/** Far above what any of these may take: none is found by silence. */
const SLACK = 600_000;
const BUSY = 3000;

describeInChromium("a page that goes", () => {
  const world = useWorld();

  async function dial(url: string): Promise<Watched> {
    const watched = await world.chromium.open(`${world.site.url}sessions`);
    await watched.page.evaluate(
      (to) => window.dial({ url: to, heartbeatTimeMs: 1000, heartbeatSlackTimeMs: 1000 }),
      url,
    );
    return watched;
  }

  async function endOf(kept: Kept): Promise<unknown> {
    const left = performance.now();
    const end = await kept.session.closed;
    expect(performance.now() - left).toBeLessThan(BUSY);
    expect(kept.heard.filter(({ event }) => event.type === "ended")).toHaveLength(1);
    return end;
  }

  const GOING_AWAY = { kind: "closed", by: "remote", code: CloseCode.GOING_AWAY };

  it("closed: the browser says 1001, which is GOING_AWAY", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const { page } = await dial(server.listener.address);
    const kept = await server.accepted();
    await page.close();
    expect(await endOf(kept)).toMatchObject(GOING_AWAY);
  });

  it("reloaded: the same, and the new page has a new session", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const { page } = await dial(server.listener.address);
    const kept = await server.accepted();
    await page.reload();
    expect(await endOf(kept)).toMatchObject(GOING_AWAY);
    await page.evaluate((url) => window.dial({ url }), server.listener.address);
    const next = await server.accepted(1);
    expect(next.session.end).toBeUndefined();
    expect(server.listener.sessions.size).toBe(1);
    await page.close();
  });

  it("left for another and kept for the way back: silent, so it is found by its silence", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: 1000 });
    const { page, devtools } = await dial(server.listener.address);
    const kept = await server.accepted();
    await page.evaluate(() => {
      addEventListener("pageshow", ({ persisted }) => {
        document.title = persisted ? "kept" : "new";
      });
    });
    // Not by playwright, which loses sight of pages that are kept.
    await devtools.send("Page.navigate", { url: "about:blank" });
    const left = performance.now();
    // Chromium keeps the WebSocket of such a page open, and the page asleep: nobody else would notice.
    expect(await kept.session.closed).toMatchObject({ kind: "peer-silent" });
    expect(performance.now() - left).toBeLessThan(2250 + BUSY);

    const { currentIndex, entries } = await devtools.send("Page.getNavigationHistory");
    const { id } = entries[currentIndex - 1] ?? { id: -1 };
    await devtools.send("Page.navigateToHistoryEntry", { entryId: id });
    const evaluate = async (expression: string) =>
      (await devtools.send("Runtime.evaluate", { expression })).result.value;
    await expect.poll(() => evaluate("document.readyState")).toBe("complete");
    expect(await evaluate("document.title")).toBe("kept");
    await expect.poll(() => evaluate("window.session.end?.kind")).toBe("link-lost");
    await page.close();
  });

  it("left and come back to before that: it wakes without its WebSocket, and both sides learn it", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const { page, devtools, errors } = await dial(server.listener.address);
    const kept = await server.accepted();
    await devtools.send("Page.navigate", { url: "about:blank" });
    await expect
      .poll(() =>
        devtools.send("Page.getNavigationHistory").then(({ currentIndex }) => currentIndex),
      )
      .toBe(2);
    await devtools.send("Page.navigateToHistoryEntry", {
      entryId: (await devtools.send("Page.getNavigationHistory")).entries[1]?.id ?? -1,
    });
    const evaluate = async (expression: string) =>
      (await devtools.send("Runtime.evaluate", { expression })).result.value;
    await expect.poll(() => evaluate("window.session?.end?.kind")).toBe("link-lost");
    expect(await endOf(kept)).toMatchObject(GOING_AWAY);
    expect(errors).toEqual([expect.stringContaining("Page entered Back-Forward Cache")]);
    await page.close();
  });

  it("whose process crashes: the browser says 1001 for it", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const { page, devtools } = await dial(server.listener.address);
    const kept = await server.accepted();
    const gone = page.waitForEvent("crash");
    devtools.send("Page.crash").catch(() => {});
    await gone;
    expect(await endOf(kept)).toMatchObject(GOING_AWAY);
    await page.close();
  });

  it("says more if it is asked to: a session closed in pagehide ends with its reason", async () => {
    await using server = await startServer({ heartbeatSlackTimeMs: SLACK });
    const { page } = await dial(server.listener.address);
    const kept = await server.accepted();
    await page.evaluate(() => {
      addEventListener(
        "pagehide",
        () => void window.session.close({ reason: "the page was left" }),
      );
    });
    await page.goto("about:blank");
    expect(await endOf(kept)).toMatchObject({
      kind: "closed",
      by: "remote",
      code: CloseCode.NORMAL,
      reason: "the page was left",
    });
    await page.close();
  });
});
