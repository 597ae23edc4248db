import { transportCases } from "pulsewire/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Chromium, describeInChromium, startChromium, type Watched } from "./chromium.ts";
import { FarSide, MAX_FRAME_BYTES } from "./far-side.ts";
import { type Site, startSite } from "./site.ts";

const farSide = new FarSide();
let chromium: Chromium;
let site: Site;
let watched: Watched;

beforeAll(async () => {
  [chromium, site] = await Promise.all([startChromium(), startSite(farSide.handle)]);
  watched = await chromium.open(`${site.url}suite`);
}, 90_000);

afterAll(async () => {
  await chromium?.close();
  await farSide.close();
  await site?.close();
});

const run = (name: string, fault?: string) =>
  watched.page.evaluate(([most, what, broken]) => window.suiteRun(most, what, broken), [
    MAX_FRAME_BYTES,
    name,
    fault,
  ] as const);

describeInChromium(
  "the suite of every transport, in a page, on the browser's own WebSocket",
  () => {
    it("leaves no case out", async () => {
      const names = await watched.page.evaluate((most) => window.suiteCases(most), MAX_FRAME_BYTES);
      expect(names).toEqual(transportCases);
    });

    for (const name of transportCases) {
      it(name, { timeout: 60_000 }, async () => {
        expect(await run(name)).toBeUndefined();
      });
    }

    it("has put nothing on the console, and left no WebSocket open", async () => {
      expect(watched.errors).toEqual([]);
      expect(watched.sockets.opened).toBeGreaterThan(100);
      await expect.poll(() => watched.sockets.open, { timeout: 5000 }).toBe(0);
    });
  },
);

describeInChromium("it can fail there", () => {
  it.each([
    ["swaps frames", "frames arrive one for one and in order, both ways"],
    ["says the end within close", "nothing is delivered within a call of one's own"],
  ])("a link that %s", { timeout: 60_000 }, async (fault, name) => {
    expect(await run(name, fault)).toContain("Error");
  });
});
